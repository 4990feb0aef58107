"""What the pages about slides show: the list for staff, one page at a time for everybody."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import Http404
from django.urls import reverse

from . import actions
from .access import Seat
from .slides.kinds import problem_words


@dataclass(frozen=True)
class DeckView:
    """One deck in the list of staff."""

    deck: Any
    ready: int  # pages that can be shown
    silent: int  # of these, without a word for who does not see them
    cover: str  # address of the small picture of the first page
    resume: int  # the page to show: the furthest one shown, or the first
    is_first: bool
    is_last: bool

    @property
    def problem(self) -> str:
        return problem_words(self.deck.problem) if self.deck.state == "failed" else ""


@dataclass(frozen=True)
class ShownPage:
    """One page of one deck, and the way to its neighbours. `page` is None when there is nothing to look at."""

    decks: list[Any]
    deck: Any = None
    page: Any = None
    last: int = 0
    picture: str = ""
    small: str = ""
    live_deck: UUID | None = None  # what the trainer shows now
    live_page: int = 0

    @property
    def number(self) -> int:
        return self.page.number if self.page else 0

    @property
    def is_live(self) -> bool:
        return self.page is not None and (self.deck.uuid, self.number) == (self.live_deck, self.live_page)


def picture_url(room_id: UUID, deck_id: UUID, number: int, digest: str, size: str) -> str:
    return reverse("live:picture", args=[room_id, deck_id, number, digest, size])


def deck_views(seat: Seat) -> list[DeckView]:
    """Two queries, however many decks."""
    decks = list(
        actions.decks_for(seat).annotate(
            ready=Count("pages"), silent=Count("pages", filter=Q(pages__text=""))
        )
    )
    covers = actions.covers_of(decks)
    room_id = seat.session.uuid
    return [
        DeckView(
            deck=deck,
            ready=deck.ready,
            silent=deck.silent,
            cover=picture_url(room_id, deck.uuid, 1, covers[deck.pk], "small") if deck.pk in covers else "",
            resume=max(1, deck.shown_until),
            is_first=place == 0,
            is_last=place == len(decks) - 1,
        )
        for place, deck in enumerate(decks)
    ]


def slides_page(seat: Seat, *, deck: str = "", number: str = "") -> ShownPage:
    """The page asked for, or the one that the trainer shows, or the first that one may look at; 404 for others."""
    decks = list(actions.decks_for(seat))
    room = seat.room
    live = next((one for one in decks if one.pk == room.deck_id), None)
    chosen = next((one for one in decks if str(one.uuid) == deck), None) if deck else live or _first(decks)
    if deck and chosen is None:
        raise Http404
    if chosen is None:
        return ShownPage(decks)
    pages = actions.pages_for(seat, chosen)
    wanted = int(number) if number.isdecimal() and len(number) < 6 else 0
    wanted = wanted or (room.page if chosen is live else 1)
    page = next((one for one in pages if one.number == wanted), None)
    if page is None and number:
        raise Http404
    page = page or (pages[0] if pages else None)
    address = (seat.session.uuid, chosen.uuid, page.number, page.digest) if page else None
    return ShownPage(
        decks,
        deck=chosen,
        page=page,
        last=pages[-1].number if pages else 0,
        picture=picture_url(*address, "large") if address else "",
        small=picture_url(*address, "small") if address else "",
        live_deck=live.uuid if live else None,
        live_page=room.page,
    )


def _first(decks: list[Any]) -> Any:
    return decks[0] if decks else None
