"""Reading a room: as it is now, for whoever arrives or has missed something."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, Q

from lms.attendance import queries as attendance_read

from .. import access, events
from ..access import Seat
from ..models import ChatLine, Room, Vote
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


def snapshot(seat: Seat, *, since: int, at: datetime) -> events.Snapshot:
    """The room as it is now, with what was said after event `since`.

    The number is read first: what happens meanwhile may stand in the snapshot and come again as an event, which
    a client takes twice without harm; the other way round it would be lost.
    """
    read_again(seat.room)
    present = attendance_read.people_connected(seat.session, since=still_believed(at))
    here = {str(person.uuid) for person, _role in present}
    news = Q(seq__gt=since) | Q(removed_seq__gt=since)
    newest = lines_for(seat).filter(news).order_by("-seq")[:SHOWN_LINES]
    offices = attendance_read.offices_of(seat.session) if any(r == "inspector" for _p, r in present) else {}
    shown = events.Snapshot(
        seq=seat.room.seq,
        state=cast(events.State, attendance_read.class_state(seat.session)),
        roster=tuple(
            access.person_of(person, cast(events.Role, role), office=offices.get(person.pk, ""))
            for person, role in present
        ),
        hands=tuple(UUID(hand) for hand in seat.room.hands if hand in here),
        lines=tuple(line_as_told(line, seat) for line in reversed(newest)),
        now=at,
        chat_open=seat.room.chat_open,
        stage=stage_now(seat.room),
        timer=timer_now(seat.room),
        slides=slides_now(seat.room),
        decks=decks_shown(seat.room),
        polls=polls_for(seat),
        floor=floor_as_told(seat.room),
        leader=attendance_read.leader_of(seat.session).uuid,
        door=door_now(seat.room, at=at),
        prompt=prompt_for(seat, at=at),
    )
    return shown if seat.is_staff else shown.as_classmates_see()


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
