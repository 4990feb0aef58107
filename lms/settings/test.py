"""Tests: fast hashes, jobs that are only recorded, a database file that is kept between runs.

With DATABASE_URL and REDIS_URL set, the same tests run on PostgreSQL and Redis.
"""

import os

from . import env
from .base import *  # noqa: F403
from .base import BASE_DIR, DATABASES, REDIS_URL, STORAGES
from .stores import shared_stores

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
DATA_DIR = BASE_DIR / "var" / "test" / _worker
DATA_DIR.mkdir(parents=True, exist_ok=True)
if REDIS_URL and _worker.startswith("gw"):
    # A Redis database of its own for each pytest worker, and for the servers that its tests start.
    _server, _, _number = REDIS_URL.rpartition("/")
    REDIS_URL = f"{_server}/{int(_number or 0) + int(_worker[2:])}"
CACHES, CHANNEL_LAYERS, HUEY = shared_stores(REDIS_URL, DATA_DIR)
PRIVATE_ROOT = DATA_DIR / "private"
MEDIA_ROOT = DATA_DIR / "media"
SIGNING_KEY_DIR = DATA_DIR / "keys"
for _name in ("private", "records"):
    STORAGES[_name]["OPTIONS"]["location"] = str(PRIVATE_ROOT / _name)  # type: ignore[index]

SECRET_KEY = "only-for-tests-" + "x" * 40
FIELD_KEYS = ["ZmFrZS1rZXktb25seS1mb3ItdGVzdHMtMzItYnl0ZXM="]
LOOKUP_KEY = "00" * 32
ALLOWED_HOSTS = ["*"]
DEBUG = False
DEMO = True

if not env.text("DATABASE_URL"):
    # A file, so that --reuse-db saves the half minute that the migrations take.
    DATABASES["default"]["TEST"] = {"NAME": str(BASE_DIR / "var" / "test" / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-16000;"
    )
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
SMS_BACKEND = "lms.people.sms.MemoryBackend"

# Demo people share one known password: only here and in development.
DEMO_ALLOWED = True
PUBLIC_PAGES_KEPT = 0
