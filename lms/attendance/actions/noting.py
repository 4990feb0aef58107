"""What reading attendance leaves in the audit trail: an entry for each person whose data were shown or taken away."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from lms.audit.actions import record_about, record_daily
from lms.people.queries import people_by_uuid

from ..models import Register
from ..queries.registers import people_of_register


def note_class_read(
    session: Any, people: Iterable[str], *, by: Any, at: datetime, inspects: bool = False
) -> None:
    """The log of a class was on a page: each learner on it (by uuid) is told, once a day for the same reader."""
    verb = "read.class_log" if inspects else "read.connections"
    purpose = _("Inspection") if inspects else _("Register of the class")
    record_daily(verb, people, by=by, target=session, purpose=purpose, at=at)


def note_class_taken(verb: str, session: Any, people: Iterable[str], *, by: Any, at: datetime) -> None:
    """The page of a class was taken away. Each call is one entry for each learner on it."""
    record_about(verb, people_by_uuid(people), by=by, target=session, purpose=_("Download"), at=at)


def note_register_taken(verb: str, register: Register, *, by: Any, at: datetime) -> None:
    """A whole register was taken away. Each call is one entry for each person in it."""
    record_about(verb, people_of_register(register), by=by, target=register, purpose=_("Download"), at=at)


def note_hours_read(register: Register, *, by: Any, at: datetime) -> None:
    """Everybody's hours in a register were on a page: each is told, once a day for the same reader."""
    people = people_of_register(register).values_list("uuid", flat=True)
    record_daily("read.hours", people, by=by, target=register, purpose=_("Register of the course"), at=at)


def note_study_read(target: Any, people: Iterable[str], *, by: Any, at: datetime) -> None:
    """A page of own study was read: each person on it is told, once a day for the same reader."""
    record_daily("read.study_page", people, by=by, target=target, purpose=_("Register opened"), at=at)
