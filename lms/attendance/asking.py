"""When a class is asked who is there, who was asked, and who led it when. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from .rules import Policy, Span, clip

#: A prompt is announced in words this long before it opens.
NOTICE = timedelta(seconds=30)
#: Nobody is asked when less than this is left of the planned time: the answer would outlast the class.
_ROOM_FOR_AN_ANSWER = timedelta(minutes=1)
ANSWERED, LATE, BY_VOICE, UNANSWERED = "answered", "late", "voice", "unanswered"


@dataclass(frozen=True)
class Asking:
    """One prompt as the policy wants it: its name, which is the same for whoever asks, and its moments."""

    key: UUID
    announced_at: datetime
    opens_at: datetime
    deadline: datetime


def asking(key: UUID, *, at: datetime, policy: Policy) -> Asking:
    """A prompt announced now."""
    opens = at + NOTICE
    return Asking(key, at, opens, opens + timedelta(seconds=policy.presence_window_s))


def due(
    policy: Policy, *, session: UUID, started_at: datetime | None, ends_at: datetime, at: datetime
) -> Asking | None:
    """The prompt that the policy wants now: `presence_per_hour` times an hour, each in the middle of its share.

    The key follows from the class and the number of the share, so two servers that ask at once ask once.
    """
    if not policy.presence_per_hour or started_at is None or at < started_at:
        return None
    share = timedelta(hours=1) / policy.presence_per_hour
    n, inside = divmod(at - started_at, share)
    wanted = asking(uuid5(session, f"presence {n}"), at=at, policy=policy)
    if inside < share / 2 or wanted.deadline + _ROOM_FOR_AN_ANSWER > ends_at:
        return None
    return wanted


def was_asked(attended: Iterable[Span], opens_at: datetime, deadline: datetime) -> bool:
    """Whether somebody was in the class at any moment of a prompt."""
    return bool(clip(attended, Span.of(opens_at, deadline)))


def verdict(answered_at: datetime | None, deadline: datetime, *, by_voice: bool = False) -> str:
    """What is said of one person and one prompt: a fact, never a minute."""
    if answered_at is None:
        return UNANSWERED
    if by_voice:
        return BY_VOICE
    return ANSWERED if answered_at <= deadline else LATE


@dataclass(frozen=True)
class Led:
    """One stretch of a class under one leader."""

    person: int
    start: datetime
    end: datetime


def led(
    planned: int, handed: Sequence[tuple[datetime, int]], started_at: datetime, ended_at: datetime
) -> list[Led]:
    """Who led the class from when to when: the planned trainer, then whoever it was handed to, in order."""
    stretches: list[Led] = []
    person, start = planned, started_at
    for moment, taker in handed:
        moment = min(max(moment, started_at), ended_at)
        if moment > start:
            stretches.append(Led(person, start, moment))
        person, start = taker, moment
    if ended_at > start or not stretches:
        stretches.append(Led(person, start, max(ended_at, start)))
    return stretches
