"""The keys that sign registers: Ed25519, in files or in a token, outside the database (lms/signing)."""

from datetime import datetime

from lms.signing import NoKey, Ring
from lms.signing.keys import raw_public

from .chain import signed_bytes

__all__ = ["NoKey", "current_key_id", "make_key", "public_key_hex", "published", "sign", "verify"]

RING = Ring("register")


def current_key_id() -> str:
    """The key that signs now. Outside production the first one is made when it is first needed."""
    return RING.current()


def make_key(at: datetime) -> str:
    """Make a new signing key and return its id. The older ones still verify."""
    return RING.make(at)


def sign(hash_: str) -> tuple[str, str]:
    """The id of the key and the signature over a hash, in hexadecimal."""
    return RING.with_current(lambda key_id: (key_id, RING.sign(signed_bytes(hash_), key_id).hex()))


def verify(key_id: str, hash_: str, signature: str) -> bool:
    """Does this signature over this hash hold? False also for a key that is not in the folder."""
    try:
        return RING.verify(key_id, signed_bytes(hash_), bytes.fromhex(signature))
    except ValueError:
        return False


def published() -> dict[str, str]:
    """Every public key that ever signed, by its id, in hexadecimal."""
    return {key_id: public_key_hex(key_id) for key_id in RING.ids()}


def public_key_hex(key_id: str) -> str:
    """The raw public key, for whoever keeps an anchor. Raises NoKey when it is not in the folder."""
    return raw_public(RING.held(key_id)).hex()
