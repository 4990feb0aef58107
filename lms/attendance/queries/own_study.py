"""Own study as a page of the register: who studied what since the page before, and what it comes to."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from courses.queries import ActivityItem, outline
from lms.assessments.queries import attempts_by_enrolment

from .. import rules
from ..models import Register, StudyInterval, StudyPage
from .frozen import body_of_entry
from .sheets import full_name


@dataclass(frozen=True)
class Stretch:
    """One stretch of study, timed by the server. `open`: it may still grow, and the next page has the rest."""

    uuid: str
    begins: datetime
    last: datetime
    seconds: int
    open: bool


@dataclass(frozen=True)
class Studied:
    """What one learner did in one activity: in all until the end of the page, and on this page."""

    key: str
    title: str
    module: str
    kind: str
    revisions: tuple[int, ...]
    nominal: int
    stretches: tuple[Stretch, ...]
    total_seconds: int
    seconds: int
    minutes: int
    attempts: int
    result: str
    passed: bool | None

    @property
    def first_open(self) -> datetime:
        return min(stretch.begins for stretch in self.stretches)

    @property
    def last_close(self) -> datetime:
        return max(stretch.last for stretch in self.stretches)


@dataclass(frozen=True)
class StudyLine:
    """One learner of the edition, studious or not."""

    enrolment: str
    person: str
    name: str
    activities: tuple[Studied, ...]

    @property
    def minutes(self) -> int:
        return sum(each.minutes for each in self.activities)


@dataclass(frozen=True)
class StudySheet:
    """A page of own study as it would be closed now."""

    since: datetime | None
    until: datetime
    lines: tuple[StudyLine, ...]

    @property
    def minutes(self) -> int:
        return sum(line.minutes for line in self.lines)

    @property
    def studious(self) -> int:
        return sum(bool(line.activities) for line in self.lines)


#: (enrolment, activity) → (seconds, minutes) that earlier pages hold
Before = Mapping[tuple[str, str], tuple[int, int]]


def last_study_page(register: Register) -> StudyPage | None:
    return register.study_pages.select_related("entry").order_by("-until").first()


def on_earlier_pages(register: Register) -> Before:
    """What the pages of own study hold already, for each learner and activity. One query."""
    found: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for page in register.study_pages.select_related("entry"):
        for row in body_of_entry(page.entry)["learners"]:
            for each in row["activities"]:
                seconds, minutes = found[row["enrolment"], each["key"]]
                found[row["enrolment"], each["key"]] = (seconds + each["seconds"], minutes + each["minutes"])
    return found


def study_sheet(register: Register, *, until: datetime) -> StudySheet:
    """Everybody's study until a moment that no earlier page holds. The same queries for one learner and a hundred.

    A stretch belongs to the page in whose time it began; what it grows to afterwards is on the next one, so nothing
    is counted twice and nothing is lost. The nominal time caps an activity over all pages together.
    """
    last = last_study_page(register)
    since = last.until if last else None
    before = on_earlier_pages(register)
    people = list(
        register.edition.enrolments.filter(active_from__lt=until)
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gt=since or register.opened_at))
        .order_by("person__last_name", "person__first_name", "id")
        .values_list(
            "pk", "uuid", "person__uuid", "person__last_name", "person__first_name", "person__username"
        )
    )
    stretches = _stretches([row[0] for row in people], until)
    results = _results([row[0] for row in people], until)
    taught = outline(register.edition.course)
    items = {item.key: item for item in taught.activities}
    modules = {module.key: module.title for module in taught.modules}
    lines = []
    for pk, enrolment, person, *names in people:
        activities = []
        for key, rows in stretches.get(pk, {}).items():
            done = _studied(
                key, rows, items.get(key), modules, before[str(enrolment), str(key)], results.get((pk, key))
            )
            if done.seconds or done.minutes:
                activities.append(done)
        lines.append(StudyLine(str(enrolment), str(person), full_name(*names), tuple(activities)))
    return StudySheet(since, rules.as_utc(until), tuple(lines))


def _stretches(enrolments: list[int], until: datetime) -> dict[int, dict[UUID, list[StudyInterval]]]:
    found: dict[int, dict[UUID, list[StudyInterval]]] = defaultdict(lambda: defaultdict(list))
    rows = StudyInterval.objects.filter(enrolment__in=enrolments, started_at__lt=until)
    for row in rows.order_by("started_at", "id"):
        found[row.enrolment_id][row.activity_key].append(row)
    return found


def _results(enrolments: list[int], until: datetime) -> dict[tuple[int, UUID], list[Any]]:
    """The attempts at each quiz that were handed in by then."""
    found: dict[tuple[int, UUID], list[Any]] = defaultdict(list)
    for pk, attempts in attempts_by_enrolment(enrolments).items():
        for attempt in attempts:
            if attempt.submitted_at and attempt.submitted_at < until:
                found[pk, attempt.activity_key].append(attempt)
    return found


def _studied(
    key: UUID,
    rows: list[StudyInterval],
    item: ActivityItem | None,
    modules: Mapping[UUID, str],
    before: tuple[int, int],
    attempts: list[Any] | None,
) -> Studied:
    total = sum(row.seconds for row in rows)
    nominal = max(row.nominal_minutes for row in rows)
    best = max(attempts or [], key=lambda each: (bool(each.passed), each.score), default=None)
    return Studied(
        key=str(key),
        title=item.title if item else "",
        module=modules.get(item.module_key, "") if item else "",
        kind=item.kind if item else "",
        revisions=tuple(sorted({row.revision_id for row in rows if row.revision_id})),
        nominal=nominal,
        stretches=tuple(
            Stretch(str(row.uuid), row.started_at, row.last_seen_at, row.seconds, row.closed_at is None)
            for row in rows
        ),
        total_seconds=total,
        seconds=max(total - before[0], 0),
        minutes=max(rules.study_minutes({key: (total, nominal)}) - before[1], 0),
        attempts=len(attempts or ()),
        result=f"{best.score.normalize():f}/{best.max_score.normalize():f}" if best else "",
        passed=bool(best.passed) if best else None,
    )


def study_body(sheet: StudySheet, *, number: int) -> dict[str, Any]:
    """What the entry of a page of own study says."""
    return {
        "page": number,
        "study": {
            "since": sheet.since.isoformat() if sheet.since else "",
            "until": sheet.until.isoformat(),
            "time_zone": "Europe/Rome",
        },
        "learners": [
            {
                "n": n,
                "enrolment": line.enrolment,
                "person": line.person,
                "name": line.name,
                "minutes": line.minutes,
                "activities": [_studied_json(each) for each in line.activities],
            }
            for n, line in enumerate(sheet.lines, start=1)
        ],
        "totals": {"learners": len(sheet.lines), "studious": sheet.studious, "minutes": sheet.minutes},
    }


def _studied_json(each: Studied) -> dict[str, Any]:
    return {
        "key": each.key,
        "title": each.title,
        "module": each.module,
        "kind": each.kind,
        "revisions": list(each.revisions),
        "nominal_minutes": each.nominal,
        "first_open": each.first_open.isoformat(),
        "last_close": each.last_close.isoformat(),
        "total_seconds": each.total_seconds,
        "seconds": each.seconds,
        "minutes": each.minutes,
        "attempts": each.attempts,
        "result": each.result,
        "passed": each.passed,
        "stretches": [
            {
                "id": stretch.uuid,
                "from": stretch.begins.isoformat(),
                "to": stretch.last.isoformat(),
                "seconds": stretch.seconds,
                "open": stretch.open,
            }
            for stretch in each.stretches
        ],
    }
