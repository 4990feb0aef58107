"""Pages of the classroom: fetch, act, answer. The room itself is static/js/classroom."""

from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from .. import access, actions, clock
from ..desk import desk_of
from ..forms import LineForm, PollForm
from ..page import page_of
from ..slide_pages import deck_views


@never_cache
@login_required
@require_GET
def classroom(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The class: waiting, open or over."""
    at = clock.now()
    page = page_of(access.seat_for(request.user, room_id, at_the_door=True), at=at)
    context = {
        "page": page,
        "form": LineForm(initial={"key": uuid4()}),
        "poll_form": PollForm(auto_id="new-%s"),
    }
    if page.seat.is_staff and page.is_live:
        context["desk"] = desk_of(page.seat, at=at)
    if page.seat.helps:
        context |= {"decks": deck_views(page.seat), "place": "class"}
    return render(request, "live/classroom.html", context)


@login_required
@require_POST
def ticket(request: HttpRequest, room_id: UUID) -> JsonResponse:
    """A ticket for one connection; who waits at the door has one too."""
    seat = access.seat_for(request.user, room_id, at_the_door=True)
    return JsonResponse({"ticket": actions.issue_ticket(seat, at=clock.now())})


@login_required
@require_POST
def start(request: HttpRequest, room_id: UUID) -> HttpResponse:
    actions.start_class(access.seat_for(request.user, room_id), at=clock.now())
    return redirect("live:classroom", room_id)


@login_required
@require_POST
def end(request: HttpRequest, room_id: UUID) -> HttpResponse:
    actions.end_class(access.seat_for(request.user, room_id), at=clock.now())
    return redirect("live:classroom", room_id)
