"""Another trainer takes over."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lms.attendance import access as attendance_access
from lms.attendance import actions as attendance
from lms.errors import Refused

from .. import access, events
from ..access import Seat
from ..broadcast import send_on_commit
from .shared import lock, must_not_be_over


@transaction.atomic
def hand_over(seat: Seat, taker: UUID, *, reason: str, at: datetime) -> None:
    """Give the class to another trainer of the edition; from the next message on only that one leads it.

    The trainer who leads, who directs, and a tutor while the trainer is missing may do it. Safe to call twice.
    Locks the room.
    """
    must_not_be_over(seat)
    lock(seat.room)
    if not attendance_access.may_hand_over(seat.user, seat.session, at=at):
        raise Refused(
            "handover.not_now",
            _(
                "Only who leads the class or directs the course can hand it over. A tutor can when the trainer is away."
            ),
            status=403,
        )
    who = next(
        (each for each in attendance_access.substitutes_for(seat.session, at=at) if each.uuid == taker), None
    )
    if who is None:
        raise Refused("handover.no_trainer", _("Choose a trainer of this course edition."), status=400)
    handed = attendance.hand_over(seat.session, who, by=seat.user, at=at, reason=reason)
    if handed is not None:
        event = events.HandedOver(giver=handed.giver.uuid, taker=access.person_of(who, "trainer"))
        send_on_commit(seat.room, event)
