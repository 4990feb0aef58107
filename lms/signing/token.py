"""Private keys in a PKCS#11 token (a smart card, an HSM): they sign there and never come out.

One session per process, behind one lock: a token logs a program in once. A session that broke is opened again.
"""

import os
import threading
import uuid
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .keys import NoKey

_CURVE = bytes.fromhex("130c656477617264733235353139")  # PrintableString "edwards25519" (PKCS#11 3.0)
_CURVE_BY_OID = bytes.fromhex("06032b6570")  # 1.3.101.112, for tokens that know only object identifiers

_lock = threading.Lock()
_open: dict[int, Any] = {}  # process id → session: a child of a fork must not use its parent's


def is_set_up() -> bool:
    return bool(settings.SIGNING_PKCS11_MODULE)


def name() -> str:
    return settings.SIGNING_PKCS11_TOKEN


def make(label_of: Callable[[Ed25519PublicKey], str]) -> Ed25519PublicKey:
    """Make a key pair inside the token, under the label that its public half, which is returned, asks for."""
    from pkcs11 import Attribute

    def pair(session: Any) -> Any:
        public, private = _generate(session, f"draft-{uuid.uuid4().hex}")
        key = _read_public(public)
        for half in (public, private):
            half[Attribute.LABEL] = label_of(key)
        return key

    return _with_session(pair)


def sign(label: str, data: bytes) -> bytes:
    """The token's signature over these bytes. Raises NoKey when the token has no such key."""
    from pkcs11 import Mechanism, NoSuchKey, ObjectClass

    def signature(session: Any) -> bytes:
        try:
            key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=label)
        except NoSuchKey:
            raise NoKey(f"The token {name()} holds no key {label}.") from None
        return key.sign(data, mechanism=Mechanism.EDDSA)

    return _with_session(signature)


def _with_session[Made](work: Callable[[Any], Made]) -> Made:
    """Do this in the session; once more in a new one when the session had died."""
    from pkcs11.exceptions import (
        DeviceError,
        DeviceRemoved,
        SessionClosed,
        SessionHandleInvalid,
        UserNotLoggedIn,
    )

    with _lock:
        try:
            return work(_session())
        except (DeviceError, DeviceRemoved, SessionClosed, SessionHandleInvalid, UserNotLoggedIn):
            _open.clear()
            return work(_session())


def _session() -> Any:
    import pkcs11

    if not is_set_up():
        raise ImproperlyConfigured("Set PONTE_PKCS11_MODULE: this key is in a token.")
    known = _open.get(os.getpid())
    if known is not None:
        return known
    _open.clear()
    found = pkcs11.lib(settings.SIGNING_PKCS11_MODULE).get_token(token_label=name())
    session = found.open(rw=True, user_pin=settings.SIGNING_PKCS11_PIN)
    _open[os.getpid()] = session
    return session


def _generate(session: Any, label: str) -> tuple[Any, Any]:
    from pkcs11 import Attribute, KeyType, Mechanism, PKCS11Error

    for curve in (_CURVE_BY_OID, _CURVE):
        parameters = session.create_domain_parameters(
            KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: curve}, local=True
        )
        try:
            return parameters.generate_keypair(
                mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label=label
            )
        except PKCS11Error:
            continue
    raise ImproperlyConfigured(f"The token {name()} makes no Ed25519 keys.")


def _read_public(public: Any) -> Ed25519PublicKey:
    from pkcs11 import Attribute

    point = bytes(public[Attribute.EC_POINT])[-32:]  # some tokens put the octet string's two bytes first
    return Ed25519PublicKey.from_public_bytes(point)
