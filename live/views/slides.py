"""Looking at slides: the page that works without scripts, the list that the script reads, the pictures."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from .. import access, actions, clock
from ..slide_pages import slides_page
from .answers import done

A_YEAR = 365 * 24 * 60 * 60


@never_cache
@login_required
@require_GET
def slides(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """One page of one deck, with the way to the others: for looking back, and for browsers without scripts."""
    seat = access.seat_for(request.user, room_id)
    shown = slides_page(seat, deck=request.GET.get("deck", ""), number=request.GET.get("page", ""))
    return render(request, "live/slides_page.html", {"shown": shown, "seat": seat})


@never_cache
@login_required
@require_GET
def deck(request: HttpRequest, room_id: UUID, deck_id: UUID) -> JsonResponse:
    """The pages of a deck that this reader may look at, for the script."""
    seat = access.seat_for(request.user, room_id)
    found = actions.deck_for(seat, deck_id)
    pages = [actions.picture_of(page).model_dump() for page in actions.pages_for(seat, found)]
    return JsonResponse({"deck": found.uuid, "title": found.title, "pages": pages})


@login_required
@require_safe
def picture(
    request: HttpRequest, room_id: UUID, deck_id: UUID, number: int, digest: str, size: str
) -> FileResponse:
    """The bytes of one page. They never change under this address, so the phone keeps them and does not ask again."""
    seat = access.seat_for(request.user, room_id)
    response = FileResponse(
        actions.open_picture(seat, deck_id, number, digest, size), content_type="image/webp"
    )
    patch_cache_control(response, private=True, max_age=A_YEAR, immutable=True)
    return response


@login_required
@require_POST
def show(request: HttpRequest, room_id: UUID, deck_id: UUID, number: int) -> HttpResponse:
    """Bring a page before everybody, from a browser without scripts."""
    actions.show_slide(access.seat_for(request.user, room_id), deck_id, number, at=clock.now())
    return done(request, room_id)
