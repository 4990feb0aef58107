"""Production settings as they are; only the baseline view's address is added."""

from lms.settings.production import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
