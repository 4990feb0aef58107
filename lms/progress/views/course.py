"""My courses, and the map of one."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lms.enrolments.queries import enrolments_of
from lms.progress import access, queries


@require_safe
@login_required
def courses(request: HttpRequest) -> HttpResponse:
    """Every course of this person; who has only one goes straight to it."""
    mine = list(enrolments_of(request.user))
    active = [enrolment for enrolment in mine if enrolment.status == "active"]
    if len(mine) == len(active) == 1:
        return redirect("progress:map", code=active[0].edition.code)
    done = queries.percent_done([enrolment.pk for enrolment in active])
    rows = [(enrolment, done.get(enrolment.pk)) for enrolment in mine]
    context = {"section": "courses", "rows": rows, "today": timezone.localdate()}
    return render(request, "progress/courses.html", context)


@require_safe
@login_required
def course_map(request: HttpRequest, code: str) -> HttpResponse:
    course = access.map_for(request.user, code)
    context = {
        "section": "courses",
        "course": course,
        "edition": course.enrolment.edition,
        "ended": course.enrolment.edition.ends_on < timezone.localdate(),
    }
    return render(request, "progress/map.html", context)
