"""The audit trail as sentences for the person whose data it is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from .models import Role
from .verbs import told


@dataclass(frozen=True, slots=True)
class Access:
    """One line of “who saw my data”."""

    at: datetime
    who: str
    acting_as: str
    did: str
    why: str


def accesses_in_words(entries: Iterable[Any]) -> list[Access]:
    """The entries as sentences, in the order given."""
    return [
        Access(
            at=entry.at,
            who=str(entry.actor) if entry.actor else _("The system"),
            acting_as=acting_as(entry),
            did=told(entry.verb),
            why=entry.purpose if entry.verb.startswith("read.") else "",
        )
        for entry in entries
    ]


def acting_as(entry: Any) -> str:
    """The roles and bodies of who acted, in words, as they were."""
    labels = dict(Role.choices)
    roles = ", ".join(str(labels.get(role, role)) for role in filter(None, entry.actor_role.split(", ")))
    return ", ".join(part for part in (roles, entry.actor_agency) if part)
