"""Study on one's own time: from signs of activity to seconds, and never past the nominal time. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .spans import whole_seconds


@dataclass(frozen=True)
class StudyStep:
    """What one sign of activity does: how many seconds it adds, and whether to a new interval."""

    begins_at: datetime | None
    seconds: int


def study_step(
    *,
    started_at: datetime | None,
    last_seen_at: datetime | None,
    signs: int,
    busy_until: datetime | None,
    at: datetime,
    closing: bool,
    idle: timedelta,
) -> StudyStep:
    """How a sign of activity at `at` continues an open interval (started, last seen, signs), or begins one.

    Time since the last sign counts if it is no longer than `idle`. A page that never sent a sign (scripts
    off) counts from opening to the press of the button; the nominal time caps it. What another activity
    has already been given (`busy_until`) is not given twice.
    """
    if started_at is None or last_seen_at is None:
        return StudyStep(begins_at=at, seconds=0)
    quiet = at - last_seen_at
    if quiet > idle and not (closing and signs == 0):
        return StudyStep(begins_at=at, seconds=0)
    if busy_until is not None and busy_until > last_seen_at:
        return StudyStep(begins_at=busy_until, seconds=max(whole_seconds(at - busy_until), 0))
    return StudyStep(begins_at=None, seconds=max(whole_seconds(at - started_at), 0))


def study_minutes(seconds_by_activity: Mapping[Any, tuple[int, int]]) -> int:
    """Minutes of study: for each activity (seconds, nominal minutes), whole minutes and never past nominal."""
    return sum(min(seconds // 60, nominal) for seconds, nominal in seconds_by_activity.values())
