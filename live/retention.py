"""How long what was said, asked and shown in a class stays."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from lms.audit.retention import Rows, Rule, months_before

from .models import ChatLine, Deck, Floor, Poll, Room, Ticket, Vote
from .slides import shelf


def _a_year_after(model: Any, path: str) -> Any:
    ended = f"{path}__session__edition__ends_on__lt"
    return lambda at: model.objects.filter(**{ended: months_before(at, 12)})


def _forget_decks(decks: Rows, at: datetime) -> int:
    """Decks with their pictures and files."""
    done = 0
    for deck in decks:
        deck.delete()
        transaction.on_commit(partial(shelf.forget_deck, deck.uuid))
        done += 1
    return done


def _over(prefix: str = "") -> Q:
    """Classes whose page says that they ended."""
    return Q(**{f"{prefix}session__register_page__ended_at__isnull": False})


def _rooms(at: datetime) -> Rows:
    return Room.objects.filter(_over(), ~Q(hands=[]))


def _floors(at: datetime) -> Rows:
    return Floor.objects.filter(_over("room__"), ~Q(muted=[]) | ~Q(called=[]))


RULES = [
    Rule(Ticket, lambda at: Ticket.objects.filter(expires_at__date__lt=months_before(at, 0))),
    Rule(Floor, _floors, lambda rows, at: rows.update(muted=[], called=[])),
    Rule(Room, _rooms, lambda rows, at: rows.update(hands=[])),
    Rule(ChatLine, _a_year_after(ChatLine, "room")),
    Rule(Vote, _a_year_after(Vote, "poll__room")),
    Rule(Poll, _a_year_after(Poll, "room")),
    Rule(Deck, _a_year_after(Deck, "room"), _forget_decks),
]
