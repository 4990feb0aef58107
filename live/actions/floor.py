"""The floor: who may be heard and seen. Held by the server: what it takes away is not forwarded, whatever a browser
sends. The engine is told after commit; it knows no reasons.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lms.attendance import queries as attendance_read
from lms.errors import Refused

from .. import events
from ..access import Seat
from ..broadcast import run_on_commit, send_on_commit
from ..media.engine import Kind, MediaRoom, engine
from ..models import Floor, Room
from .shared import is_present, lock, must_not_be_over, still_believed, take_down

EVERYTHING: frozenset[Kind] = frozenset({"audio", "video", "screen"})


def floor_of(room: Room) -> Floor:
    """The room's floor; one that nobody has changed is not stored."""
    return Floor.objects.filter(room=room).first() or Floor(room=room)


def floor_as_told(room: Room) -> events.Floor:
    return _told(floor_of(room))


def may_send(seat: Seat) -> frozenset[Kind]:
    """What the server forwards of this person now: staff everything, an inspector nothing, a learner what the
    floor gives.
    """
    return _may_send(str(seat.user.uuid), seat.role, floor_of(seat.room))


def must_be_in_class(seat: Seat, *, at: datetime) -> None:
    """Voices belong to the class: nobody is left alone with them before it begins, or hears them at the door."""
    must_not_be_over(seat)
    if attendance_read.class_state(seat.session) != "open" or not is_present(seat.session, seat.user, at):
        raise Refused("media.not_yet", _("You will hear the class when it begins."))


@transaction.atomic
def speak(seat: Seat, *, at: datetime) -> None:
    """This person turns the microphone on. Undoes a mute, unless only those called on speak. Locks the room."""
    seat.must_take_part()
    must_be_in_class(seat, at=at)
    lock(seat.room)
    floor, mine = floor_of(seat.room), str(seat.user.uuid)
    if seat.role == "learner" and floor.held and mine not in floor.called:
        raise Refused("floor.held", _("The trainer says who speaks. Raise your hand and wait to be called."))
    if mine in floor.muted:
        floor.muted = [one for one in floor.muted if one != mine]
        _change(seat.room, floor, {mine: seat.role})


@transaction.atomic
def mute(seat: Seat, person: UUID | None, *, at: datetime) -> None:
    """Cut off one person's voice, or every learner's. They may speak again when they like, unless the floor is held.

    Nobody cuts off who leads the class. Safe to call twice. Locks the room.
    """
    seat.must_help()
    must_not_be_over(seat)
    lock(seat.room)
    floor = floor_of(seat.room)
    there = {str(one.uuid): role for one, role in _people(seat, at)}
    if person is None:
        cut = {one: role for one, role in there.items() if role == "learner"}
    else:
        cut = {one: role for one, role in there.items() if one == str(person)}
    if any(role in {"trainer", "director"} for one, role in cut.items() if one != str(seat.user.uuid)):
        raise Refused("floor.leads", _("Who leads the class turns the microphone off alone."))
    floor.muted = [*floor.muted, *(one for one in cut if one not in floor.muted)]
    floor.called = [one for one in floor.called if one not in cut]
    _change(seat.room, floor, cut)


@transaction.atomic
def call_on(seat: Seat, person: UUID, *, at: datetime) -> None:
    """Ask one person to speak: their microphone may go on again, and their hand goes down. Locks the room.

    Nobody's microphone is ever turned on from outside: their browser asks them.
    """
    seat.must_help()
    must_not_be_over(seat)
    lock(seat.room)
    floor, there = floor_of(seat.room), {str(one.uuid): role for one, role in _people(seat, at)}
    called = str(person)
    if called not in there:
        raise Refused("floor.gone", _("This person is not in the class now."))
    floor.muted = [one for one in floor.muted if one != called]
    floor.called = [*(one for one in floor.called if one != called), called]
    _change(seat.room, floor, {called: there[called]})
    send_on_commit(seat.room, events.CalledOn(person=person, by=seat.person.name))
    take_down(seat.room, {called})


@transaction.atomic
def set_floor(seat: Seat, *, held: bool | None = None, cameras: bool | None = None, at: datetime) -> None:
    """Let learners speak when they like or only when called on; let them show themselves or not. Locks the room."""
    seat.must_help()
    must_not_be_over(seat)
    lock(seat.room)
    floor = floor_of(seat.room)
    before = (floor.held, floor.cameras)
    floor.held = floor.held if held is None else held
    floor.cameras = floor.cameras if cameras is None else cameras
    if (floor.held, floor.cameras) == before:
        return
    floor.called = []
    _change(seat.room, floor, {str(one.uuid): role for one, role in _people(seat, at) if role == "learner"})


def clear_floor(room: Room) -> None:
    """The class is over: nothing of who was muted remains, and no stream passes. Inside a transaction."""
    Floor.objects.filter(room=room).delete()
    _tell_engine(lambda media: engine().close_room(media), room)


def cut_off(room: Room, person: UUID) -> None:
    """Every connection of this person's voice and picture ends. Inside a transaction."""
    _tell_engine(lambda media: engine().kick(media, str(person)), room)


# ------------------------------------------------------------------ inside


def _may_send(person: str, role: str, floor: Floor) -> frozenset[Kind]:
    if role == "inspector":
        return frozenset()
    silent: frozenset[Kind] = frozenset({"audio"}) if person in floor.muted else frozenset()
    if role != "learner":
        return EVERYTHING - silent
    may: set[Kind] = set()
    if not floor.held or person in floor.called:
        may.add("audio")
    if floor.cameras:
        may.add("video")
    return frozenset(may) - silent


def _people(seat: Seat, at: datetime) -> list[tuple[Any, str]]:
    return attendance_read.people_connected(seat.session, since=still_believed(at))


def _told(floor: Floor) -> events.Floor:
    return events.Floor(
        held=floor.held,
        cameras=floor.cameras,
        muted=tuple(UUID(one) for one in floor.muted),
        called=tuple(UUID(one) for one in floor.called),
    )


def _change(room: Room, floor: Floor, touched: dict[str, str]) -> None:
    """Store the floor, tell the room, and tell the engine what of these people (uuid → role) it forwards now."""
    floor.save()
    send_on_commit(room, events.FloorChanged(floor=_told(floor)))
    may = {person: _may_send(person, role, floor) for person, role in touched.items()}
    if may:
        _tell_engine(lambda media: engine().allow(media, may), room)


def _tell_engine(work: Any, room: Room) -> None:
    media = media_room(room.session.uuid)
    run_on_commit(lambda: work(media))


def media_room(room_id: UUID) -> MediaRoom:
    """The room's name at the engine."""
    return MediaRoom(id=room_id.hex, node=engine().name)
