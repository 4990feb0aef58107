"""What an inspector does in a room: tick who is there, write the number of the report."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from lms.attendance import actions as attendance
from lms.errors import Refused

from ..access import Seat


def check_learners(seat: Seat, outcomes: Mapping[str, str], *, at: datetime) -> int:
    """Note whom the inspector found in the class. Safe to call twice."""
    _must_inspect(seat)
    return attendance.check_learners(attendance.open_visit(seat.session, seat.user, at=at), outcomes, at=at)


def note_visit(seat: Seat, *, minutes_number: str, note: str, at: datetime) -> None:
    """Write the number of the report and a note on the visit. Safe to call twice."""
    _must_inspect(seat)
    visit = attendance.open_visit(seat.session, seat.user, at=at)
    attendance.note_visit(visit, minutes_number=minutes_number, note=note, by=seat.user, at=at)


def _must_inspect(seat: Seat) -> None:
    if seat.role != "inspector":
        raise Refused("room.no_inspector", _("Only the inspector of this class can do this."), status=403)
