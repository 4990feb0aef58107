"""Signing keys by purpose: one private half each, in a file or in a token; the public halves always in files.

In `<SIGNING_KEY_DIR>`: `<key id>.pem` is a private key, `<key id>.token` says instead that the private half is in
the PKCS#11 token named in it, and `<key id>.pub.pem` is the public half. The newest by name signs. The public half
stays when the private one is retired, so that what it signed can be checked for ever; taking it away too withdraws
everything the key ever signed.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_PUBLIC = ".pub.pem"
_PRIVATE = (".pem", ".token")


class NoKey(ImproperlyConfigured):
    """There is no key to sign with, and this installation does not make its own."""


class Ring:
    """The keys of one purpose ("register", "credential"), all Ed25519. No key serves two purposes."""

    def __init__(self, purpose: str) -> None:
        self.purpose = purpose

    @property
    def folder(self) -> Path:
        return Path(settings.SIGNING_KEY_DIR)

    def current(self) -> str:
        """The id of the key that signs now. Outside production the first one is made when it is first needed."""
        names = sorted(
            name
            for suffix in _PRIVATE
            for file in self.folder.glob(f"{self.purpose}-*{suffix}")
            if "." not in (name := file.name.removesuffix(suffix))
        )
        if names:
            return names[-1]
        if not settings.SIGNING_KEY_MADE_ON_FIRST_USE:
            raise NoKey(
                f"No {self.purpose} key in {self.folder}: make one with `manage.py signing_key {self.purpose}` "
                "and keep a copy of it safe."
            )
        return self.make(datetime.now(UTC))

    def make(self, at: datetime) -> str:
        """Make a new key and return its id: in the token, when one is set up, else in a file.

        The older ones still verify; whoever comes second at the same moment makes a second.
        """
        from . import token

        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if token.is_set_up():
            public = token.make(lambda public: self._id_of(public, at))
            return self._keep(public, at, None)
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return self._keep(private.public_key(), at, pem)

    def _id_of(self, public: Ed25519PublicKey, at: datetime) -> str:
        return f"{self.purpose}-{at:%Y%m%d%H%M%S}-{hashlib.sha256(raw_public(public)).hexdigest()[:12]}"

    def _keep(self, public: Ed25519PublicKey, at: datetime, private: bytes | None) -> str:
        """Write the halves that are kept in files; the public one first, so that no signature lacks it."""
        from . import token

        key_id = self._id_of(public, at)
        pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        write_whole(self.folder / f"{key_id}{_PUBLIC}", pem)
        if private is None:
            write_whole(self.folder / f"{key_id}.token", token.name().encode())
        else:
            write_whole(self.folder / f"{key_id}.pem", private)
        return key_id

    def ids(self) -> list[str]:
        """Every key of this purpose whose public half is here, oldest first."""
        found = self.folder.glob(f"{self.purpose}-*{_PUBLIC}")
        return sorted(file.name.removesuffix(_PUBLIC) for file in found)

    def public(self, key_id: str) -> Ed25519PublicKey | None:
        """The public half, or None for a key of another purpose or one that is not in the folder."""
        file = self.folder / f"{Path(key_id).name}{_PUBLIC}"
        if not key_id.startswith(f"{self.purpose}-") or not file.is_file():
            return None
        return _public(file)

    def held(self, key_id: str) -> Ed25519PublicKey:
        """The public half. Raises NoKey when it is not in the folder."""
        key = self.public(key_id)
        if key is None:
            raise NoKey(f"The public half of {key_id} is not in {self.folder}.")
        return key

    def sign(self, data: bytes, key_id: str = "") -> bytes:
        """The signature of the current key, or of the one named, over these bytes: the same each time.

        Raises NoKey when the private half is not here any more.
        """
        from . import token

        key_id = key_id or self.current()
        if (self.folder / f"{key_id}.token").is_file():
            return token.sign(key_id, data)
        try:
            return _private(self.folder / f"{key_id}.pem").sign(data)
        except FileNotFoundError:
            raise NoKey(f"The private half of {key_id} is not in {self.folder}.") from None

    def with_current[Made](self, make: Callable[[str], Made]) -> Made:
        """What `make` gives for the key that signs now: for signatures over something that names their key.

        When that key is retired meanwhile, `make` is called again with the one that took its place. Raises NoKey when
        none did.
        """
        key_id = self.current()
        while True:
            try:
                return make(key_id)
            except NoKey:
                retired, key_id = key_id, self.current()
                if key_id == retired:
                    raise

    def verify(self, key_id: str, data: bytes, signature: bytes) -> bool:
        """Does this signature of this key over these bytes hold? False also for a key that is not here."""
        key = self.public(key_id)
        if key is None:
            return False
        try:
            key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


def raw_public(key: Ed25519PublicKey) -> bytes:
    """The 32 bytes of an Ed25519 public key."""
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def write_whole(file: Path, data: bytes) -> None:
    """Whole or not at all, readable by the owner only."""
    handle, draft = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    Path(draft).replace(file)


@lru_cache(maxsize=8)
def _private(file: Path) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured(f"{file} is not an Ed25519 key.")
    return key


@lru_cache(maxsize=64)
def _public(file: Path) -> Ed25519PublicKey:
    key = serialization.load_pem_public_key(file.read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise ImproperlyConfigured(f"{file} is not an Ed25519 key.")
    return key
