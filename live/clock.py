"""The two clocks of the room: what time it is (UTC), and how much time has passed. Read nowhere else in live.

The first may step, when the machine is set right or was asleep; the second only goes on. A connection opens by the
first and is measured by the second, so one that goes on over a step would overlap those that open after it: a `Watch`
notices the step, and the pulse lets nobody's connection live through it (docs/decisions/0060).
"""

import time
from datetime import datetime, timedelta
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string


class Clock(Protocol):
    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...


class MachineClock:
    """The machine's own."""

    def now(self) -> datetime:
        return timezone.now()

    def monotonic(self) -> float:
        return time.monotonic()


@cache
def _clock() -> Clock:
    return import_string(settings.LIVE_CLOCK)()


def now() -> datetime:
    return _clock().now()


def monotonic() -> float:
    return _clock().monotonic()


STEP = timedelta(seconds=0.5)  # less is the distance between two readings on a busy machine


class Watch:
    """Whether the two clocks still go together; `agreed` is the last moment (monotonic) when they did."""

    def __init__(self) -> None:
        self._at, self._elapsed = now(), monotonic()
        self.agreed = self._elapsed

    def agrees(self, at: datetime, elapsed: float) -> bool:
        """Whether these two readings belong together."""
        return abs(at - self._expected(elapsed)) < STEP

    def step(self) -> tuple[datetime, datetime] | None:
        """What it would be and what it is, when the first clock stepped since the last call; it is followed."""
        at, elapsed = now(), monotonic()
        if self.agrees(at, elapsed):
            self.agreed = elapsed
            return None
        expected = self._expected(elapsed)
        self._at, self._elapsed = at, elapsed
        return expected, at

    def _expected(self, elapsed: float) -> datetime:
        return self._at + timedelta(seconds=elapsed - self._elapsed)
