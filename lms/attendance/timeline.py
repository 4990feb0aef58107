"""The bar of one person in one class, as whole thousandths of its width. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from .rules import Span, clip, minus, short_gaps, union

CONNECTED, WAITING, MERGED, BREAK = "connected", "waiting", "merged", "break"
_MARGIN = timedelta(minutes=10)
WIDTH = 1000


@dataclass(frozen=True)
class Bar:
    """One piece of the bar."""

    kind: str
    x: int
    width: int


def frame(scheduled: Span, actual: Span | None) -> Span:
    """The stretch of time that the bars show: the class with a little before and after."""
    first, last = scheduled.start, scheduled.end
    if actual:
        first, last = min(first, actual.start), max(last, actual.end)
    return Span(first - _MARGIN, last + _MARGIN)


def bars(
    stays: Iterable[Span],
    *,
    shown: Span,
    window: Span | None,
    breaks: Iterable[Span],
    merge: timedelta,
    held_out: Sequence[Span] = (),
) -> list[Bar]:
    """Pieces from the back to the front: breaks, waiting, merged gaps, connected."""
    there = union(clip(stays, shown))
    counted = minus(clip(there, window), held_out) if window else []
    layers = [
        (BREAK, clip(breaks, shown)),
        (WAITING, minus(there, counted)),
        (MERGED, minus(short_gaps(counted, merge), held_out)),
        (CONNECTED, counted),
    ]
    return [_bar(kind, span, shown) for kind, spans in layers for span in spans]


def _bar(kind: str, span: Span, shown: Span) -> Bar:
    x = (span.start - shown.start) * WIDTH // shown.length
    end = -((shown.start - span.end) * WIDTH // shown.length)
    return Bar(kind, x, max(end - x, 2))


def ticks(window: Span, shown: Span) -> tuple[int, int]:
    """Where the class begins and ends on the bar."""
    return (
        (window.start - shown.start) * WIDTH // shown.length,
        (window.end - shown.start) * WIDTH // shown.length,
    )
