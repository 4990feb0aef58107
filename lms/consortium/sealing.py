"""Sealing the webhook secrets of subscribers with the key ring of the site (settings.FIELD_KEYS)."""

import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _ring() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


def seal(ring: list[dict[str, str]]) -> bytes:
    """The list of secrets as bytes that only a holder of the key ring can read."""
    return _ring().encrypt(json.dumps(ring).encode())


def unseal(sealed: Any) -> list[dict[str, str]]:
    """The list of secrets; empty when there is none or the key that sealed it is gone."""
    if not sealed:
        return []
    try:
        return json.loads(_ring().decrypt(bytes(sealed)))
    except InvalidToken:
        return []
