"""What each home page shows, read in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses import queries as content
from lms.attendance import queries as attendance
from lms.attendance.queries import summaries
from lms.enrolments import queries as enrolments
from lms.progress import queries as progress

from . import rules


@dataclass(frozen=True)
class CourseHours:
    """Hours of one course, in minutes, and the words under the bar."""

    title: str
    done: int
    planned: int
    enough: int
    url: str
    words: str


@dataclass
class LearnerHome:
    """What a learner sees first: one next thing, the hours, the next three dates."""

    next: Any
    hours: list[CourseHours] = field(default_factory=list)
    classes: Sequence[Any] = ()


def learner_home(person: Any, at: datetime) -> LearnerHome:
    active = list(enrolments.active_enrolments(person))
    taught = content.outlines({row.edition.course_id: row.edition.course for row in active}.values())
    policies = attendance.policies_of(row.edition_id for row in active)
    hours = attendance.totals_by_enrolment(
        [row.pk for row in active], {row.pk: row.edition for row in active}, policies, taught
    )
    classes = enrolments.next_classes(person, at, limit=3, active=active)
    return LearnerHome(
        next=progress.next_thing(person, at, classes=classes, active=active, taught=taught),
        hours=[course_hours(row, hours[row.pk], policies[row.edition_id]) for row in active],
        classes=classes,
    )


def course_hours(enrolment: Any, hours: Any, policy: Any) -> CourseHours:
    enough = -(-hours.planned * policy.min_attendance_pct // 100)
    if not hours.planned:
        words = _("You have done %(done)s.") % {"done": in_hours(hours.total)}
    elif hours.total >= enough:
        words = _("%(done)s out of %(planned)s. You have enough for the certificate.") % {
            "done": in_hours(hours.total),
            "planned": in_hours(hours.planned),
        }
    else:
        words = _("%(done)s out of %(planned)s. %(enough)s are enough for the certificate.") % {
            "done": in_hours(hours.total),
            "planned": in_hours(hours.planned),
            "enough": in_hours(enough),
        }
    return CourseHours(
        title=enrolment.edition.title,
        done=hours.total,
        planned=hours.planned,
        enough=enough,
        url=f"/impara/{enrolment.edition.code}/",
        words=words,
    )


def in_hours(minutes: int) -> str:
    """ "18 hours", "1 hour 20 minutes" in the reader's words."""
    whole, rest = divmod(minutes, 60)
    parts = []
    if whole or not rest:
        parts.append(ngettext("%(n)s hour", "%(n)s hours", whole) % {"n": whole})
    if rest:
        parts.append(ngettext("%(n)s minute", "%(n)s minutes", rest) % {"n": rest})
    return " ".join(parts)


@dataclass(frozen=True)
class PersonRow:
    """One learner in one edition, as a professional sees them."""

    enrolment: Any
    minutes: int
    planned: int
    percent: int
    absences: int
    weeks: list[int]
    last_sign: datetime | None
    next_class: Any
    reason: rules.Reason | None
    contacts: bool
    hours: bool = True  # may the reader know hours and absences?

    @property
    def person(self) -> Any:
        return self.enrolment.person

    @property
    def sentence(self) -> str:
        return reason_sentence(self.reason)

    @property
    def bars(self) -> list[tuple[int, int, int]]:
        """The last weeks as (x, y, height) in a drawing 40 × 24; an empty week keeps a line of one."""
        most = max([*self.weeks, 60])
        heights = [max(1, round(22 * minutes / most)) for minutes in self.weeks]
        return [(index * 10 + 1, 24 - height, height) for index, height in enumerate(heights)]


def reason_sentence(reason: rules.Reason | None) -> str:
    if reason is None:
        return ""
    if reason.code == "absent":
        return ngettext(
            "Missed the last class.", "Missed the last %(n)s classes in a row.", reason.number
        ) % {"n": reason.number}
    if reason.code == "quiet":
        return ngettext("Not seen for %(n)s day.", "Not seen for %(n)s days.", reason.number) % {
            "n": reason.number
        }
    return _("Behind the calendar of the course by %(n)s%%.") % {"n": reason.number}


def person_rows(
    rows: Iterable[Any],
    at: datetime,
    *,
    contacts: frozenset[int] = frozenset(),
    hours_closed: frozenset[int] = frozenset(),
) -> list[PersonRow]:
    """Facts of many enrolments (with person and edition loaded), those who need a call first.

    `contacts` are the ids of the people whose phone and e-mail the reader may see, `hours_closed` of those whose
    hours they may not.

    The same number of queries for two people and for fifty.
    """
    active = list(rows)
    ids = [row.pk for row in active]
    if not ids:
        return []
    editions = {row.pk: row.edition for row in active}
    taught = content.outlines({row.edition.course_id: row.edition.course for row in active}.values())
    policies = attendance.policies_of({row.edition_id for row in active})
    hours = attendance.totals_by_enrolment(ids, editions, policies, taught)
    percent = progress.percent_done(ids, editions, taught)
    today = timezone.localtime(at).date()
    signs = summaries.signs_of(ids, today=today)
    next_by_edition: dict[int, Any] = {}
    for session in enrolments.held_classes({row.edition_id for row in active}).filter(ends_at__gt=at):
        next_by_edition.setdefault(session.edition_id, session)
    found = []
    for row in active:
        sign = signs[row.pk]
        facts = rules.Facts(
            today=today,
            starts_on=row.edition.starts_on,
            ends_on=row.edition.ends_on,
            absent_in_a_row=sign.absent_in_a_row,
            last_sign=timezone.localtime(sign.last).date() if sign.last else None,
            percent_done=percent.get(row.pk, 0),
        )
        found.append(
            PersonRow(
                enrolment=row,
                minutes=hours[row.pk].total,
                planned=hours[row.pk].planned,
                percent=percent.get(row.pk, 0),
                absences=sign.absences,
                weeks=sign.weeks,
                last_sign=sign.last,
                next_class=next_by_edition.get(row.edition_id),
                reason=rules.reason_to_call(facts),
                contacts=row.person_id in contacts,
            )
        )
        if row.person_id in hours_closed:
            found[-1] = _without_hours(found[-1])
    found.sort(key=lambda item: (-(item.reason.weight if item.reason else 0), str(item.person)))
    return found


def _without_hours(row: PersonRow) -> PersonRow:
    """What is left for who may know the name and the course alone."""
    return replace(
        row, minutes=0, planned=0, percent=0, absences=0, weeks=[], last_sign=None, reason=None, hours=False
    )


def export_header() -> list[str]:
    return [
        _("Surname"),
        _("Name"),
        _("Edition"),
        _("Minutes done"),
        _("Minutes planned"),
        _("Activities done %"),
        _("Classes missed"),
        _("Last sign"),
        _("Next class"),
        _("Needs a call"),
    ]


def export_row(row: PersonRow) -> list[Any]:
    return [
        row.person.last_name,
        row.person.first_name,
        row.enrolment.edition.code,
        *([row.minutes, row.planned, row.percent, row.absences] if row.hours else [""] * 4),
        timezone.localtime(row.last_sign).isoformat(timespec="minutes") if row.last_sign else "",
        timezone.localtime(row.next_class.starts_at).isoformat(timespec="minutes") if row.next_class else "",
        row.sentence,
    ]
