"""Beginning and ending a class."""

from datetime import datetime

from django.db import transaction

from lms.attendance import actions as attendance
from lms.attendance import queries as attendance_read

from .. import events
from ..access import Seat
from ..broadcast import send_on_commit
from ..models import Room
from .floor import clear_floor
from .polls import close_polls
from .shared import lock

#: of stage and timer when the class is over
NOTHING_LEFT = {"stage": "nothing", "stage_of": None, "timer_started_at": None, "timer_ends_at": None}


@transaction.atomic
def start_class(seat: Seat, *, at: datetime) -> None:
    """Begin the class, for the register and for everybody in the room. Locks the room."""
    seat.must_lead()
    lock(seat.room)
    if attendance_read.class_state(seat.session) == "open":
        return
    attendance.start_class(seat.session, by=seat.user, at=at)
    send_on_commit(seat.room, events.ClassStarted(at=at))


@transaction.atomic
def end_class(seat: Seat, *, at: datetime) -> None:
    """End the class: closes the open connections, empties the queue, tells the room. Locks the room.

    Safe to call twice. The page of the register is closed later, elsewhere, by an act of its own.
    """
    seat.must_lead()
    lock(seat.room)
    if attendance_read.class_state(seat.session) in {"ended", "closed"}:
        return
    attendance.end_class(seat.session, by=seat.user, at=at)
    close_polls(seat.room, at=at)
    Room.objects.filter(pk=seat.room.pk).update(hands=[], **NOTHING_LEFT)
    clear_floor(seat.room)
    send_on_commit(seat.room, events.ClassEnded(at=at))
