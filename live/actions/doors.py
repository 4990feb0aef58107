"""In and out of a room, and the proof that one is still there."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from lms.attendance import actions as attendance
from lms.attendance import queries as attendance_read
from lms.errors import Refused

from .. import access, events
from ..access import Place, Seat
from ..broadcast import send_on_commit
from ..models import Room, Ticket
from .door import tell_door
from .reading import snapshot
from .shared import is_present, take_down
from .stage import take_off_stage

TICKET_LIFE = timedelta(seconds=60)


def digest_of(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()


def must_be_open_to_enter(seat: Seat, state: str, at: datetime) -> None:
    """Refuse who comes too early, too late, or was sent out; `state` is the class's."""
    if state in {"ended", "closed"}:
        raise Refused("room.over", _("This class is over."))
    if seat.outside == "sent_out":
        raise Refused("room.sent_out", _("You were sent out of this class. Ask your tutor."), status=403)
    if not access.door_is_open(seat, state, at):
        raise Refused("room.not_yet", _("The door of this class is not open now. Look at its day and time."))


def issue_ticket(seat: Seat, *, at: datetime) -> str:
    """A ticket for one connection of this person to this class. Each call makes another one.

    Takes no lock. Removes this person's expired tickets.
    """
    must_be_open_to_enter(seat, attendance_read.class_state(seat.session), at)
    Ticket.objects.filter(user=seat.user, expires_at__lt=at).delete()
    ticket = secrets.token_urlsafe(32)
    Ticket.objects.create(
        digest=digest_of(ticket), user=seat.user, room=seat.room, expires_at=at + TICKET_LIFE
    )
    return ticket


@transaction.atomic
def leave(
    place: Place, room_id: UUID, connection_id: int, *, evidence_at: datetime, reason: str, at: datetime
) -> None:
    """Close one connection at its last evidence; when it was the person's last one, tell the room.

    Safe to call twice. Asks nobody's permission: a door lets everybody out.
    """
    room = Room.objects.select_related("session").select_for_update(of=("self",)).get(session__uuid=room_id)
    waited = attendance_read.waits_at_door(connection_id)
    attendance.close_connection(connection_id, reason=reason, at=at, last_evidence=evidence_at)
    if waited:
        tell_door(room, at=at)
        return
    if is_present(room.session, place.user_id, at):
        return
    take_down(room, {str(place.uuid)})
    take_off_stage(room, place.uuid)
    who = get_user_model().objects.get(pk=place.user_id)
    send_on_commit(room, events.Left(person=access.person_of(who, place.role)))


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
