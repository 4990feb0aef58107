"""The people of a class for its staff: who is here, the door, presence, who leads; and the inspector's list.

Each act is a plain form. The page's script sends the same form and puts the list that comes back in its place.
"""

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lms.errors import Refused

from .. import access, actions, clock
from ..access import Seat
from ..desk import desk_of
from ..forms import DeskForm, VisitForm


def _staff_seat(request: HttpRequest, room_id: UUID) -> Seat:
    """A seat of staff or of the inspector; the page is absent for learners."""
    seat = access.seat_for(request.user, room_id)
    if not seat.is_staff:
        raise Http404
    return seat


def _answer(request: HttpRequest, room_id: UUID, done: str = "") -> HttpResponse:
    """The list as it is now: alone for the script, else the page again."""
    if request.headers.get("X-Part") == "desk":
        desk = desk_of(_staff_seat(request, room_id), at=clock.now())
        response = render(request, "live/desk.html", {"desk": desk})
        response["X-Done"] = quote(done)
        return response
    if done:
        messages.success(request, done)
    return redirect("live:people", room_id)


@never_cache
@login_required
@require_GET
def people(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The list as a page of its own, or alone for the script."""
    seat = _staff_seat(request, room_id)
    desk = desk_of(seat, at=clock.now())
    part = request.headers.get("X-Part") == "desk"
    return render(request, "live/desk.html" if part else "live/people.html", {"desk": desk, "seat": seat})


@login_required
@require_POST
def act(request: HttpRequest, room_id: UUID, do: str) -> HttpResponse:
    """One act on the people of the class; `do` says which."""
    seat = _staff_seat(request, room_id)
    seat.must_help()
    form = DeskForm(request.POST)
    if not form.is_valid() or (do in DeskForm.NEEDS_PERSON and not form.cleaned_data["person"]):
        raise Refused("desk.malformed", _("Choose a person of this class."), status=400)
    said, at = form.cleaned_data, clock.now()
    match do:
        case "admit":
            actions.admit(seat, said["person"], at=at)
        case "open" | "wait":
            actions.set_door(seat, waits=do == "wait", at=at)
        case "remove":
            actions.send_out(seat, said["person"], reason=said["reason"], at=at)
        case "readmit":
            actions.let_in_again(seat, said["person"], at=at)
        case "ask":
            actions.ask_presence(seat, key=said["key"], at=at)
        case "voice":
            actions.confirm_by_voice(seat, said["prompt"], said["person"], at=at)
        case "hand":
            actions.hand_over(seat, said["person"], reason=said["reason"], at=at)
    return _answer(request, room_id, _("Done."))


@login_required
@require_POST
def check(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The inspector ticks who is there, and writes the number of the report."""
    seat = _staff_seat(request, room_id)
    ticks = {name[4:]: str(value) for name, value in request.POST.items() if name.startswith("row-")}
    at = clock.now()
    actions.check_learners(seat, ticks, at=at)
    form = VisitForm(request.POST)
    if not form.is_valid():
        raise Refused(
            "visit.too_long", _("The number or the note is too long. Your ticks are kept."), status=400
        )
    if "minutes_number" in request.POST:
        actions.note_visit(seat, **form.cleaned_data, at=at)
    return _answer(request, room_id, _("Your visit is recorded."))
