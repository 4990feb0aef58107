"""Heads of registers that leave the database: to the directors by message, to a timestamp authority."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from lms.enrolments.queries import staff_of_editions
from lms.notifications.actions import notify
from lms.people.queries import people_with_role

from .. import anchors, timestamps
from ..models import Register


def tell_heads(*, at: datetime) -> int:
    """Send the head of every register that has grown to whoever directs its edition; returns how many messages.

    Each holds the anchor in one line, and `register verify --anchor` reads the message as it is. Locks each register in
    turn. Safe to call twice: a head is sent once.
    """
    told = 0
    for pk in Register.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            told += _tell(Register.objects.select_for_update().get(pk=pk), at)
    return told


def _tell(register: Register, at: datetime) -> int:
    last = register.entries.select_related("register").order_by("-position").first()
    if last is None or last.position <= register.told_position:
        return 0
    directors = _directors(register, at)
    for person in directors:
        with translation.override(person.preferred_language):
            notify(
                person,
                subject=_("Register %(code)s: entry %(number)s")
                % {"code": register.code, "number": last.position},
                body=_(
                    "The register now holds %(number)s entries. Keep this message: its last line proves that none of "
                    "them was taken away or changed afterwards.\n\n%(anchor)s"
                )
                % {"number": last.position, "anchor": anchors.anchor_line(last)},
                url=f"/registri/{register.code}/",
                at=at,
            )
    register.told_position = last.position
    register.save(update_fields=["told_position"])
    return len(directors)


def _directors(register: Register, at: datetime) -> list[Any]:
    """Who directs the edition by a task, and who directs its agency."""
    edition = register.edition
    tasked = staff_of_editions([edition.pk], at, "director").get(edition.pk, [])
    found = {person.pk: person for person in tasked}
    found |= {person.pk: person for person in people_with_role("training_director", agency=edition.agency)}
    return list(found.values())


def stamp_heads() -> int:
    """Have the authority date the head of every register that has none for its last entry; returns how many.

    Nothing is asked where no authority is configured. Safe to call twice: a token is never asked for twice.
    """
    return sum(
        timestamps.stamp_head(last)
        for register in Register.objects.all()
        if (last := register.entries.select_related("register").order_by("-position").first())
    )
