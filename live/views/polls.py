"""Polls in a class: answering, opening and closing, and who answered what."""

from contextlib import suppress
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lms.errors import Refused

from .. import access, actions, clock
from .answers import done


@login_required
@require_POST
def vote(request: HttpRequest, room_id: UUID, poll_id: UUID) -> HttpResponse:
    """An answer from the page without scripts."""
    seat = access.seat_for(request.user, room_id)
    chosen = [int(place) for place in request.POST.getlist("choices") if place.isdecimal() and len(place) < 4]
    key = None
    with suppress(ValueError):
        key = UUID(request.POST.get("key", ""))
    if key is None:
        raise Refused("form.wrong", _("This form is incomplete. Load the page again."), status=400)
    word = request.POST.get("word", "")[:1000]
    actions.vote(seat, poll_id, choices=chosen, word=word, key=key, at=clock.now())
    return done(request, room_id, _("Your answer is stored."))


@login_required
@require_POST
def act(request: HttpRequest, room_id: UUID, poll_id: UUID, do: str) -> HttpResponse:
    """Open, close, show or hide."""
    actions.act_on_poll(access.seat_for(request.user, room_id), poll_id, do, at=clock.now())
    return done(request, room_id)


@never_cache
@login_required
@require_GET
def answers(request: HttpRequest, room_id: UUID, poll_id: UUID) -> HttpResponse:
    """Who answered what. For who runs the class; the page says so to learners before they answer."""
    seat = access.seat_for(request.user, room_id)
    poll, votes = actions.who_answered(seat, poll_id)
    return render(request, "live/poll_answers.html", {"seat": seat, "poll": poll, "votes": votes})
