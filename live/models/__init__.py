"""The room of a class, what is said, shown and asked in it, and the tickets that let people in."""

from .chat import LONGEST_LINE, ChatLine
from .floor import Floor
from .polls import (
    LONGEST_CHOICE,
    LONGEST_QUESTION,
    LONGEST_WORD,
    MOST_CHOICES,
    Poll,
    PollKind,
    PollState,
    Vote,
)
from .room import Room
from .slides import LONGEST_PAGE_TEXT, LONGEST_TITLE, Deck, DeckState, SlidePage
from .tickets import Ticket

__all__ = [
    "LONGEST_CHOICE",
    "LONGEST_LINE",
    "LONGEST_PAGE_TEXT",
    "LONGEST_QUESTION",
    "LONGEST_TITLE",
    "LONGEST_WORD",
    "MOST_CHOICES",
    "ChatLine",
    "Deck",
    "DeckState",
    "Floor",
    "Poll",
    "PollKind",
    "PollState",
    "Room",
    "SlidePage",
    "Ticket",
    "Vote",
]
