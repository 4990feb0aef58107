"""In what order a course is walked, and when a lesson counts as finished: pure."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

State = Literal["done", "here", "locked"]


def states[Key](keys: Sequence[Key], completed: Collection[Key], *, open_now: bool = True) -> list[State]:
    """The state of each activity of a course, in order.

    What was completed stays open for good. The first one that is not is where the learner is; the rest waits
    for it. Before the course begins (`open_now` false) nothing can be begun.
    """
    found: list[State] = []
    reached = not open_now
    for key in keys:
        if key in completed:
            found.append("done")
        elif not reached:
            found.append("here")
            reached = True
        else:
            found.append("locked")
    return found


def percent(done: int, total: int) -> int:
    """Rounded down, so that 100 % is said only of the whole."""
    return done * 100 // total if total else 0


def wait_before_finishing(opened_at: datetime, minimum_minutes: int, at: datetime) -> timedelta:
    """How long a lesson must still be read before "Ho finito" counts; zero when it does."""
    return max(opened_at + timedelta(minutes=minimum_minutes) - at, timedelta(0))


def whole_minutes(wait: timedelta) -> int:
    """Minutes to say to a person: never zero while something is left."""
    return -(-int(wait.total_seconds()) // 60)


def neighbours[Key](keys: Sequence[Key], key: Key) -> tuple[Key | None, Key | None]:
    """The activities before and after one."""
    place = keys.index(key)
    return (keys[place - 1] if place else None, keys[place + 1] if place + 1 < len(keys) else None)


def count_done[Key](keys: Iterable[Key], completed: Collection[Key]) -> int:
    return sum(key in completed for key in keys)
