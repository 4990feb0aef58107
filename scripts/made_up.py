"""A complete, made-up production environment: for `check --deploy`, the tests of the settings and the benchmarks."""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path


@cache
def _oidc_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    return (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        .decode()
    )


def production_environment(keys: Path) -> dict[str, str]:
    """Every variable that production asks for. `keys` is an existing folder."""
    from cryptography.fernet import Fernet

    return {
        "DJANGO_SETTINGS_MODULE": "lms.settings.production",
        "DATABASE_URL": "postgres://ponte@127.0.0.1:5432/ponte",
        "PONTE_SECRET_KEY": secrets.token_urlsafe(60),
        "PONTE_ALLOWED_HOSTS": "ponte.example.org",
        "PONTE_SITE_URL": "https://ponte.example.org",
        "PONTE_PROXY_HEADER": "X-Forwarded-Proto",
        "PONTE_FIELD_KEYS": Fernet.generate_key().decode(),
        "PONTE_LOOKUP_KEY": secrets.token_hex(32),
        "PONTE_OIDC_KEY": _oidc_key(),
        "PONTE_SIGNING_KEY_DIR": str(keys),
        "PONTE_EMAIL_URL": "smtp://ponte:secret@mail.example.org:587",
    }
