"""In and out of a room, and the proof that one is still there."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from ..broadcast import send_all_on_commit
from ..models import Room, Ticket
from .door import tell_door
from .reading import snapshot
from .shared import still_believed, take_down
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


@dataclass(frozen=True)
class Leaver:
    """A connection that ended, whose it was, and the last proof that they were there."""

    place: Place
    connection_id: int
    evidence_at: datetime
    reason: str


@transaction.atomic
def leave(room_id: UUID, leavers: Sequence[Leaver], *, at: datetime) -> None:
    """Close connections of one room, each at its last evidence; of whom it was the last one, tell the room.

    Safe to call twice. Asks nobody's permission: a door lets everybody out. Locks the room. The number of queries
    does not grow with those who leave together.
    """
    room = Room.objects.select_related("session").select_for_update(of=("self",)).get(session__uuid=room_id)
    waited = attendance_read.waiting_among([one.connection_id for one in leavers])
    attendance.close_connections(
        [attendance.Ending(one.connection_id, one.reason, one.evidence_at) for one in leavers], at=at
    )
    if waited:
        tell_door(room, at=at)
    were_inside = {one.place.user_id: one.place for one in leavers if one.connection_id not in waited}
    still = attendance_read.connected_among(room.session, were_inside, since=still_believed(at))
    gone = {user_id: place for user_id, place in were_inside.items() if user_id not in still}
    if not gone:
        return
    take_down(room, {str(place.uuid) for place in gone.values()})
    for place in gone.values():
        take_off_stage(room, place.uuid)
    people = get_user_model().objects.in_bulk(gone)
    send_all_on_commit(
        room,
        [
            events.Left(person=access.person_of(people[user_id], place.role))
            for user_id, place in gone.items()
        ],
    )


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
    attendance.close_connections([attendance.Ending(one, "line_lost") for one in connection_ids], at=at)


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
