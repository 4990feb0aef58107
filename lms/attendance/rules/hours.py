"""Hours of one learner over a whole edition: done, planned, lost and why, made up for. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Hours:
    """Minutes of one enrolment.

    `live` classes on closed pages, `recovered` what recovery classes make up for, own `study`, their `total`, and
    what the course `planned`. `lost` is what closed pages lack, and `justified` the part of it with an accepted
    reason: justified minutes are never attended ones.
    """

    live: int = 0
    study: int = 0
    total: int = 0
    planned: int = 0
    recovered: int = 0
    lost: int = 0
    justified: int = 0

    @property
    def unjustified(self) -> int:
        return self.lost - self.justified


@dataclass(frozen=True)
class HeldClass:
    """One class on a closed page, for one learner: its length without breaks, the minutes credited, and whether
    what is lacking is justified."""

    key: Any
    length: int
    minutes: int
    justified: bool = False

    @property
    def lost(self) -> int:
        return max(self.length - self.minutes, 0)


def lost_and_justified(held: Iterable[HeldClass]) -> tuple[int, int]:
    """Minutes lost in ordinary classes, and those of them that are justified."""
    rows = list(held)
    return sum(row.lost for row in rows), sum(row.lost for row in rows if row.justified)


def recovered_minutes(
    made_up: Iterable[tuple[Any, int]], held: Mapping[Any, HeldClass], *, planned: int, allowed_pct: int
) -> int:
    """What recovery classes give back: `made_up` is (missed class, minutes in its recovery class).

    Never more than was lost in that class, and all together never more than the allowed share of the planned time.
    A missed class whose page is not closed gives nothing yet.
    """
    by_class: dict[Any, int] = {}
    for missed, minutes in made_up:
        by_class[missed] = by_class.get(missed, 0) + minutes
    given = sum(min(minutes, held[missed].lost) for missed, minutes in by_class.items() if missed in held)
    return min(given, planned * allowed_pct // 100)


def percent(part: int, whole: int) -> int:
    """Whole hundredths, cut and never rounded up: 69.9 is not 70."""
    return part * 100 // whole if whole > 0 else 0


def enough(part: int, whole: int, least_pct: int | None) -> bool:
    """Is this share reached? Compared exactly, not by rounded hundredths."""
    return least_pct is None or part * 100 >= whole * least_pct


def hours_text(minutes: int, hour_minutes: int = 60) -> str:
    """Hours with two decimals, cut and not rounded: 100 minutes are 1,66."""
    hundredths = minutes * 100 // hour_minutes
    return f"{hundredths // 100},{hundredths % 100:02d}"
