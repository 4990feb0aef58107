"""A server whose time of day is set by a file (`PONTE_TEST_CLOCK`, seconds): only tests/site_settings.py names it."""

import os
from datetime import timedelta
from pathlib import Path

from live.clock import MachineClock


class FileClock(MachineClock):
    def now(self):
        try:
            off = float(Path(os.environ["PONTE_TEST_CLOCK"]).read_text() or 0)
        except (OSError, ValueError):
            off = 0.0
        return super().now() + timedelta(seconds=off)
