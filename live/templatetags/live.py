"""Sums of polls and addresses of pictures, for templates: {% load live %}."""

from typing import Any
from uuid import UUID

from django import template

from live.events import PollNow
from live.slide_pages import picture_url

register = template.Library()


@register.filter
def bars(poll: PollNow) -> list[tuple[str, int, int]]:
    """(answer, how many, per cent of those who answered) of each answer."""
    counts = poll.tally.counts or ()
    voters = poll.tally.voters or 1
    return [
        (choice, count, round(count * 100 / voters))
        for choice, count in zip(poll.choices, counts, strict=False)
    ]


@register.filter
def answer_of(vote: Any, poll: PollNow) -> str:
    """What one person answered, in words."""
    return vote.word or ", ".join(poll.choices[place] for place in vote.choices)


@register.simple_tag
def picture(room_id: UUID, deck_id: UUID, page: Any, size: str) -> str:
    """The address of one page's picture."""
    return picture_url(room_id, deck_id, page.number, page.digest, size)
