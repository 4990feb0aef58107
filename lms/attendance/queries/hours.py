"""Reading attendance, without asking who reads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.utils.translation import gettext as _

from courses.queries import outlines
from lms.enrolments.queries import (
    classes_for,
    editions_of_enrolments,
    entered_at,
    held_classes,
    recovery_places,
)

from .. import rules
from ..models import (
    ClassBreak,
    Connection,
    RegisterLine,
    RegisterPage,
    Removal,
    RoomStay,
    StudyInterval,
    WaitingStretch,
)
from ..rules import Hours
from .absences import justified_classes
from .outages import NONE, Outages, classes_that_failed, outages_of
from .policies import policies_of, policy_for


def sessions_attended(enrolment: Any) -> set[int]:
    """The ids of the classes where closed pages credit this learner with any minute."""
    return set(
        RegisterLine.objects.filter(enrolment=enrolment, minutes__gt=0).values_list(
            "page__session_id", flat=True
        )
    )


def minutes_of(enrolment: Any) -> Hours:
    """The hours of one enrolment, in minutes."""
    return hours_by_enrolment([enrolment.pk])[enrolment.pk]


def hours_by_enrolment(
    enrolment_ids: Iterable[int],
    editions: Mapping[int, Any] | None = None,
    taught: Mapping[int, Any] | None = None,
) -> dict[int, Hours]:
    """The hours of many enrolments, in minutes; the same number of queries for one and for a hundred.

    A caller that has the edition of each enrolment with its course, or the outline of each course, saves queries.
    """
    ids = list(enrolment_ids)
    editions = editions or editions_of_enrolments(ids)
    policies = policies_of({edition.pk for edition in editions.values()})
    held, made_up = _held(ids)
    study = _study_minutes(ids)
    planned = _planned_minutes(editions, policies, taught)
    found = {}
    for pk in ids:
        live = sum(row.minutes for row in held[pk].values())
        lost, justified = rules.lost_and_justified(held[pk].values())
        recovered = rules.recovered_minutes(
            made_up[pk],
            held[pk],
            planned=planned.get(pk, 0),
            allowed_pct=policies[editions[pk].pk].recovery_allowed_pct,
        )
        found[pk] = Hours(
            live=live,
            study=study.get(pk, 0),
            total=live + recovered + study.get(pk, 0),
            planned=planned.get(pk, 0),
            recovered=recovered,
            lost=lost,
            justified=justified,
        )
    return found


@dataclass(frozen=True)
class Totals:
    """What a list or a home says of one enrolment, in minutes."""

    total: int
    planned: int


def totals_by_enrolment(
    enrolment_ids: Iterable[int],
    editions: Mapping[int, Any],
    policies: Mapping[int, rules.Policy],
    taught: Mapping[int, Any] | None = None,
) -> dict[int, Totals]:
    """`total` and `planned` of hours_by_enrolment(), without asking what was lost unless somebody made up for it."""
    ids = list(enrolment_ids)
    if recovery_places(ids).exists():
        return {
            pk: Totals(hours.total, hours.planned)
            for pk, hours in hours_by_enrolment(ids, editions, taught).items()
        }
    live, study, planned = (
        live_minutes(ids),
        _study_minutes(ids),
        _planned_minutes(editions, policies, taught),
    )
    return {pk: Totals(live.get(pk, 0) + study.get(pk, 0), planned.get(pk, 0)) for pk in ids}


def live_minutes(enrolment_ids: Iterable[int]) -> dict[int, int]:
    """Minutes on closed pages of the timetable; who has none is left out. One query."""
    rows = RegisterLine.objects.filter(
        enrolment__in=list(enrolment_ids), page__session__recovery=False
    ).order_by()
    return dict(rows.values_list("enrolment").annotate(minutes=Sum("minutes")))


def _held(ids: list[int]) -> tuple[dict[int, dict[int, rules.HeldClass]], dict[int, list[tuple[int, int]]]]:
    """For each enrolment its classes on closed pages, by class, and (missed class, minutes) of recovery classes.

    Four queries at most.
    """
    lines = list(
        RegisterLine.objects.filter(enrolment__in=ids).values_list(
            "enrolment",
            "minutes",
            "page",
            "page__session",
            "page__session__starts_at",
            "page__session__ends_at",
            "page__session__recovery",
        )
    )
    justified = justified_classes(ids)
    places: dict[tuple[int, int], int] = {}
    if any(recovery for *_rest, recovery in lines):
        places = {(place.enrolment_id, place.session_id): place.missed_id for place in recovery_places(ids)}
    pauses: dict[int, list[rules.Span]] = defaultdict(list)
    for page, starts, ends in ClassBreak.objects.filter(page__in={line[2] for line in lines}).values_list(
        "page", "starts_at", "ends_at"
    ):
        pauses[page].append(rules.Span.of(starts, ends))
    held: dict[int, dict[int, rules.HeldClass]] = defaultdict(dict)
    made_up: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for enrolment, minutes, page, session, starts, ends, recovery in lines:
        if recovery:
            if missed := places.get((enrolment, session)):
                made_up[enrolment].append((missed, minutes))
            continue
        length = rules.whole_minutes(rules.total(rules.minus([rules.Span.of(starts, ends)], pauses[page])))
        held[enrolment][session] = rules.HeldClass(session, length, minutes, session in justified[enrolment])
    return held, made_up


def _study_minutes(ids: list[int]) -> dict[int, int]:
    by_enrolment: dict[int, dict[Any, tuple[int, int]]] = defaultdict(dict)
    rows = (
        StudyInterval.objects.filter(enrolment__in=ids)
        .order_by()
        .values_list("enrolment", "activity_key")
        .annotate(done=Sum("seconds"), nominal=Max("nominal_minutes"))
    )
    for enrolment, key, done, nominal in rows:
        by_enrolment[enrolment][key] = (done, nominal)
    return {enrolment: rules.study_minutes(activities) for enrolment, activities in by_enrolment.items()}


def _planned_minutes(
    editions: Mapping[int, Any], policies: Mapping[int, rules.Policy], taught: Mapping[int, Any] | None
) -> dict[int, int]:
    """Classes of the timetable and nominal minutes of own study, as the edition plans them now.

    Classes before somebody came in count in the whole too, unless the policy takes them out.
    """
    by_pk = {edition.pk: edition for edition in editions.values()}
    classes: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for edition_id, starts, ends in held_classes(by_pk).values_list("edition", "starts_at", "ends_at"):
        classes[edition_id].append((ends, rules.whole_minutes(ends - starts)))
    found = taught or outlines({edition.course_id: edition.course for edition in by_pk.values()}.values())
    study = {
        course_id: sum(activity.nominal_minutes for activity in outline.activities)
        for course_id, outline in found.items()
    }
    late = {pk for pk, edition in editions.items() if policies[edition.pk].late_enrolment_reduces_total}
    since = entered_at(late) if late else {}
    return {
        pk: study[edition.course_id]
        + sum(length for ends, length in classes[edition.pk] if pk not in since or ends >= since[pk])
        for pk, edition in editions.items()
    }


@dataclass(frozen=True)
class ClassRecord:
    """One class as its learner sees it. Minutes are final on a closed page, else still to be confirmed."""

    session: Any
    state: str
    minutes: int
    status: str
    first_in: datetime | None
    last_out: datetime | None
    amended: bool = False


def classes_of(enrolment: Any) -> list[ClassRecord]:
    """The classes of one enrolment that were held, newest first: closed pages, and what is known of the others."""
    lines = {
        line.page.session_id: line
        for line in RegisterLine.objects.filter(enrolment=enrolment).select_related("page")
    }
    held = RegisterPage.objects.filter(register__edition=enrolment.edition_id).prefetch_related("breaks")
    pages = {page.session_id: page for page in held}
    stays = _stays_of(enrolment)
    policy = policy_for(enrolment.edition)
    held_out = _held_out_of(enrolment)
    failed = classes_that_failed(pages)
    records = []
    for session in classes_for(enrolment):
        page = pages.get(session.pk)
        if line := lines.get(session.pk):
            records.append(
                ClassRecord(
                    session,
                    rules.CLOSED,
                    line.minutes,
                    line.status,
                    line.first_in,
                    line.last_out,
                    line.amended,
                )
            )
        elif page and page.started_at and not page.closed_at:
            records.append(
                _unconfirmed(
                    session,
                    page,
                    stays[session.pk],
                    held_out.get(session.pk, []),
                    outages_of(session) if session.pk in failed else NONE,
                    str(enrolment.uuid),
                    policy,
                )
            )
    return records[::-1]


def _stays_of(enrolment: Any) -> dict[int, list[rules.Span]]:
    """This learner's connections and stays in the room, by class. Two queries."""
    found: dict[int, list[rules.Span]] = defaultdict(list)
    for stay in Connection.objects.filter(enrolment=enrolment):
        ended = stay.closed_at or stay.last_evidence_at
        found[stay.session_id].append(rules.Span.inside(stay.opened_at, ended))
    for room in RoomStay.objects.filter(enrolment=enrolment, left_at__isnull=False):
        found[room.session_id].append(rules.Span.inside(room.entered_at, room.left_at or room.entered_at))
    return found


def _held_out_of(enrolment: Any) -> dict[int, list[rules.Span]]:
    """This learner's time at the door and sent out, by class. Two queries."""
    found: dict[int, list[rules.Span]] = defaultdict(list)
    waits = WaitingStretch.objects.filter(connection__enrolment=enrolment).select_related("connection")
    for wait in waits:
        stay = wait.connection
        ends = wait.ends_at or stay.closed_at or stay.last_evidence_at
        found[stay.session_id].append(rules.Span.around(wait.begins_at, max(ends, wait.begins_at)))
    removals = Removal.objects.filter(person=enrolment.person_id, session__edition=enrolment.edition_id)
    for removal in removals.select_related("session"):
        ends = removal.undone_at or max(removal.removed_at, removal.session.ends_at) + timedelta(days=1)
        found[removal.session_id].append(rules.Span.around(removal.removed_at, ends))
    return found


def _unconfirmed(
    session: Any,
    page: RegisterPage,
    spans: list[rules.Span],
    held_out: list[rules.Span],
    failures: Outages,
    enrolment: str,
    policy: rules.Policy,
) -> ClassRecord:
    started = page.started_at or session.starts_at
    ended = page.ended_at or max((span.end for span in spans), default=started)
    known = rules.outcome(
        spans,
        scheduled=rules.Span.of(session.starts_at, session.ends_at),
        actual=rules.Span.inside(started, max(ended, started)),
        breaks=[rules.Span.of(pause.starts_at, pause.ends_at) for pause in page.breaks.all()],
        held_out=held_out,
        outages=failures.spans,
        given_back=failures.given_back(enrolment),
        policy=policy,
    )
    state = rules.class_state(started_at=page.started_at, ended_at=page.ended_at, closed_at=None)
    return ClassRecord(session, state, known.minutes, known.status, known.first_in, known.last_out)


@dataclass(frozen=True)
class HoursRow:
    """The hours of one enrolment in a list."""

    enrolment: Any
    hours: Hours
    last_seen: datetime | None
    missed: int


def hours_rows(enrolments: Iterable[Any]) -> list[HoursRow]:
    """Hours, last class attended and classes missed of many enrolments, in the same number of queries as of one."""
    enrolments = list(enrolments)
    ids = [enrolment.pk for enrolment in enrolments]
    hours = hours_by_enrolment(ids)
    seen: dict[int, Any] = {
        row["enrolment"]: row
        for row in RegisterLine.objects.filter(enrolment__in=ids)
        .order_by()
        .values("enrolment")
        .annotate(
            last=Max("page__session__starts_at", filter=Q(minutes__gt=0)),
            missed=Count("pk", filter=Q(minutes=0, page__session__recovery=False)),
        )
    }
    return [
        HoursRow(e, hours[e.pk], seen.get(e.pk, {}).get("last"), seen.get(e.pk, {}).get("missed", 0))
        for e in enrolments
    ]


def hours_table(rows: Iterable[HoursRow]) -> tuple[list[str], list[list[Any]]]:
    """Those rows for a spreadsheet."""
    header = [
        _("Surname"),
        _("First name"),
        _("Edition"),
        _("Minutes in class"),
        _("Minutes of study"),
        _("Minutes planned"),
        _("Absences"),
    ]
    return header, [
        [
            row.enrolment.person.last_name,
            row.enrolment.person.first_name,
            row.enrolment.edition.code,
            row.hours.live,
            row.hours.study,
            row.hours.planned,
            row.missed,
        ]
        for row in rows
    ]
