"""The door of a room: who waits, who is let in, who is sent out. Every process's sockets follow at once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from lms.attendance import actions as attendance
from lms.attendance import queries as attendance_read
from lms.errors import Refused

from .. import access, events
from ..access import Seat
from ..broadcast import send_on_commit
from ..models import Room
from .floor import cut_off
from .shared import lock, must_not_be_over, still_believed, take_down


def door_now(room: Room, *, at: datetime) -> events.DoorNow:
    """Whether people wait, and who does, first come first."""
    waiting = attendance_read.people_waiting(room.session, since=still_believed(at))
    people = tuple(access.person_of(person, "learner") for person, _since in waiting)
    return events.DoorNow(waits=room.waits, waiting=people)


def tell_door(room: Room, *, at: datetime, admits: Iterable[UUID] = ()) -> None:
    """Tell the room how its door is; sockets of people who were let in come in. Inside a transaction."""
    send_on_commit(room, events.DoorChanged(door=door_now(room, at=at)), admits=admits)


@transaction.atomic
def set_door(seat: Seat, *, waits: bool, at: datetime) -> None:
    """Let everybody in from now on, or let them wait until they are let in. Opening lets in whoever waits.

    Whoever was inside once comes back without waiting. Safe to call twice. Locks the room.
    """
    seat.must_help()
    must_not_be_over(seat)
    lock(seat.room)
    if seat.room.waits == waits:
        return
    seat.room.waits = waits
    Room.objects.filter(pk=seat.room.pk).update(waits=waits)
    people = [] if waits else [person for person, _since in _waiting(seat, at)]
    _let_in(seat, people, at=at)


@transaction.atomic
def admit(seat: Seat, person: UUID | None, *, at: datetime) -> None:
    """Let one person in who waits, or everybody. Safe to call twice. Locks the room."""
    seat.must_help()
    must_not_be_over(seat)
    lock(seat.room)
    waiting = [each for each, _since in _waiting(seat, at)]
    _let_in(seat, [each for each in waiting if person is None or each.uuid == person], at=at)


@transaction.atomic
def send_out(seat: Seat, person: UUID, *, reason: str, at: datetime) -> None:
    """Send somebody out of the class, or do not let them in; their sockets close in every process.

    They come back when somebody lets them in again. Staff are not sent out. Safe to call twice. Locks the room.
    """
    seat.must_help()
    must_not_be_over(seat)
    lock(seat.room)
    who = _learner(seat, person)
    attendance.send_out(seat.session, who, reason=reason, by=seat.user, at=at)
    take_down(seat.room, {str(who.uuid)})
    cut_off(seat.room, who.uuid)
    send_on_commit(seat.room, events.SentOut(person=who.uuid), removes=[who.uuid])
    tell_door(seat.room, at=at)


@transaction.atomic
def let_in_again(seat: Seat, person: UUID, *, at: datetime) -> None:
    """Undo that somebody was sent out. Safe to call twice. Locks the room."""
    seat.must_help()
    lock(seat.room)
    if attendance.let_in_again(seat.session, _learner(seat, person), by=seat.user, at=at):
        tell_door(seat.room, at=at)


def _let_in(seat: Seat, people: list[Any], *, at: datetime) -> None:
    inside = attendance.admit(seat.session, people, by=seat.user, at=at)
    tell_door(seat.room, at=at, admits=[person.uuid for person in inside])
    for person in inside:
        send_on_commit(seat.room, events.Joined(person=access.person_of(person, "learner")))


def people_at_door(seat: Seat, *, at: datetime) -> list[tuple[Any, datetime]]:
    """Who waits and since when, first come first."""
    return _waiting(seat, at)


def _waiting(seat: Seat, at: datetime) -> list[tuple[Any, datetime]]:
    return attendance_read.people_waiting(seat.session, since=still_believed(at))


def _learner(seat: Seat, person: UUID) -> Any:
    """Somebody who is in this class as a learner; others are neither sent out nor named."""
    who = get_user_model().objects.filter(uuid=person).first()
    if who is None or not attendance_read.is_learner_of(seat.session, who):
        raise Refused("room.no_learner", _("This person is not a learner of this class."), status=404)
    return who
