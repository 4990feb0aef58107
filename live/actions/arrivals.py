"""Coming in: tickets are used up, connections stored, the room told, for everybody who came at the same moment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext as _

from lms.attendance import actions as attendance
from lms.attendance import queries as attendance_read
from lms.errors import Refused

from .. import access, events
from ..access import Place, Seat
from ..broadcast import send_all_on_commit
from ..models import Ticket
from .door import tell_door
from .doors import digest_of, must_be_open_to_enter
from .reading import RoomNow, room_now, snapshot
from .shared import lock, still_believed


@dataclass(frozen=True)
class Comer:
    """Who says hello: the person whom the browser's session names, or None, and what the browser brings."""

    user: Any
    ticket: str
    device: str
    since: int  # the last event that this browser knows of
    at: datetime


@dataclass(frozen=True)
class Arrival:
    """What a socket is told once its connection stands in the attendance record."""

    place: Place
    leads: bool
    connection_id: int
    connection: UUID
    opened_at: datetime
    seq: int = 0  # of the snapshot
    room: str = ""  # the snapshot, encoded; empty while the person waits at the door

    @property
    def outside(self) -> bool:
        return not self.room


@transaction.atomic
def join(room_id: UUID, comers: Sequence[Comer], *, boot_id: UUID) -> list[Arrival | Exception]:
    """Use the tickets up, write the connections into attendance, tell the room; for each comer the arrival, or why
    not (Refused, Http404). Safe to call twice: the second call finds the tickets used.

    A ticket shown by anybody else than its person opens nothing. The rows of the connections are stored when this
    returns, so before any welcome. Locks the tickets, then the room. The number of queries does not grow with
    learners who come to an open door; staff are asked for one by one.
    """
    answers: list[Any] = [None] * len(comers)
    tickets = _usable(room_id, comers)
    seats = access.learners_seats([one.user for one in comers if one.user is not None], room_id)
    coming: list[tuple[int, Comer, Seat]] = []
    state: str | None = None
    for index, one in enumerate(comers):
        try:
            _must_have_ticket(one, tickets)
            seat = seats.get(one.user.pk) or access.seat_for(one.user, room_id, at_the_door=True)
            state = state or attendance_read.class_state(seat.session)
            with translation.override(one.user.preferred_language):
                must_be_open_to_enter(seat, state, one.at)
            coming.append((index, one, seat))
        except (Refused, Http404) as refusal:
            answers[index] = refusal
    if coming:
        newest = max(one.at for _index, one, _seat in coming)
        used = [digest_of(one.ticket) for _index, one, _seat in coming]
        Ticket.objects.filter(digest__in=used).update(used_at=newest)
        for (index, _one, _seat), answer in zip(
            coming, _bring_in([each[1:] for each in coming], boot_id, newest), strict=True
        ):
            answers[index] = answer
    return answers


def _usable(room_id: UUID, comers: Sequence[Comer]) -> dict[str, Ticket]:
    digests = [digest_of(one.ticket) for one in comers]
    rows = Ticket.objects.filter(digest__in=digests, room__session__uuid=room_id, used_at=None)
    return {row.digest: row for row in rows.select_for_update(of=("self",))}


def _must_have_ticket(one: Comer, tickets: dict[str, Ticket]) -> None:
    """The ticket is taken out: another comer who shows the same one has none."""
    if one.user is None:
        raise Http404
    found = tickets.get(digest_of(one.ticket))
    if found is None or found.user_id != one.user.pk or found.expires_at <= one.at:
        with translation.override(one.user.preferred_language):
            raise Refused("ticket.invalid", _("This ticket was already used or is too old."), status=403)
    del tickets[found.digest]


def _bring_in(coming: list[tuple[Comer, Seat]], boot_id: UUID, at: datetime) -> list[Arrival | Exception]:
    room, session = coming[0][1].room, coming[0][1].session
    lock(room)
    people = [seat.user for _one, seat in coming]
    here = set(attendance_read.connected_among(session, people, since=still_believed(at)))
    connections = attendance.record_connections(
        session,
        [
            attendance.Comer(person=seat.user, role=seat.role, device=one.device, at=one.at)
            for one, seat in coming
        ],
        boot_id=boot_id,
    )
    arrived, news, at_door = [], [], False
    for (one, seat), connection in zip(coming, connections, strict=True):
        if connection is None:  # no longer in the edition, since a moment ago
            continue
        if seat.outside:
            attendance.wait_at_door(connection, at=one.at)
            at_door = True
            continue
        person = seat.person
        if seat.role == "inspector":
            visit = attendance.open_visit(session, seat.user, at=one.at)
            person = access.person_of(seat.user, seat.role, office=visit.office)
        if seat.user.pk not in here:
            here.add(seat.user.pk)
            news.append(events.Joined(person=person))
        arrived.append(connection)
    send_all_on_commit(room, news)
    if at_door:
        tell_door(room, at=at)
    now = room_now(room, at=at) if arrived else None
    return [
        _arrival(one, replace(seat, room=room), connection, now) if connection else Http404()
        for (one, seat), connection in zip(coming, connections, strict=True)
    ]


def _arrival(one: Comer, seat: Seat, connection: Any, now: RoomNow | None) -> Arrival:
    told: dict[str, Any] = {}
    if now is not None and not seat.outside:
        with translation.override(seat.user.preferred_language):
            found = snapshot(seat, since=one.since, at=one.at, now=now)
        told = {"seq": found.seq, "room": now.encoded(found)}
    return Arrival(seat.place, seat.leads, connection.pk, connection.uuid, one.at, **told)
