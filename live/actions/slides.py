"""Showing slides: which page is before everybody, and what learners may look back at."""

from collections.abc import Sequence
from datetime import datetime
from typing import IO
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from lms.errors import Refused

from .. import events
from ..access import Seat
from ..broadcast import send_on_commit
from ..models import Deck, Room, SlidePage
from ..slides import shelf
from .decks import absent
from .shared import lock, must_not_be_over
from .stage import put_on_stage


@transaction.atomic
def show_slide(seat: Seat, deck_id: UUID, number: int, *, at: datetime) -> None:
    """Bring one page before everybody. Safe to call twice. Locks the room."""
    seat.must_help()
    must_not_be_over(seat)
    lock(seat.room)
    deck = Deck.objects.filter(room=seat.room, uuid=deck_id).first()
    if deck is None:
        raise absent()
    if not deck.pages.filter(number=number).exists():
        raise Refused("slides.no_page", _("This page is not ready yet, or is not there."))
    put_on_stage(seat.room, "slides")
    if (seat.room.deck_id, seat.room.page) == (deck.pk, number):
        return
    seat.room.deck, seat.room.page = deck, number
    Room.objects.filter(pk=seat.room.pk).update(deck=deck, page=number)
    if number > deck.shown_until:
        deck.shown_until = number
        deck.save(update_fields=["shown_until"])
    slides = slides_now(seat.room)
    assert slides is not None
    send_on_commit(seat.room, events.SlideShown(slides=slides, until=deck.shown_until))


def slides_now(room: Room) -> events.Slides | None:
    """The page that the trainer shows, with the next one. Two queries."""
    if room.deck_id is None:
        return None
    deck = Deck.objects.get(pk=room.deck_id)
    pages = {page.number: page for page in deck.pages.filter(number__in=[room.page, room.page + 1])}
    if room.page not in pages:
        return None
    following = pages.get(room.page + 1)
    return events.Slides(
        deck=deck.uuid,
        title=deck.title,
        pages=deck.page_count,
        now=picture_of(pages[room.page]),
        next=picture_of(following) if following else None,
    )


def decks_shown(room: Room) -> tuple[events.Shown, ...]:
    """What everybody may look back at."""
    return tuple(
        events.Shown(deck=deck.uuid, title=deck.title, until=deck.shown_until)
        for deck in room.decks.filter(shown_until__gt=0)
    )


def decks_for(seat: Seat) -> QuerySet[Deck]:
    """The decks that this person may know of: staff all, learners and inspectors those that were shown.

    Whoever waits at the door, or was sent out, sees nothing of the room.
    """
    decks = Deck.objects.filter(room=seat.room)
    if seat.outside:
        return decks.none()
    return decks if seat.helps else decks.filter(shown_until__gt=0)


def deck_for(seat: Seat, deck_id: UUID) -> Deck:
    """One of them, or 404."""
    deck = decks_for(seat).filter(uuid=deck_id).first()
    if deck is None:
        raise Http404
    return deck


def covers_of(decks: Sequence[Deck]) -> dict[int, str]:
    """deck → digest of its first page. One query."""
    first = SlidePage.objects.filter(deck__in=decks, number=1)
    return dict(first.values_list("deck_id", "digest"))


def pages_for(seat: Seat, deck: Deck) -> list[SlidePage]:
    """The pages of a deck that this person may look at: learners as far as they were shown."""
    pages = deck.pages.all() if seat.helps else deck.pages.filter(number__lte=deck.shown_until)
    return list(pages)


def open_picture(seat: Seat, deck_id: UUID, number: int, digest: str, size: str) -> IO[bytes]:
    """The bytes of one picture, or 404. Learners also get the page after the last one shown: it is fetched ahead."""
    deck = deck_for(seat, deck_id)
    seen = seat.helps or number <= deck.shown_until + 1
    if not seen or not deck.pages.filter(number=number, digest=digest).exists():
        raise Http404
    try:
        return shelf.open_picture(deck.uuid, number, size)
    except FileNotFoundError:
        raise Http404 from None


def picture_of(page: SlidePage) -> events.Picture:
    return events.Picture(
        page=page.number, digest=page.digest, width=page.width, height=page.height, text=page.text
    )
