"""The page of one person: what the reader's grants let through, and what happened, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from courses import queries as content
from lms.assessments import queries as assessments
from lms.attendance.queries import summaries
from lms.competencies import queries as competencies
from lms.enrolments import access as enrolments
from lms.enrolments import queries as timetable
from lms.people.rules import Data, Detail

from . import queries


@dataclass(frozen=True)
class Event:
    """One line of the timeline."""

    at: datetime
    kind: str
    words: str
    detail: str = ""


def of(person: Any, *, seen_by: Any, at: datetime) -> dict[str, Any]:
    """The context of the page. Each part is present only where the reader may see it."""
    rows = list(
        enrolments.enrolments_visible_to(seen_by, at=at)
        .filter(person=person)
        .select_related("person", "edition__course")
    )
    active = [row for row in rows if row.status == "active"]

    def may(data: Data) -> Any:
        return enrolments.may(seen_by, person, data)

    hours = may(Data.HOURS)
    results = may(Data.RESULTS)
    records = may(Data.COMPETENCIES)
    events = [
        Event(row.active_from, "enrolment", _("Enrolled: %s") % row.edition.title)
        for row in rows
        if row.active_from
    ]
    if hours:
        events += _classes(rows)
    if results:
        events += _quizzes(rows, in_full=results.detail is Detail.FULL)
    if records:
        events += [
            Event(record.at, "competency", _("Competency awarded: %s") % competencies.facts_of(record).title)
            for record in competencies.records_visible_to(seen_by).filter(person=person, event="awarded")
        ]
    events.sort(key=lambda event: event.at, reverse=True)
    coming = [
        session
        for session in timetable.next_classes(person, at, limit=5)
        if session.edition_id in {row.edition_id for row in active}
    ]
    return {
        "person": person,
        "contacts": bool(may(Data.CONTACTS)),
        "records": bool(records),
        "courses": queries.person_rows(active, at) if hours else [],
        "active": active,
        "enrolments": rows,
        "events": events[:60],
        "next_class": coming[0] if coming else None,
    }


def _classes(rows: list[Any]) -> list[Event]:
    found = []
    for line in summaries.lines_of([row.pk for row in rows]):
        session = line.page.session
        if line.minutes:
            found.append(
                Event(
                    session.starts_at,
                    "present",
                    _("In class: %s") % session.title,
                    queries.in_hours(line.minutes),
                )
            )
        else:
            found.append(Event(session.starts_at, "absent", _("Missed the class: %s") % session.title))
    return found


def _quizzes(rows: list[Any], *, in_full: bool) -> list[Event]:
    found = []
    attempts = assessments.attempts_by_enrolment([row.pk for row in rows])
    for row in rows:
        if not attempts[row.pk]:
            continue
        titles = {
            item.key: item.title
            for module in content.outline(row.edition.course).modules
            for item in module.activities
        }
        for attempt in attempts[row.pk]:
            if attempt.submitted_at is None:
                continue
            words = _("Quiz passed: %s") if attempt.passed else _("Quiz not passed: %s")
            marks = f"{attempt.score:g}/{attempt.max_score:g}" if in_full else ""
            found.append(
                Event(attempt.submitted_at, "quiz", words % titles.get(attempt.activity_key, ""), marks)
            )
    return found
