"""Reading a room: as it is now, for whoever arrives or has missed something."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, Max, Q

from lms.attendance import queries as attendance_read

from .. import access, events
from ..access import Seat
from ..models import ChatLine, Poll, Room, Vote
from .door import door_now
from .floor import floor_as_told
from .polls import polls_for
from .presence import ask_when_due, prompt_for
from .shared import read_again, still_believed
from .slides import decks_shown, slides_now
from .stage import stage_now, timer_now
from .talk import line_as_told, lines_for

SHOWN_LINES = 100  # of the chat, to somebody who arrives


@dataclass(frozen=True)
class Facts:
    """What a room reads again from the database every few seconds, whoever changed it."""

    seq: int
    state: str
    present: frozenset[UUID]
    refused: frozenset[int]
    waiting: frozenset[UUID]  # at the door


@dataclass(frozen=True)
class RoomNow:
    """What a snapshot holds whoever reads it, and whether there is anything that depends on the reader."""

    for_staff: events.Snapshot
    for_learners: events.Snapshot
    newest_line: int  # the last number of a line, or of its removal
    has_polls: bool
    has_prompt: bool

    def encoded(self, snapshot: events.Snapshot) -> str:
        """A snapshot of this room; one that holds nothing of a single reader's is encoded once."""
        if snapshot is self.for_learners:
            return self._for_learners
        return events.encode(snapshot)

    @cached_property
    def _for_learners(self) -> str:
        return events.encode(self.for_learners)


def room_now(room: Room, *, at: datetime) -> RoomNow:
    """The room as it is now, without what depends on the reader.

    The number is read first: what happens meanwhile may stand in the snapshot and come again as an event, which
    a client takes twice without harm; the other way round it would be lost.
    """
    read_again(room)
    present = attendance_read.people_connected(room.session, since=still_believed(at))
    here = {str(person.uuid) for person, _role in present}
    offices = attendance_read.offices_of(room.session) if any(r == "inspector" for _p, r in present) else {}
    shown = events.Snapshot(
        seq=room.seq,
        state=cast(events.State, attendance_read.class_state(room.session)),
        roster=tuple(
            access.person_of(person, cast(events.Role, role), office=offices.get(person.pk, ""))
            for person, role in present
        ),
        hands=tuple(UUID(hand) for hand in room.hands if hand in here),
        lines=(),
        now=at,
        chat_open=room.chat_open,
        stage=stage_now(room),
        timer=timer_now(room),
        slides=slides_now(room),
        decks=decks_shown(room),
        floor=floor_as_told(room),
        leader=attendance_read.leader_of(room.session).uuid,
        door=door_now(room, at=at),
    )
    newest = ChatLine.objects.filter(room=room).aggregate(said=Max("seq"), removed=Max("removed_seq"))
    return RoomNow(
        for_staff=shown,
        for_learners=shown.as_classmates_see(),
        newest_line=max(newest["said"] or 0, newest["removed"] or 0),
        has_polls=Poll.objects.filter(room=room).exists(),
        has_prompt=attendance_read.prompt_now(room.session, at=at) is not None,
    )


def snapshot(seat: Seat, *, since: int, at: datetime, now: RoomNow | None = None) -> events.Snapshot:
    """The room as this person sees it, with what was said after event `since`. `now`: already read for others."""
    now = now or room_now(seat.room, at=at)
    own: dict[str, Any] = {}
    if since < now.newest_line:
        news = Q(seq__gt=since) | Q(removed_seq__gt=since)
        newest = lines_for(seat).filter(news).order_by("-seq")[:SHOWN_LINES]
        lines = tuple(line_as_told(line, seat) for line in reversed(newest))
        own["lines"] = lines if seat.is_staff else tuple(line.as_classmates_see() for line in lines)
    if now.has_polls:
        own["polls"] = polls_for(seat)
    if now.has_prompt:
        own["prompt"] = prompt_for(seat, at=at)
    shown = now.for_staff if seat.is_staff else now.for_learners
    return shown.model_copy(update=own) if own else shown


def all_lines(seat: Seat) -> tuple[events.Line, ...]:
    """Everything that this person may read of the chat, oldest first."""
    return tuple(line_as_told(line, seat) for line in lines_for(seat).order_by("seq"))


def present_now(session: Any, *, at: datetime) -> list[tuple[Any, str]]:
    """Everybody in the room with their role, by arrival."""
    return attendance_read.people_connected(session, since=still_believed(at))


@dataclass(frozen=True)
class Part:
    """What one person did in a class that is stored: lines of chat, to all or to the staff, and polls answered."""

    lines: int = 0
    answers: int = 0


def parts_taken(seat: Seat) -> dict[UUID, Part]:
    """Who wrote or answered in this class, and how often. Two queries."""
    lines = ChatLine.objects.filter(room=seat.room).order_by().values_list("author__uuid")
    votes = Vote.objects.filter(poll__room=seat.room, counts=True).order_by().values_list("person__uuid")
    wrote, answered = dict(lines.annotate(Count("pk"))), dict(votes.annotate(Count("pk")))
    return {who: Part(wrote.get(who, 0), answered.get(who, 0)) for who in {*wrote, *answered}}


def latest_seq(room_id: UUID) -> int:
    """The number of the latest event of a room; 0 for a room that nobody has opened."""
    return Room.objects.filter(session__uuid=room_id).values_list("seq", flat=True).first() or 0


def facts(room_id: UUID, user_ids: frozenset[int], *, at: datetime) -> Facts:
    """What the room's sockets must be true to, read again, and asked who is there if it is time; `refused` are those who may not be here any more."""
    room = Room.objects.select_related("session__edition").get(session__uuid=room_id)
    ask_when_due(room, at=at)
    room.refresh_from_db(fields=["seq"])
    present = attendance_read.people_connected(room.session, since=still_believed(at))
    return Facts(
        seq=room.seq,
        state=attendance_read.class_state(room.session),
        present=frozenset(person.uuid for person, _role in present),
        refused=access.no_longer_allowed(user_ids, room),
        waiting=frozenset(
            person.uuid
            for person, _since in attendance_read.people_waiting(room.session, since=still_believed(at))
        ),
    )
