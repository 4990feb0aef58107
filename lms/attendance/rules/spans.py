"""Stretches of time and what can be done with them. Every moment is made UTC on entry, so that a change of clocks
costs nothing. Pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

_SECOND = timedelta(seconds=1)


def as_utc(at: datetime) -> datetime:
    return at if at.tzinfo is UTC else at.astimezone(UTC)


class Span(NamedTuple):
    """A stretch of time, its end not included. Always UTC."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, start: datetime, end: datetime) -> "Span":
        return cls(as_utc(start), as_utc(end))

    @classmethod
    def inside(cls, start: datetime, end: datetime) -> "Span":
        """The whole seconds inside a stretch: what a paper can show and anybody can add up again.

        The part of a second at either end is lost, never given.
        """
        first, last = as_utc(start), as_utc(end)
        if first.microsecond:
            first = first.replace(microsecond=0) + _SECOND
        return cls(first, max(first, last.replace(microsecond=0)))

    @classmethod
    def around(cls, start: datetime, end: datetime) -> "Span":
        """The whole seconds that a stretch touches: for time that must not count."""
        first, last = as_utc(start), as_utc(end)
        if last.microsecond:
            last = last.replace(microsecond=0) + _SECOND
        return cls(first.replace(microsecond=0), last)

    @property
    def length(self) -> timedelta:
        return self.end - self.start


def clip(spans: Iterable[Span], window: Span) -> list[Span]:
    """The parts of the spans inside the window; nothing empty."""
    cut = (Span(max(s.start, window.start), min(s.end, window.end)) for s in spans)
    return [span for span in cut if span.start < span.end]


def union(spans: Iterable[Span]) -> list[Span]:
    """The same time, each moment once, in order. Spans that touch become one."""
    joined: list[Span] = []
    for span in sorted(s for s in spans if s.start < s.end):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def minus(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """The spans without the holes. Both may be in any order."""
    left = union(spans)
    for hole in union(holes):
        pieces = []
        for span in left:
            pieces.append(Span(span.start, min(span.end, hole.start)))
            pieces.append(Span(max(span.start, hole.end), span.end))
        left = union(pieces)
    return left


def short_gaps(spans: Sequence[Span], longest: timedelta) -> list[Span]:
    """The gaps between united spans that a reconnection explains."""
    gaps = (Span(before.end, after.start) for before, after in pairwise(spans))
    return [gap for gap in gaps if gap.length <= longest]


def total(spans: Iterable[Span]) -> timedelta:
    return sum((span.length for span in spans), timedelta())


def whole_minutes(length: timedelta) -> int:
    return length // timedelta(minutes=1)


def whole_seconds(length: timedelta) -> int:
    return length // _SECOND
