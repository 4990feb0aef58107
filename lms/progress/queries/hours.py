"""What a learner did, class by class, and who helps them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from lms.attendance.queries import ClassRecord, Hours, classes_of, hours_by_enrolment
from lms.enrolments import queries as enrolments
from lms.people.queries import open_cases_about

from .course import class_view


@dataclass(frozen=True)
class DayView:
    """One class of the calendar: planned, and what is known of it."""

    session: Any
    state: str  # done, missed, now, ahead
    url: str
    record: ClassRecord | None
    note_key: UUID = field(default_factory=uuid4)

    @property
    def counted(self) -> bool:
        """Its page of the register is closed: the minutes are final."""
        return self.record is not None and self.record.state == "closed"


@dataclass(frozen=True)
class CourseHours:
    """The hours of one course of one person."""

    enrolment: Any
    hours: Hours
    days: Sequence[DayView]


def hours_of(person: Any, at: datetime) -> list[CourseHours]:
    """The hours of every course that a person is in, with each class of its calendar."""
    active = list(enrolments.active_enrolments(person))
    hours = hours_by_enrolment([enrolment.pk for enrolment in active])
    return [CourseHours(enrolment, hours[enrolment.pk], _days(enrolment, at)) for enrolment in active]


def _days(enrolment: Any, at: datetime) -> list[DayView]:
    """The calendar, what comes next first and then what was, newest first."""
    records = {record.session.pk: record for record in classes_of(enrolment)}
    attended = {pk for pk, record in records.items() if record.minutes > 0}
    days = []
    for session in enrolments.classes_for(enrolment):
        view = class_view(session, attended, at)
        days.append(DayView(session, view.state, view.url, records.get(session.pk)))
    coming = [day for day in days if day.state in ("now", "ahead")]
    return coming + [day for day in reversed(days) if day.state in ("done", "missed")]


def team_of(person: Any) -> Iterable[Any]:
    """The open cases of this person: who follows them, for which body."""
    return open_cases_about(person)


def tutors_of(person: Any, at: datetime) -> list[tuple[Any, list[Any]]]:
    """The tutors of each course of this person, to be called."""
    active = list(enrolments.active_enrolments(person))
    staff = enrolments.staff_of_editions({enrolment.edition_id for enrolment in active}, at, "tutor")
    return [(enrolment.edition, staff.get(enrolment.edition_id, [])) for enrolment in active]
