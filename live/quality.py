"""How good somebody's line is, from the round trips of probes: kept a minute in the shared cache, and only there.

No record holds it, and no minute depends on it. `seen` says whether the page was in front, for the words of the
trainer's list while the class lasts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache

GOOD, WEAK = "good", "weak"
SLOW_SECONDS = 1.5
MANY_RETURNS = 4  # connections in one class; more are a line that drops
_KEPT_SECONDS = 60


@dataclass(frozen=True)
class Sign:
    """What the last probes said of one person's best connection."""

    quality: str
    seen: bool


def quality_of(round_trip: float | None, unanswered: int) -> str:
    """A line is weak when answers take long or one is missing."""
    return WEAK if unanswered > 1 or (round_trip or 0.0) > SLOW_SECONDS else GOOD


def smoothed(before: float | None, now: float) -> float:
    """The usual round trip: one slow answer alone makes no weak line."""
    return now if before is None else before * 0.6 + now * 0.4


def keep(signs: Mapping[tuple[UUID, UUID], Sign]) -> None:
    """Write what this process knows: (room, person) → sign."""
    if signs:
        values = {_key(*who): (sign.quality, sign.seen) for who, sign in signs.items()}
        cache.set_many(values, _KEPT_SECONDS)


def signs_of(room: UUID, people: Iterable[UUID]) -> dict[UUID, Sign]:
    """What any process knew of these people within the last minute. One read."""
    keys = {_key(room, person): person for person in people}
    found: dict[str, Any] = cache.get_many(list(keys)) if keys else {}
    return {keys[key]: Sign(*value) for key, value in found.items()}


def best(signs: Iterable[Sign]) -> Sign:
    """Of several tabs and devices the one that serves the person best."""
    signs = list(signs)
    quality = GOOD if any(sign.quality == GOOD for sign in signs) else WEAK
    return Sign(quality, any(sign.seen for sign in signs))


def _key(room: UUID, person: UUID) -> str:
    return f"live.line.{room.hex}.{person.hex}"
