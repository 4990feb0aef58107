"""Who may enter a room, and as what. Asked again on every action."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import Http404
from django.utils.translation import gettext as _

from lms.attendance import access as attendance
from lms.attendance import queries as attendance_read
from lms.enrolments import access as enrolments
from lms.enrolments.queries import active_learners
from lms.errors import Refused
from lms.people.access import may_act_now

from . import events
from .models import Room

STAFF: tuple[events.Role, ...] = ("trainer", "director", "tutor", "inspector")


@dataclass(frozen=True, slots=True)
class Place:
    """What a socket keeps of a seat while it is open: no right, only who it is and what it may be told."""

    user_id: int
    uuid: uuid.UUID
    role: events.Role

    @property
    def is_staff(self) -> bool:
        """Reads full names."""
        return self.role != "learner"


@dataclass(frozen=True)
class Seat:
    """One person's place in one room, as it is at this moment."""

    user: Any
    session: Any
    room: Room
    role: events.Role
    leading: bool = False  # the trainer whose class it is now
    outside: str = ""  # "waiting" at the door, or "sent_out"

    @property
    def leads(self) -> bool:
        """May start and end the class."""
        return self.leading or self.role == "director"

    @property
    def helps(self) -> bool:
        """May lower hands."""
        return self.role in {"trainer", "director", "tutor"}

    @property
    def is_staff(self) -> bool:
        """Reads full names."""
        return self.role != "learner"

    @property
    def place(self) -> Place:
        return Place(self.user.pk, self.user.uuid, self.role)

    @property
    def person(self) -> events.Person:
        return person_of(self.user, self.role)

    def must_lead(self) -> None:
        if not self.leads:
            raise Refused("room.not_leading", _("Only the trainer can do this."), status=403)

    def must_help(self) -> None:
        if not self.helps:
            raise Refused("room.not_helping", _("Only the trainer or the tutor can do this."), status=403)

    def must_take_part(self) -> None:
        if self.role == "inspector":
            raise Refused("room.only_watching", _("An inspector watches the class and takes no part in it."))


def person_of(user: Any, role: events.Role, *, office: str = "") -> events.Person:
    """What the room is told of somebody: classmates read the given name and an initial, staff the full name.

    Staff stand with their full name for everybody, as on the timetable; an inspector with the body that sent them.
    """
    full = user.get_full_name() or user.username
    if office:
        full = f"{full} ({office})"
    if role != "learner":
        return events.Person(id=user.uuid, name=full, role=role)
    given, family = user.first_name.strip(), user.last_name.strip()
    short = f"{given} {family[0]}." if given and family else given or full
    return events.Person(id=user.uuid, name=short, full_name=full, role="learner")


def role_in(user: Any, session: Any) -> events.Role:
    """The strongest task of this person in this class; somebody without a task is a learner."""
    tasks = enrolments.staff_roles(user, session.edition)
    return next((role for role in STAFF if role in tasks), "learner")


def door_opens_at(session: Any) -> datetime:
    """People may come in and wait from this moment."""
    return session.starts_at - timedelta(minutes=settings.LIVE_DOOR_MINUTES)


def door_is_open(seat: Seat, state: str, at: datetime) -> bool:
    """Whether one may come in: some minutes before the planned start, and as long as a started class lasts."""
    if state == "planned":
        return door_opens_at(seat.session) <= at <= seat.session.ends_at
    return state == "open"


def seat_for(user: Any, room_id: uuid.UUID, *, at_the_door: bool = False) -> Seat:
    """This person's seat in the room of the class with this uuid, or the same 404 for hidden and absent.

    Who waits at the door or was sent out is refused, but for the few callers that deal with the door. A cancelled class has no room. A socket passes no middleware, so the second factor is asked for here.
    """
    if not may_act_now(user):
        raise Http404
    session = attendance.class_to_enter(user, room_id)
    if session.cancelled_at is not None:
        raise Http404
    room, _made = Room.objects.get_or_create(session=session)
    room.session = session
    role = role_in(user, session)
    out = ""
    if role == "learner" and attendance.open_pass(user, session) is not None:
        role = "inspector"
    if role == "learner":
        out = outside(user, room)
    if out and not at_the_door:
        raise Refused("room.outside", _("You are not in the class now."), status=403)
    return Seat(
        user=user,
        session=session,
        room=room,
        role=role,
        leading=role == "trainer" and attendance_read.leads(user, session),
        outside=out,
    )


def learners_seats(users: Iterable[Any], room_id: uuid.UUID) -> dict[int, Seat]:
    """The seats, by user, of those of these people who are no more than learners of the class; at the door, too.

    As `seat_for` gives them, many at a time: whoever is missing here is asked for there. All share one room.
    """
    users = list(users)
    session, learners = attendance.class_of_learners(users, room_id)
    if not learners or session.cancelled_at is not None:
        return {}
    room, _made = Room.objects.get_or_create(session=session)
    room.session = session
    sent_out = {removal.person_id for removal in attendance_read.removals_of(session)}
    return {
        user.pk: Seat(
            user=user,
            session=session,
            room=room,
            role="learner",
            outside=_where(user, room, sent_out=user.pk in sent_out),
        )
        for user in users
        if user.pk in learners and may_act_now(user)
    }


def outside(user: Any, room: Room) -> str:
    """Why a learner is not inside, if so: sent out, or the door makes people wait and they were never let in."""
    return _where(user, room, sent_out=attendance_read.removal_of(room.session, user) is not None)


def _where(user: Any, room: Room, *, sent_out: bool) -> str:
    if sent_out:
        return "sent_out"
    return "waiting" if room.waits and not attendance_read.was_let_in(room.session, user) else ""


def room_for(user: Any, room_id: uuid.UUID) -> Room:
    """The room, if this person may be in it."""
    return seat_for(user, room_id).room


def seat_of(user_id: int, room_id: uuid.UUID, *, at_the_door: bool = False) -> Seat:
    """As seat_for, for a socket: reads the person anew, so that what was taken away counts at once."""
    user = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise Http404
    return seat_for(user, room_id, at_the_door=at_the_door)


def no_longer_allowed(user_ids: frozenset[int], room: Room) -> frozenset[int]:
    """Which of these people have lost their seat. Learners are asked for together, the few others one by one."""
    if room.session.cancelled_at is not None:
        return user_ids
    learners = active_learners(room.session.edition).filter(person__is_active=True)
    unsure = user_ids - set(learners.values_list("person_id", flat=True))
    gone = frozenset(user_id for user_id in unsure if not _has_seat(user_id, room.session.uuid))
    return gone | (user_ids & {removal.person_id for removal in attendance_read.removals_of(room.session)})


def role_now(user_id: int, room: Room) -> str:
    """As what this person sits in the room now; empty without a seat."""
    try:
        return seat_of(user_id, room.session.uuid).role
    except Http404:
        return ""


def _has_seat(user_id: int, room_id: uuid.UUID) -> bool:
    try:
        seat_of(user_id, room_id, at_the_door=True)
    except Http404:
        return False
    return True
