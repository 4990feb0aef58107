"""One activity: reading a lesson, or the door of a quiz."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.errors import Refused
from lms.progress import access, actions, queries
from lms.progress.access import Activity
from lms.progress.forms import StudyForm

from .steps import serve


@require_safe
@login_required
def activity(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """A lesson to read, or the first page of a quiz."""
    step = access.activity_for(request.user, code, key)
    if early := serve(request, step):
        return early
    row = actions.open_activity(step, at=timezone.now())
    if step.item.kind == "quiz":
        return render(request, "progress/quiz.html", quiz_context(step))
    return render(request, "progress/lesson.html", lesson_context(step, row))


@require_POST
@login_required
def finish(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """ "Ho finito", and at once the next step."""
    step = access.activity_for(request.user, code, key)
    try:
        actions.finish_lesson(step, at=timezone.now())
    except Refused as refused:
        if refused.code != "lesson.too_early":
            raise
        context = lesson_context(step, step.view.row) | {"refused": refused}
        return render(request, "progress/lesson.html", context, status=refused.status)
    _before, after = step.course.around(key)
    if after is None:
        messages.success(request, _("You have finished the last step of this course. Well done!"))
        return redirect("progress:map", code=code)
    if step.view.state == "done" and after.state == "locked":  # the order of the course has changed since
        return redirect("progress:map", code=code)
    messages.success(request, _("“%(title)s” is done. Here is the next step.") % {"title": step.item.title})
    return redirect(after.url)


@require_POST
@login_required
def study(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """A sign of life of an open page, sent by a script once a minute while it is visible."""
    step = access.activity_for(request.user, code, key)
    form = StudyForm(request.POST)
    position = form.cleaned_data["position"] if form.is_valid() else None
    actions.keep_studying(step, position=position, at=timezone.now())
    return HttpResponse(status=204)


def lesson_context(step: Activity, row) -> dict:
    before, after = step.course.around(step.key)
    wait = actions.time_left(step, row, at=timezone.now())
    return {
        "section": "courses",
        "step": step,
        "body": queries.lesson_body(step.item),
        "row": row,
        "wait_seconds": wait,
        "before": before,
        "after": after,
    }


def quiz_context(step: Activity) -> dict:
    before, after = step.course.around(step.key)
    return {
        "section": "courses",
        "step": step,
        "quiz": queries.quiz_door(step.enrolment, step.item),
        "before": before,
        "after": after,
    }
