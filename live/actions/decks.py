"""The slides of a class: bringing them, preparing their pages, putting them in order, taking them away."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from cms.sanitize import plain
from lms.errors import Refused

from ..access import Seat
from ..models import LONGEST_PAGE_TEXT, LONGEST_TITLE, Deck, DeckState, Room, SlidePage
from ..slides import kinds, rendering, shelf
from ..slides.limits import LARGEST_FILE, MOST_DECKS, MOST_PICTURES
from .shared import lock, must_not_be_over
from .stage import put_on_stage

CLAIM = timedelta(minutes=10)  # longer than any drawing may take
MOST_ATTEMPTS = 2


@transaction.atomic
def bring_deck(seat: Seat, files: Sequence[Any], *, at: datetime) -> Deck:
    """Keep one PDF, or some pictures, as a deck whose pages the worker draws. Locks the room.

    `files` are uploaded files, with `name` and `size`. What cannot be used is refused here, with what to do.
    """
    seat.must_help()
    must_not_be_over(seat)
    files = sorted(files, key=lambda file: _natural(file.name))
    _must_be_usable(files)
    lock(seat.room)
    last = seat.room.decks.aggregate(last=Max("position"))["last"] or 0
    if seat.room.decks.count() >= MOST_DECKS:
        raise Refused(
            "slides.too_many_decks",
            _("This class has many slides already. Delete those that you do not need."),
        )
    deck = Deck(
        room=seat.room, title=_title(files[0].name), position=last + 1, brought_by=seat.user, brought_at=at
    )
    deck.originals = shelf.keep_originals(deck.uuid, files)
    deck.save()
    return deck


def prepare_deck(deck_id: int, *, at: datetime) -> bool:
    """Draw the pages of one deck that waits; False when it does not, or another worker has it.

    Pages are committed one by one, so that the first can be shown while the rest is drawn. A worker that dies
    leaves its claim, and the deck is tried once more after it ran out. Locks the deck's row only to claim it.
    """
    free = Q(claimed_until=None) | Q(claimed_until__lt=at)
    waiting = Deck.objects.filter(free, pk=deck_id, state=DeckState.WAITING)
    if not waiting.update(claimed_until=at + CLAIM, attempts=F("attempts") + 1):
        return False
    deck = Deck.objects.get(pk=deck_id)
    if deck.attempts > MOST_ATTEMPTS:
        _give_up(deck, "interrupted")
        return True
    try:
        for drawn in rendering.draw([shelf.path_of(name) for name in deck.originals]):
            if not _keep_page(deck, drawn):
                shelf.forget_deck(deck.uuid)  # it was taken away meanwhile
                return True
    except rendering.Unusable as why:
        _give_up(deck, str(why))
        return True
    shelf.forget(deck.originals)
    Deck.objects.filter(pk=deck_id).update(state=DeckState.READY, originals=[], claimed_until=None)
    return True


def decks_to_prepare(*, at: datetime) -> list[int]:
    """Decks that no worker has, oldest first."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=at)
    waiting = Deck.objects.filter(free, state=DeckState.WAITING).order_by("pk")
    return list(waiting.values_list("pk", flat=True)[:20])


@transaction.atomic
def move_deck(seat: Seat, deck_id: UUID, *, up: bool) -> None:
    """Exchange a deck with the one before or after it. Locks the room."""
    seat.must_help()
    lock(seat.room)
    decks = list(seat.room.decks.all())
    place = next((n for n, deck in enumerate(decks) if deck.uuid == deck_id), None)
    if place is None:
        raise absent()
    other = place - 1 if up else place + 1
    if 0 <= other < len(decks):
        decks[place], decks[other] = decks[other], decks[place]
    for position, deck in enumerate(decks, 1):
        if deck.position != position:
            Deck.objects.filter(pk=deck.pk).update(position=position)


@transaction.atomic
def rename_deck(seat: Seat, deck_id: UUID, title: str) -> None:
    """Give a deck another title. Locks the room."""
    seat.must_help()
    lock(seat.room)
    title = plain(title, limit=LONGEST_TITLE, one_line=True)
    if not title:
        raise Refused("slides.no_title", _("Write a title."))
    if not seat.room.decks.filter(uuid=deck_id).update(title=title):
        raise absent()


@transaction.atomic
def drop_deck(seat: Seat, deck_id: UUID) -> None:
    """Take a deck away with its pictures; if it is being shown, the stage is cleared. Locks the room."""
    seat.must_help()
    lock(seat.room)
    deck = seat.room.decks.filter(uuid=deck_id).first()
    if deck is None:
        raise absent()
    if seat.room.deck_id == deck.pk:
        seat.room.deck, seat.room.page = None, 0
        Room.objects.filter(pk=seat.room.pk).update(deck=None, page=0)
        if seat.room.stage == "slides":
            put_on_stage(seat.room, "nothing")
    deck.delete()
    transaction.on_commit(lambda: shelf.forget_deck(deck_id))


@transaction.atomic
def describe_page(seat: Seat, deck_id: UUID, number: int, text: str) -> None:
    """Write what stands on a page, for who does not see it. Locks the page."""
    seat.must_help()
    page = SlidePage.objects.select_for_update().filter(
        deck__room=seat.room, deck__uuid=deck_id, number=number
    )
    if not page.update(text=plain(text, limit=LONGEST_PAGE_TEXT)):
        raise absent()


def absent() -> Refused:
    return Refused("slides.none", _("These slides are not here any more."), status=404)


# ------------------------------------------------------------------ inside


def _keep_page(deck: Deck, drawn: rendering.Drawn) -> bool:
    """Store one page; False when the deck is gone. Storing a page again changes nothing."""
    for size in shelf.SIZES:
        shelf.keep_picture(deck.uuid, drawn.number, size, drawn.picture(size))
    with transaction.atomic():
        if not Deck.objects.filter(pk=deck.pk).update(page_count=drawn.pages):
            return False
        SlidePage.objects.update_or_create(
            deck=deck,
            number=drawn.number,
            defaults={"digest": drawn.digest, "width": drawn.width, "height": drawn.height},
            create_defaults={
                "digest": drawn.digest,
                "width": drawn.width,
                "height": drawn.height,
                "text": plain(drawn.text, limit=LONGEST_PAGE_TEXT),
            },
        )
    return True


def _give_up(deck: Deck, problem: str) -> None:
    """Nothing of it can be shown: say why, keep nothing."""
    with transaction.atomic():
        deck.pages.all().delete()
        changed: dict[str, Any] = {
            "state": DeckState.FAILED,
            "problem": problem,
            "originals": [],
            "claimed_until": None,
        }
        Deck.objects.filter(pk=deck.pk).update(**changed)
    shelf.forget_deck(deck.uuid)


def _must_be_usable(files: Sequence[Any]) -> None:
    if not files:
        raise _unusable("empty")
    found = []
    for file in files:
        if file.size > LARGEST_FILE:
            raise _unusable("too_large")
        if not file.size:
            raise _unusable("empty")
        found.append(kinds.kind_of(_head(file)))
    for kind in ("office", "heic"):
        if kind in found:
            raise _unusable(kind)
    if "" in found:
        raise _unusable("unknown")
    if "pdf" in found and len(found) > 1:
        raise _unusable("mixed")
    if len(found) > MOST_PICTURES:
        raise _unusable("too_many")
    if sum(file.size for file in files) > 2 * LARGEST_FILE:
        raise _unusable("too_large")


def _unusable(code: str) -> Refused:
    return Refused(f"slides.{code}", kinds.problem_words(code), status=400)


def _head(file: IO[bytes]) -> bytes:
    head = file.read(1024)
    file.seek(0)
    return head


def _title(name: str) -> str:
    """The name of the file without its ending: what its maker called it."""
    stem = plain(PurePosixPath(name.replace("\\", "/")).stem.replace("_", " "), one_line=True)
    return stem[:LONGEST_TITLE] or str(_("Slides"))


def _natural(name: str) -> list[Any]:
    """page2 before page10."""
    return [int(part) if part.isdigit() else part.casefold() for part in re.split(r"(\d+)", name)]
