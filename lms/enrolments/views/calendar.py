"""One's own classes in one's own calendar."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.enrolments import access, actions, ics, queries


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a secret address; no sign-in, because calendars cannot."""
    owner, now = access.feed_for(token).user, timezone.now()
    body = ics.calendar_of(queries.calendar_classes(owner, now), owner, at=now)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="ponte.ics"'
    response["Cache-Control"] = "private, max-age=900"
    return response


@require_POST
@login_required
def make_feed(request: HttpRequest) -> HttpResponse:
    actions.make_feed(request.user, at=timezone.now())
    messages.success(request, _("Your calendar address is ready."))
    return redirect("progress:hours")


@require_POST
@login_required
def revoke_feed(request: HttpRequest) -> HttpResponse:
    actions.revoke_feed(request.user, at=timezone.now())
    messages.success(request, _("The old calendar address no longer works."))
    return redirect("progress:hours")
