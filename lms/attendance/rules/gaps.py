"""Where one person's connections broke off, and why. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .spans import as_utc

SILENT, LINE_LOST = "silent", "line_lost"
SERVER_LOST, SERVER_STOPPED, DATABASE_LOST = "server_lost", "server_stopped", "database_lost"
CLOCK_JUMPED = "clock_jumped"
#: Reasons of a close that nobody chose. Whoever left, was sent out or saw the class end has no gap.
BROKEN = frozenset({SILENT, LINE_LOST, SERVER_LOST, SERVER_STOPPED, CLOCK_JUMPED})
BY_THE_PLATFORM = frozenset({SERVER_LOST, SERVER_STOPPED, CLOCK_JUMPED})


@dataclass(frozen=True)
class Break:
    """One gap between two stays: the key of the connection that broke, why, and the return, if there was one."""

    key: int
    kind: str
    start: datetime
    end: datetime | None


def breaks_of(stays: Iterable[tuple[int, datetime, datetime | None, str]]) -> list[Break]:
    """The gaps in one person's stays (key, opened, closed or None, reason), each named by the stay that ended last.

    What another device covers is no gap. A stay that is still open covers everything after it.
    """
    found: list[Break] = []
    last: tuple[int, datetime, str] | None = None
    for key, opened, closed, reason in sorted(stays, key=lambda stay: (stay[1], stay[0])):
        if last is not None and opened > last[1] and last[2] in BROKEN:
            found.append(Break(last[0], last[2], as_utc(last[1]), as_utc(opened)))
        if closed is None:
            return found
        if last is None or closed > last[1]:
            last = (key, closed, reason)
    if last is not None and last[2] in BROKEN:
        found.append(Break(last[0], last[2], as_utc(last[1]), None))
    return found
