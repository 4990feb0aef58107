"""Preparing a class: bringing slides, writing polls. For who runs it, before it and in it."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .. import access, actions, clock
from ..access import Seat
from ..forms import PageTextForm, PollForm, TitleForm
from ..page import page_of
from ..slide_pages import deck_views
from ..tasks import prepare_slides
from .answers import done, refuse_form, wants_json


@never_cache
@login_required
@require_GET
def prepare(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The slides and the polls of one class."""
    seat = _helper(request, room_id)
    context = {
        "page": page_of(seat, at=clock.now()),
        "decks": deck_views(seat),
        "place": "prepare",
        "poll_form": PollForm(auto_id="new-%s"),
    }
    return render(request, "live/prepare.html", context)


@never_cache
@login_required
@require_GET
def decks(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The list of slides alone: what a script puts in the place of the old one."""
    seat = _helper(request, room_id)
    page = page_of(seat, at=clock.now())
    place = request.GET.get("from", "")
    return render(request, "live/decks.html", {"page": page, "decks": deck_views(seat), "place": place})


@login_required
@require_POST
def bring(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Slides come in; the worker draws their pages."""
    seat = access.seat_for(request.user, room_id)
    deck = actions.bring_deck(seat, request.FILES.getlist("files"), at=clock.now())
    prepare_slides.enqueue(deck.pk)
    return done(request, room_id, _("The slides are here. Their pages are being prepared."))


@login_required
@require_POST
def move(request: HttpRequest, room_id: UUID, deck_id: UUID) -> HttpResponse:
    seat = access.seat_for(request.user, room_id)
    actions.move_deck(seat, deck_id, up=request.POST.get("to") == "up")
    return done(request, room_id)


@login_required
@require_POST
def drop(request: HttpRequest, room_id: UUID, deck_id: UUID) -> HttpResponse:
    actions.drop_deck(access.seat_for(request.user, room_id), deck_id)
    return done(request, room_id, _("The slides are deleted."))


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def texts(request: HttpRequest, room_id: UUID, deck_id: UUID) -> HttpResponse:
    """The title of a deck and what each page says, for who does not see it."""
    seat = _helper(request, room_id)
    deck = actions.deck_for(seat, deck_id)
    pages = actions.pages_for(seat, deck)
    data = request.POST if request.method == "POST" else None
    title = TitleForm(data, initial={"title": deck.title})
    forms = [
        (page, PageTextForm(data, prefix=f"p{page.number}", initial={"text": page.text})) for page in pages
    ]
    if data is not None and all([title.is_valid(), *(form.is_valid() for _page, form in forms)]):
        actions.rename_deck(seat, deck_id, title.cleaned_data["title"])
        for page, form in forms:
            if form.has_changed():
                actions.describe_page(seat, deck_id, page.number, form.cleaned_data["text"])
        return done(request, room_id, _("The texts are saved."))
    context = {"page": page_of(seat, at=clock.now()), "deck": deck, "title": title, "forms": forms}
    return render(request, "live/texts.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def poll(request: HttpRequest, room_id: UUID, poll_id: UUID | None = None) -> HttpResponse:
    """Write a new poll, or rewrite one that was never opened."""
    seat = _helper(request, room_id)
    now = clock.now()
    old = actions.poll_to_change(seat, poll_id) if poll_id else None
    initial = {"question": old.question, "kind": old.kind, "choices": "\n".join(old.choices)} if old else None
    form = PollForm(request.POST or None, initial=initial)
    if request.method == "POST":
        if form.is_valid() and old is not None:
            actions.change_poll(seat, old.uuid, **form.cleaned_data)
            return done(request, room_id, _("The poll is saved."))
        if form.is_valid():
            made = actions.prepare_poll(seat, at=now, **form.cleaned_data)
            if request.POST.get("then") == "open":
                actions.act_on_poll(seat, made.uuid, "open", at=now)
            return done(request, room_id, _("The poll is saved."))
        if wants_json(request):
            raise refuse_form(form)
    return render(request, "live/poll_form.html", {"page": page_of(seat, at=now), "form": form, "poll": old})


@login_required
@require_POST
def drop_poll(request: HttpRequest, room_id: UUID, poll_id: UUID) -> HttpResponse:
    actions.drop_poll(access.seat_for(request.user, room_id), poll_id)
    return done(request, room_id, _("The poll is deleted."))


def _helper(request: HttpRequest, room_id: UUID) -> Seat:
    """The seat of somebody who runs the class; anybody else in it is told so, whoever is not in it finds nothing."""
    seat = access.seat_for(request.user, room_id)
    seat.must_help()
    return seat
