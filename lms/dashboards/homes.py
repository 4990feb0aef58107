"""The context of each home page. One function per home, named as in access.HOMES."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from lms.attendance import access_registers as registers
from lms.attendance import queries as attendance
from lms.attendance.queries import summaries
from lms.consortium import access as desk
from lms.consortium import queries as consortium
from lms.enrolments import access as enrolments
from lms.enrolments import queries as timetable
from lms.notifications import queries as notifications
from lms.people import access as people_access
from lms.people import access_audit

from . import access, queries
from .actions import note_reading

#: People shown on a home page before the link to the whole list.
FIRST = 8


def learner(user: Any, at: datetime) -> dict[str, Any]:
    return {
        "home": queries.learner_home(user, at),
        "unread": notifications.unread_count(user),
        "at": at,
    }


def teaching(user: Any, at: datetime) -> dict[str, Any]:
    today = timezone.localtime(at).date()
    classes = timetable.classes_of_staff(user, today, at=at)
    editions = enrolments.editions_worked_in(user, at=at)
    states = attendance.class_states(row.pk for row in classes)
    rows = _people(user, at)
    return {
        "classes": [
            {"session": row, "url": timetable.class_url(row), "state": states[row.pk]} for row in classes
        ],
        "to_close": summaries.pages_to_close(editions, at=at, limit=FIRST),
        "behind": [row for row in rows if row.reason][:FIRST],
        "behind_count": sum(1 for row in rows if row.reason),
        "learners": len(rows),
        "applications": timetable.applications_in(editions),
    }


def _people(user: Any, at: datetime) -> list[queries.PersonRow]:
    """The people of the courses going on, noted as read: each of them can see by whom."""
    going_on = list(access.current(access.followed_enrolments(user, at=at), at=at))
    rows = queries.person_rows(
        going_on,
        at,
        contacts=access.contacts_open_in(user, going_on),
        hours_closed=access.hours_closed_in(user, going_on),
    )
    note_reading(rows, by=user, at=at)
    return rows


def care(user: Any, at: datetime) -> dict[str, Any]:
    rows = _people(user, at)
    return {
        "to_call": [row for row in rows if row.reason][:FIRST],
        "others": [row for row in rows if not row.reason][:FIRST],
        "call_count": sum(1 for row in rows if row.reason),
        "people": len({row.person.pk for row in rows}),
        "unread": notifications.unread_count(user),
    }


def consortium_desk(user: Any, at: datetime) -> dict[str, Any]:
    return {
        "records": consortium.received(user).count(),
        "counts": consortium.delivery_counts(desk.deliveries_visible_to(user)),
        "editions": consortium.totals_by_edition(consortium.received(user)),
    }


def inspection(user: Any, at: datetime) -> dict[str, Any]:
    return {"registers": list(registers.registers_visible_to(user).select_related("edition")[:20])}


def administration(user: Any, at: datetime) -> dict[str, Any]:
    return {
        "people": people_access.people_visible_to(user).count(),
        "never": people_access.people_visible_to(user).filter(last_login=None).count(),
        "counts": consortium.delivery_counts(desk.deliveries_visible_to(user)),
        "failed_messages": notifications.failed_sendings().count(),
    }


def protection(user: Any, at: datetime) -> dict[str, Any]:
    seen = access_audit.entries_visible_to(user).filter(at__gte=at - timedelta(days=7))
    reads = seen.filter(verb__startswith="read.").count()
    return {"reads": reads, "writes": seen.count() - reads}


CONTEXT: dict[str, Callable[[Any, datetime], dict[str, Any]]] = {
    "learner": learner,
    "teaching": teaching,
    "care": care,
    "consortium": consortium_desk,
    "inspection": inspection,
    "administration": administration,
    "protection": protection,
}
