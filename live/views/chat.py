"""The chat from a browser without scripts."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import access, actions, clock
from ..forms import LineForm
from .answers import done


@login_required
@require_POST
def say(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """A line of chat."""
    seat = access.seat_for(request.user, room_id)
    form = LineForm(request.POST)
    if form.is_valid():
        line = form.cleaned_data
        actions.say(
            seat,
            line["text"],
            key=line["key"],
            to_staff=line["to"] == "staff",
            thread=line["thread"],
            at=clock.now(),
        )
    else:
        messages.error(request, _("The message was not sent: it is empty or too long."))
    return redirect("live:classroom", room_id)


@login_required
@require_POST
def unsay(request: HttpRequest, room_id: UUID, line_id: UUID) -> HttpResponse:
    """Staff take a line away."""
    actions.remove_line(access.seat_for(request.user, room_id), line_id, at=clock.now())
    return done(request, room_id, _("The message is removed."))


@login_required
@require_POST
def open_chat(request: HttpRequest, room_id: UUID, do: str) -> HttpResponse:
    actions.open_chat(access.seat_for(request.user, room_id), do == "open")
    return done(request, room_id)
