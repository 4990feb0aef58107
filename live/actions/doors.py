"""In and out of a room, and the proof that one is still there."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lms.attendance import actions as attendance
from lms.attendance import queries as attendance_read
from lms.errors import Refused

from .. import access, events
from ..access import Seat
from ..broadcast import send_on_commit
from ..models import Ticket
from .door import tell_door
from .reading import snapshot
from .shared import is_present, lock, must_not_be_over, take_down
from .stage import take_off_stage

TICKET_LIFE = timedelta(seconds=60)


@dataclass(frozen=True)
class Arrival:
    """What a socket is told once its connection stands in the attendance record."""

    seat: Seat
    connection_id: int
    connection: UUID
    opened_at: datetime
    snapshot: events.Snapshot | None  # None while the person waits at the door

    @property
    def outside(self) -> bool:
        return self.snapshot is None


def issue_ticket(seat: Seat, *, at: datetime) -> str:
    """A ticket for one connection of this person to this class. Each call makes another one.

    Takes no lock. Removes this person's expired tickets.
    """
    _must_be_open_to_enter(seat, at)
    Ticket.objects.filter(user=seat.user, expires_at__lt=at).delete()
    ticket = secrets.token_urlsafe(32)
    Ticket.objects.create(digest=_digest(ticket), user=seat.user, room=seat.room, expires_at=at + TICKET_LIFE)
    return ticket


@transaction.atomic
def join(
    user: Any, room_id: UUID, ticket: str, *, device: str, boot_id: UUID, since: int, at: datetime
) -> Arrival:
    """Use the ticket up, write the connection into attendance, tell the room. Safe to call twice: the second
    call finds the ticket used.

    `user` is whom the browser's session names: a ticket shown by anybody else opens nothing. The row of the
    connection is stored when this returns, so before any welcome.
    """
    used = Ticket.objects.filter(
        digest=_digest(ticket), user=user, room__session__uuid=room_id, used_at=None, expires_at__gt=at
    ).update(used_at=at)
    if not used:
        raise Refused("ticket.invalid", _("This ticket was already used or is too old."), status=403)
    seat = access.seat_for(user, room_id, at_the_door=True)
    _must_be_open_to_enter(seat, at)
    lock(seat.room)
    was_here = is_present(seat.session, user, at)
    connection = attendance.record_connection(
        user, seat.session, device=device, boot_id=boot_id, role=seat.role, at=at
    )
    if seat.outside:
        attendance.wait_at_door(connection, at=at)
        tell_door(seat.room, at=at)
        return Arrival(seat, connection.pk, connection.uuid, at, None)
    person = seat.person
    if seat.role == "inspector":
        visit = attendance.open_visit(seat.session, user, at=at)
        person = access.person_of(user, seat.role, office=visit.office)
    if not was_here:
        send_on_commit(seat.room, events.Joined(person=person))
    return Arrival(seat, connection.pk, connection.uuid, at, snapshot(seat, since=since, at=at))


@transaction.atomic
def leave(seat: Seat, connection_id: int, *, evidence_at: datetime, reason: str, at: datetime) -> None:
    """Close one connection at its last evidence; when it was the person's last one, tell the room.

    Safe to call twice. Asks nobody's permission: a door lets everybody out.
    """
    lock(seat.room)
    waited = attendance_read.waits_at_door(connection_id)
    attendance.close_connection(connection_id, reason=reason, at=at, last_evidence=evidence_at)
    if waited:
        tell_door(seat.room, at=at)
        return
    if is_present(seat.session, seat.user, at):
        return
    take_down(seat.room, {str(seat.user.uuid)})
    take_off_stage(seat.room, seat.user.uuid)
    send_on_commit(seat.room, events.Left(person=seat.person))


def come_in(
    user_id: int, room_id: UUID, connection_id: int, *, at: datetime
) -> tuple[Seat, events.Snapshot] | None:
    """What somebody who was let in finds, or None while they still wait. Changes nothing."""
    seat = access.seat_of(user_id, room_id, at_the_door=True)
    if attendance_read.waits_at_door(connection_id):
        return None
    return seat, snapshot(seat, since=0, at=at)


def keep_alive(evidence: Mapping[int, datetime], *, boot_id: UUID, at: datetime) -> frozenset[int]:
    """Write the evidence of one process in one batch, renew its lease, and say which of its connections are open.

    A socket whose connection is not among them was given up meanwhile (the lease ran out, the class ended): it
    must come in again, or its person would sit there without a minute counted. Safe to call twice.
    """
    attendance.renew_lease(boot_id, at=at)
    if evidence:
        attendance.record_evidence(evidence, boot_id=boot_id)
    return attendance_read.open_connections_of(boot_id)


def close_orphans(connection_ids: Iterable[int], *, at: datetime) -> None:
    """Close connections that no socket holds, each at its last evidence. Safe to call twice."""
    for connection_id in connection_ids:
        attendance.close_connection(connection_id, reason="line_lost", at=at)


def note_database_lost(
    rooms: Iterable[UUID], *, boot_id: UUID, starts_at: datetime, ends_at: datetime
) -> None:
    """Put on record that one process could not write. Safe to call twice."""
    attendance.note_database_lost(rooms, boot_id=boot_id, starts_at=starts_at, ends_at=ends_at, at=ends_at)


def note_clock_jumped(
    rooms: Iterable[UUID], *, boot_id: UUID, starts_at: datetime, ends_at: datetime, at: datetime
) -> None:
    """Put on record that the time of day of one process stepped, and between what. Safe to call twice."""
    attendance.note_clock_jumped(rooms, boot_id=boot_id, starts_at=starts_at, ends_at=ends_at, at=at)


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()


def _must_be_open_to_enter(seat: Seat, at: datetime) -> None:
    must_not_be_over(seat)
    if seat.outside == "sent_out":
        raise Refused("room.sent_out", _("You were sent out of this class. Ask your tutor."), status=403)
    if not access.door_is_open(seat, attendance_read.class_state(seat.session), at):
        raise Refused("room.not_yet", _("The door of this class is not open now. Look at its day and time."))
