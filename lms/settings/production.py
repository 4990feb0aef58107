"""Production: refuses to start when something that protects people is missing, with one sentence for each."""

from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.core.exceptions import ImproperlyConfigured

from . import env
from .base import *  # noqa: F403
from .base import (
    DATABASES,
    DEMO,
    FIELD_KEYS,
    LOOKUP_KEY,
    MIDDLEWARE,
    SIGNING_PKCS11_MODULE,
    SIGNING_PKCS11_PIN,
    SIGNING_PKCS11_TOKEN,
    SITE_URL,
    STORAGES,
)
from .logs import logging_config

DEBUG = False
SECRET_KEY = env.text("PONTE_SECRET_KEY")
ALLOWED_HOSTS = env.words("PONTE_ALLOWED_HOSTS")
IDP_OIDC_PRIVATE_KEY = env.text("PONTE_OIDC_KEY").replace("\\n", "\n")
PROXY_HEADER = env.text("PONTE_PROXY_HEADER")
SIGNING_KEY_DIR = Path(env.text("PONTE_SIGNING_KEY_DIR") or "/nonexistent")
SIGNING_KEY_MADE_ON_FIRST_USE = False  # `manage.py signing_key` makes one, and somebody keeps a copy


def _reads(read, value) -> bool:
    try:
        read(value)
    except Exception:  # every way in which a key can be unreadable
        return False
    return True


_sqlite = DATABASES["default"]["ENGINE"].endswith("sqlite3")
_fields = bool(FIELD_KEYS) and all(_reads(Fernet, key) for key in FIELD_KEYS)
_oidc = _reads(lambda pem: load_pem_private_key(pem.encode(), None), IDP_OIDC_PRIVATE_KEY)
_problems = [
    sentence
    for wrong, sentence in (
        (len(SECRET_KEY) < 50, "Set PONTE_SECRET_KEY to at least 50 random characters."),
        (not ALLOWED_HOSTS, "Set PONTE_ALLOWED_HOSTS to the site's host names, separated by commas."),
        ("*" in ALLOWED_HOSTS, "PONTE_ALLOWED_HOSTS must name the hosts: * is not accepted in production."),
        (
            not env.text("PONTE_SITE_URL").startswith("https://"),
            "Set PONTE_SITE_URL to the site's https:// address.",
        ),
        (
            not PROXY_HEADER,
            "Set PONTE_PROXY_HEADER to the header by which your proxy says that the visitor came over HTTPS "
            "(usually X-Forwarded-Proto).",
        ),
        (_sqlite, "Set DATABASE_URL to a PostgreSQL database (postgres://user:password@host/name)."),
        (not _fields, "Set PONTE_FIELD_KEYS to Fernet keys, newest first: they encrypt the codice fiscale."),
        (
            len(LOOKUP_KEY) < 32,
            "Set PONTE_LOOKUP_KEY to at least 32 random characters, unlike every other key.",
        ),
        (not _oidc, "Set PONTE_OIDC_KEY to an RSA private key in PEM: it signs the tokens of the API."),
        (
            not SIGNING_KEY_DIR.is_dir(),
            "Set PONTE_SIGNING_KEY_DIR to the folder of the signing keys, outside the database.",
        ),
        (
            bool(SIGNING_PKCS11_MODULE) and not (SIGNING_PKCS11_TOKEN and SIGNING_PKCS11_PIN),
            "Set PONTE_PKCS11_TOKEN and PONTE_PKCS11_PIN: the token that PONTE_PKCS11_MODULE opens.",
        ),
        (
            not env.text("PONTE_EMAIL_URL"),
            "Set PONTE_EMAIL_URL (smtp://user:password@host:587): sign-in codes and notices go out by e-mail.",
        ),
        (DEMO, "Unset PONTE_DEMO: demo accounts have a known password and are refused in production."),
        (
            bool(env.text("PONTE_DEMO_PASSWORD")),
            "Unset PONTE_DEMO_PASSWORD: demo accounts are refused in production.",
        ),
    )
    if wrong
]
if _problems:
    raise ImproperlyConfigured("Ponte does not start:\n" + "\n".join(f"- {problem}" for problem in _problems))

CSRF_TRUSTED_ORIGINS = [SITE_URL, *env.words("PONTE_TRUSTED_ORIGINS")]
SECURE_PROXY_SSL_HEADER = ("HTTP_" + PROXY_HEADER.upper().replace("-", "_"), "https")
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("PONTE_TRUSTED_PROXIES", 1)
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = env.number("PONTE_HSTS_SECONDS", 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Preloading binds a whole domain for years: the decision of whoever owns the domain, not of this program.
# The editor shows its preview in a frame of the same site.
SILENCED_SYSTEM_CHECKS = ["security.W021", "security.W019"]
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_SECURE = True
PROFESSIONALS_NEED_SECOND_FACTOR = env.flag("PONTE_REQUIRE_SECOND_FACTOR", True)

STORAGES["staticfiles"] = {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"}
SERVESTATIC_USE_BROTLI = SERVESTATIC_USE_ZSTD = False
MIDDLEWARE = [MIDDLEWARE[0], "lms.service.middleware.RequestLogMiddleware", *MIDDLEWARE[1:]]
LOGGING = logging_config(as_json=True, level=env.text("PONTE_LOG_LEVEL", "INFO").upper())
