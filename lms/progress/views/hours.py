"""Ore and Aiuto: what was done, and who helps."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.enrolments.access import feed_of, feed_token, session_for
from lms.progress import actions, queries
from lms.progress.forms import NoteForm


@require_safe
@login_required
def hours(request: HttpRequest) -> HttpResponse:
    """The hours of every course, class by class, with the minutes of each."""
    feed = feed_of(request.user)
    context = {
        "section": "hours",
        "courses": queries.hours_of(request.user, timezone.now()),
        "feed_token": feed_token(feed) if feed else "",
    }
    return render(request, "progress/hours.html", context)


@require_POST
@login_required
def note(request: HttpRequest) -> HttpResponse:
    """ "Qualcosa non torna?": a note to the tutor about the minutes of one class."""
    form = NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write one or two lines about what is wrong, then send."))
        return redirect("progress:hours")
    session = session_for(request.user, form.cleaned_data["session"])
    actions.send_note(
        request.user, session, form.cleaned_data["text"], key=form.cleaned_data["key"], at=timezone.now()
    )
    messages.success(request, _("Your note is with the tutor, who looks at it and answers you."))
    return redirect("progress:hours")


@require_safe
@login_required
def help_page(request: HttpRequest) -> HttpResponse:
    """Who to call, and how things are done here."""
    context = {
        "section": "help",
        "tutors": queries.tutors_of(request.user, timezone.now()),
        "team": queries.team_of(request.user),
    }
    return render(request, "progress/help.html", context)
