"""When to try again. Pure."""

from datetime import datetime, timedelta

_WAITS = (1, 5, 15, 60, 180, 360, 720, 1440)  # minutes after the first, second … failure


def next_attempt(attempts: int, at: datetime) -> datetime | None:
    """The moment of the next try after so many failed ones; None when a person must look."""
    return at + timedelta(minutes=_WAITS[attempts - 1]) if attempts <= len(_WAITS) else None


def claimed_until(at: datetime) -> datetime:
    """While one worker sends, others leave the row alone for so long; then it is taken for lost."""
    return at + timedelta(minutes=5)
