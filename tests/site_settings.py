"""Settings of a site that a test starts as real processes: the keys of the tests, data and jobs of its own.

The same keys and password hashes as in pytest, so that a test may write into the site's database and sign people
in there.
"""

from lms.settings import env
from lms.settings.base import DATA_DIR, REDIS_URL
from lms.settings.stores import shared_stores
from lms.settings.test import *  # noqa: F403

CACHES, CHANNEL_LAYERS, HUEY = shared_stores(REDIS_URL, DATA_DIR)
TASKS = {"default": {"BACKEND": "huey.contrib.djhuey.tasks_backend.HueyBackend", "ENQUEUE_ON_COMMIT": True}}
PRIVATE_ROOT = DATA_DIR / "private"
MEDIA_ROOT = DATA_DIR / "media"
SITE_URL = env.text("PONTE_SITE_URL")
LIVE_REREAD_SECONDS = env.number("PONTE_LIVE_REREAD_SECONDS", 2)
if env.text("PONTE_TEST_CLOCK"):
    LIVE_CLOCK = "tests.live.set_clock.FileClock"
