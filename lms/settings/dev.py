"""One machine, no services: what ./run uses."""

from . import env
from .base import *  # noqa: F403
from .base import DATA_DIR, FIELD_KEYS, LOOKUP_KEY, STATIC_ROOT, STORAGES
from .local import secrets_in

_made = secrets_in(DATA_DIR)
SECRET_KEY = env.text("PONTE_SECRET_KEY") or _made["secret_key"]
FIELD_KEYS = FIELD_KEYS or [_made["field_key"]]
LOOKUP_KEY = LOOKUP_KEY or _made["lookup_key"]
IDP_OIDC_PRIVATE_KEY = env.text("PONTE_OIDC_KEY") or _made["oidc_key"]

DEBUG = env.flag("PONTE_DEBUG")
ALLOWED_HOSTS = ["*"]
CONSORTIUM_ALLOW_PRIVATE_ENDPOINTS = env.flag("PONTE_CONSORTIUM_ALLOW_PRIVATE", True)

if not DEBUG and (env.flag("PONTE_SETTING_UP") or (STATIC_ROOT / "staticfiles.json").exists()):
    # ./run collects them: names with a hash, compressed beside, as in production.
    STORAGES["staticfiles"] = {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"}
SERVESTATIC_USE_BROTLI = SERVESTATIC_USE_ZSTD = False
# Demo people share one known password: only here and in tests.
DEMO_ALLOWED = True
