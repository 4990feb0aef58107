"""What happened in a class, person by person, for who may read its connection log."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from lms.attendance import access as attendance_access
from lms.attendance.actions import note_class_read

from .. import access, clock
from ..report import report_of


@never_cache
@login_required
@require_GET
def report(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The timeline of every person, absentees first; prompts, questions and polls of the class."""
    session = attendance_access.class_for(request.user, room_id)
    seat = access.seat_for(request.user, session.uuid)
    found = report_of(seat)
    note_class_read(
        session,
        [line.person for line in found.sheet.lines],
        by=request.user,
        at=clock.now(),
        inspects=attendance_access.powers(request.user, session).inspects,
    )
    return render(request, "live/report.html", {"report": found, "session": session})
