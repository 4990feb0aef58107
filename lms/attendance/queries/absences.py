"""Absences: which are justified, which class makes up for which. Never a reason, which only access hands out."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.dates import calendar_day, time_of_day
from lms.enrolments.queries import classes_for, recovered_in, recovery_places

from .. import rules
from ..models import Justification, JustificationState, JustifiedClass, RegisterLine

__all__ = [
    "AbsenceRow",
    "absence_rows",
    "absentees",
    "class_words",
    "classes_offered",
    "classes_to_justify",
    "justified_by_class",
    "justified_classes",
    "justified_in",
    "narrowed",
    "people_by_name",
    "recovered_in",
    "waiting_first",
]


def justified_in(session: Any) -> frozenset[str]:
    """The enrolments, by uuid, whose absence from one class is justified: yes or no, and no more. One query."""
    rows = JustifiedClass.objects.filter(
        session=session, justification__state=JustificationState.ACCEPTED
    ).values_list("justification__enrolment__uuid", flat=True)
    return frozenset(str(uuid) for uuid in rows)


def justified_classes(enrolment_ids: Iterable[int]) -> dict[int, set[int]]:
    """For each enrolment, the ids of the classes for which it has an accepted justification. One query."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = JustifiedClass.objects.filter(
        justification__enrolment__in=list(enrolment_ids), justification__state=JustificationState.ACCEPTED
    ).values_list("justification__enrolment", "session")
    for enrolment, session in rows:
        found[enrolment].add(session)
    return found


def justified_by_class(edition_id: int) -> dict[str, set[str]]:
    """For each class of an edition, by uuid, the enrolments whose absence from it is justified. One query."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = JustifiedClass.objects.filter(
        session__edition=edition_id, justification__state=JustificationState.ACCEPTED
    ).values_list("session__uuid", "justification__enrolment__uuid")
    for session, enrolment in rows:
        found[str(session)].add(str(enrolment))
    return found


def classes_to_justify(enrolment: Any) -> QuerySet:
    """The classes of one learner whose absence can be justified: still to come, or missed at least in part.

    A class of which the closed page credits every minute is left out.
    """
    lines = RegisterLine.objects.filter(enrolment=enrolment)
    whole = {
        line.page.session_id
        for line in lines.select_related("page__session").prefetch_related("page__breaks")
        if line.minutes >= _length(line.page)
    }
    return (
        classes_for(enrolment)
        .exclude(pk__in=whole)
        .filter(Q(ends_at__gt=enrolment.active_from) if enrolment.active_from else Q())
    )


def _length(page: Any) -> int:
    session = page.session
    breaks = [rules.Span.of(pause.starts_at, pause.ends_at) for pause in page.breaks.all()]
    return rules.whole_minutes(
        rules.total(rules.minus([rules.Span.of(session.starts_at, session.ends_at)], breaks))
    )


def classes_offered(enrolment: Any, *, at: datetime) -> list[Any]:
    """Those to choose among when an absence is entered, the newest missed one first; of the coming ones a month,
    and none that has a justification which is asked or accepted."""
    taken = JustifiedClass.objects.filter(
        justification__enrolment=enrolment,
        justification__state__in=[JustificationState.ASKED, JustificationState.ACCEPTED],
    ).values("session")
    rows = classes_to_justify(enrolment).exclude(pk__in=taken).filter(starts_at__lt=at + timedelta(days=31))
    return sorted(rows, key=lambda session: (session.starts_at > at, abs(session.starts_at - at)))


def class_words(session: Any) -> str:
    """One class in a list of choices."""
    return f"{calendar_day(session.starts_at)}, {time_of_day(session.starts_at)} · {session.title}"


def narrowed(rows: QuerySet[Justification], *, words: str, state: str) -> QuerySet[Justification]:
    """Justifications of people with these words in the name, in this state."""
    for word in words.split():
        rows = rows.filter(
            Q(enrolment__person__last_name__icontains=word) | Q(enrolment__person__first_name__icontains=word)
        )
    return rows.filter(state=state) if state else rows


def people_by_name(enrolments: QuerySet, words: str) -> QuerySet:
    """Enrolments by name, the newest edition of one person first."""
    for word in words.split():
        enrolments = enrolments.filter(
            Q(person__last_name__icontains=word) | Q(person__first_name__icontains=word)
        )
    return enrolments.order_by("person__last_name", "person__first_name", "-edition__starts_on", "pk")


def waiting_first(rows: QuerySet[Justification]) -> QuerySet[Justification]:
    """Those to decide first, oldest first; then the decided ones, newest first."""
    return (
        rows.annotate(
            turn=Case(
                When(state=JustificationState.ASKED, then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            )
        )
        .order_by("turn", F("decided_at").desc(nulls_first=True), "asked_at", "id")
        .prefetch_related("sessions")
    )


@dataclass(frozen=True)
class AbsenceRow:
    """One class that one learner missed, at least in part, on a closed page."""

    session: Any
    minutes: int
    lost: int
    justified: bool
    waiting: bool
    recovery: Any  # the class that makes up for it, if one is planned


@dataclass(frozen=True)
class Absentee:
    """One learner who lost minutes of one closed class."""

    enrolment: Any
    minutes: int
    lost: int
    justified: bool
    recovery: Any

    @property
    def words(self) -> str:
        name = f"{self.enrolment.person.last_name} {self.enrolment.person.first_name}".strip()
        said = [ngettext("%(n)s minute lost", "%(n)s minutes lost", self.lost) % {"n": self.lost}]
        if self.justified:
            said.append(_("justified"))
        if self.recovery:
            when = calendar_day(self.recovery.starts_at)
            said.append(_("recovers on %(day)s") % {"day": when})
        return f"{name}: {', '.join(said)}"


def absentees(session: Any) -> list[Absentee]:
    """Who lost minutes of one class, by its closed page, and is still in the edition. Five queries."""
    justified = justified_in(session)
    lines = list(
        RegisterLine.objects.filter(page__session=session, enrolment__status="active")
        .select_related("enrolment__person", "enrolment__edition", "page__session")
        .prefetch_related("page__breaks")
        .order_by("enrolment__person__last_name", "enrolment__person__first_name", "enrolment")
    )
    recovery = {
        place.enrolment_id: place.session
        for place in recovery_places([line.enrolment_id for line in lines])
        if place.missed_id == session.pk
    }
    rows = [
        Absentee(
            enrolment=line.enrolment,
            minutes=line.minutes,
            lost=max(_length(line.page) - line.minutes, 0),
            justified=str(line.enrolment.uuid) in justified,
            recovery=recovery.get(line.enrolment_id),
        )
        for line in lines
    ]
    return [row for row in rows if row.lost]


def absence_rows(enrolment: Any) -> list[AbsenceRow]:
    """What one learner lost on closed pages, newest first, with what became of it. Four queries."""
    states: dict[int, set[str]] = defaultdict(set)
    for session_id, state in JustifiedClass.objects.filter(justification__enrolment=enrolment).values_list(
        "session", "justification__state"
    ):
        states[session_id].add(state)
    recovery = {place.missed_id: place.session for place in recovery_places([enrolment.pk])}
    lines = (
        RegisterLine.objects.filter(enrolment=enrolment, page__session__recovery=False)
        .select_related("page__session")
        .prefetch_related("page__breaks")
        .order_by("-page__session__starts_at")
    )
    found = []
    for line in lines:
        session, lost = line.page.session, max(_length(line.page) - line.minutes, 0)
        if lost:
            known = states[session.pk]
            found.append(
                AbsenceRow(
                    session=session,
                    minutes=line.minutes,
                    lost=lost,
                    justified=JustificationState.ACCEPTED in known,
                    waiting=JustificationState.ASKED in known,
                    recovery=recovery.get(session.pk),
                )
            )
    return found
