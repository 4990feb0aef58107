"""Pages of the classroom, a file for each matter."""

from . import chat, people, polls, prepare, report, slides, visits
from .classroom import classroom, end, start, ticket

__all__ = [
    "chat",
    "classroom",
    "end",
    "people",
    "polls",
    "prepare",
    "report",
    "slides",
    "start",
    "ticket",
    "visits",
]
