"""A room where something of everything was brought: a deck, polls, a line of chat."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from live import access, actions
from live.models import Deck, DeckState, SlidePage
from lms.attendance import actions as attendance


@dataclass
class Tools:
    """`poll` is open, `words` (a word) too, `prepared` is not; `deck` has three pages and none was shown."""

    trainer: Any  # seats
    learner: Any
    deck: Any
    poll: Any
    words: Any
    prepared: Any
    line: Any


def furnished(classroom) -> Tools:
    """Begin the class and bring the tools."""
    now = timezone.now()
    attendance.start_class(classroom.session, by=classroom.body.trainer, at=now)
    trainer = access.seat_for(classroom.body.trainer, classroom.session.uuid)
    learner = access.seat_for(classroom.body.beneficiary, classroom.session.uuid)
    poll = poll_of(trainer, "Quale tasto?", "Rosso", "Verde", "Blu")
    words = actions.prepare_poll(trainer, kind="word", question="Una parola?", choices=[], at=now)
    for each in (poll, words):
        actions.act_on_poll(trainer, each.uuid, "open", at=now)
    return Tools(
        trainer=trainer,
        learner=learner,
        deck=deck_of(trainer.room, trainer.user),
        poll=poll,
        words=words,
        prepared=poll_of(trainer, "Poi?", "Sì", "No"),
        line=actions.say(learner, "Buongiorno", key=uuid.uuid4(), at=now),
    )


def poll_of(seat, question: str, *choices: str, kind: str = "one"):
    return actions.prepare_poll(seat, kind=kind, question=question, choices=choices, at=timezone.now())


def deck_of(room, user, *, pages: int = 3, title: str = "La rete"):
    """A deck whose pages are ready; its pictures are not on the shelf (tests/live/test_slides.py draws real ones)."""
    deck = Deck.objects.create(
        room=room,
        title=title,
        state=DeckState.READY,
        page_count=pages,
        brought_by=user,
        brought_at=timezone.now(),
    )
    for number in range(1, pages + 1):
        SlidePage.objects.create(
            deck=deck,
            number=number,
            digest=f"{number:032x}",
            width=1440,
            height=810,
            text=f"Testo della pagina {number}",
        )
    return deck
