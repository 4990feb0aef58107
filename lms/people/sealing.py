"""Keys outside the database: seal what must stay secret, digest what must be found again."""

import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def _ring() -> MultiFernet:
    if not settings.FIELD_KEYS:
        raise ImproperlyConfigured(
            "Set PONTE_FIELD_KEYS: sealed fields cannot be read or written without it."
        )
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


def seal(text: str) -> bytes:
    """Encrypted under the newest key."""
    return _ring().encrypt(text.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """The text; raises InvalidToken when no key of the ring fits."""
    return _ring().decrypt(bytes(sealed)).decode()


def seal_bytes(content: bytes) -> bytes:
    """A file, encrypted under the newest key. Held in memory whole: for papers, not for films."""
    return _ring().encrypt(content)


def unseal_bytes(sealed: bytes) -> bytes:
    """The file; raises InvalidToken when no key of the ring fits."""
    return _ring().decrypt(sealed)


def reseal(sealed: bytes | memoryview) -> bytes:
    """The same text under the newest key."""
    return _ring().rotate(bytes(sealed))


def lookup_digest(text: str, *, purpose: str = "codice_fiscale") -> str:
    """Keyed hash by which a secret is found again; each purpose has its own space."""
    if not settings.LOOKUP_KEY:
        raise ImproperlyConfigured("Set PONTE_LOOKUP_KEY: people cannot be matched without it.")
    plain = "".join(text.split()).upper()
    return hmac.new(settings.LOOKUP_KEY.encode(), f"{purpose}:{plain}".encode(), hashlib.sha256).hexdigest()


__all__ = ["InvalidToken", "lookup_digest", "reseal", "seal", "seal_bytes", "unseal", "unseal_bytes"]
