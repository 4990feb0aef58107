"""Reading records: whose there are, what each says, the trainer's list."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.enrolments import access as enrolments
from lms.enrolments.queries import EnrolmentStatus

from ..models import CompetencyRecord, Event, RecordQuerySet
from ..rules import Evidence, Missing, hours_missing, missing
from . import evidence
from .evidence import Goal, goals_of
from .proposals import open_by_goal

_WHOLE = ("enrolment__edition__agency", "competency__framework", "level", "person", "by", "revocation")


def records_visible_to(user: Any, *, at: datetime | None = None) -> RecordQuerySet:
    """Records of the enrolments one may see: one's own, one's editions', one's cases', all for the consortium.

    A course author or an administrator as such sees none.
    """
    visible = enrolments.enrolments_visible_to(user, at=at)
    return CompetencyRecord.objects.filter(enrolment__in=visible.order_by().values("pk")).select_related(
        *_WHOLE
    )


def whole(rows: RecordQuerySet) -> RecordQuerySet:
    """With everything that showing a record needs."""
    return rows.select_related(*_WHOLE, "revokes")


def records_in(editions: Any) -> RecordQuerySet:
    """The records of these editions, to be counted."""
    return CompetencyRecord.objects.filter(enrolment__edition__in=editions.order_by().values("pk"))


def records_of(person: Any) -> list[CompetencyRecord]:
    """One person's awards, newest first, revoked ones too (each says so)."""
    return list(CompetencyRecord.objects.awards().filter(person=person).select_related(*_WHOLE))


def award_numbered(uuid: UUID) -> CompetencyRecord | None:
    """The award with this number, for whoever verifies it: no person asks, so nothing personal may be shown of it."""
    return whole(CompetencyRecord.objects.awards()).filter(uuid=uuid).first()


@dataclass
class Cell:
    """One competency for one person: awarded already, proposed, or what is missing."""

    goal: Goal
    record: CompetencyRecord | None = None
    gaps: tuple[Missing, ...] = ()
    proposed: bool = False

    @property
    def ready(self) -> bool:
        return not self.gaps


@dataclass
class Row:
    """One person of an edition with the evidence and one cell per goal."""

    enrolment: Any
    evidence: Evidence
    cells: list[Cell]
    attendance: CompetencyRecord | None = None

    @property
    def hours_enough(self) -> bool:
        return not hours_missing(self.evidence)


def grid(edition: Any, page: Iterable[Any], goals: list[Goal]) -> list[Row]:
    """The people of one edition and how far each is, for the trainer's list. A fixed number of queries."""
    rows = list(page)
    hours = evidence.evidence_of_many(rows)
    proofs = evidence.evidence_of_goals(rows, goals, hours)
    proposed = open_by_goal([row.pk for row in rows])
    found = CompetencyRecord.objects.standing().filter(enrolment__in=[row.pk for row in rows])
    standing = {(record.enrolment_id, record.competency_id): record for record in found}
    return [
        Row(
            enrolment=row,
            evidence=hours[row.pk],
            cells=[
                Cell(goal, standing.get(key), missing(proofs[key]), key in proposed)
                for goal in goals
                for key in [(row.pk, goal.competency.pk)]
            ],
            attendance=standing.get((row.pk, None)),
        )
        for row in rows
    ]


def learners(edition: Any, search: str = "", show: str = "") -> QuerySet[Any]:
    """The enrolled people of an edition, by name, for the trainer's list."""
    found = edition.enrolments.filter(status=EnrolmentStatus.ACTIVE)
    if search:
        found = found.filter(Q(person__first_name__icontains=search) | Q(person__last_name__icontains=search))
    if show:
        awarded = Exists(CompetencyRecord.objects.standing().filter(enrolment=OuterRef("pk")))
        found = found.filter(awarded if show == "awarded" else ~awarded)
    return found.select_related("person", "edition__course").order_by(
        "person__last_name", "person__first_name", "id"
    )


def standing_award(enrolment: Any, goal: Goal | None) -> CompetencyRecord | None:
    """The award that stands for this goal at its level, or the certificate of attendance without a goal."""
    level = goal.level.code if goal and goal.level else ""
    competency = goal.competency if goal else None
    return (
        CompetencyRecord.objects.standing()
        .filter(enrolment=enrolment, competency=competency, level_code=level)
        .first()
    )


def can_be_revoked(record: CompetencyRecord) -> bool:
    return record.event == Event.AWARDED and not hasattr(record, "revocation")


def edition_table(edition: Any) -> tuple[list[str], list[list[Any]]]:
    """Header and rows of the trainer's list, for a file: one row per person and competency."""
    header = [
        _("Surname"),
        _("Name"),
        _("Code"),
        _("Competency"),
        _("Level"),
        _("Minutes done"),
        _("Minutes planned"),
        _("Awarded on"),
        _("Record"),
    ]
    rows = []
    for row in grid(edition, learners(edition), goals_of(edition.course)):
        for cell in row.cells:
            record = cell.record
            rows.append(
                [
                    row.enrolment.person.last_name,
                    row.enrolment.person.first_name,
                    cell.goal.competency.code,
                    cell.goal.competency.title,
                    cell.goal.level.title if cell.goal.level else "",
                    row.evidence.minutes_done,
                    row.evidence.minutes_planned,
                    timezone.localtime(record.at).date().isoformat() if record else "",
                    str(record.uuid) if record else "",
                ]
            )
    return header, rows


@dataclass(frozen=True)
class Facts:
    """What a record says, read back from the text that was written."""

    title: str
    issuer: str
    course: str
    edition: str
    framework: str
    code: str
    level: str
    minutes_done: int
    minutes_planned: int
    percent: int
    assessments: tuple[dict[str, Any], ...]


def facts_of(record: CompetencyRecord) -> Facts:
    """The facts of an award; of a revocation, those of the award it revokes.

    Titles of a framework are in the reader's language where we have our own, as everywhere on our pages; the
    record itself keeps the official words.
    """
    award = record.revokes or record
    told = json.loads(award.content)
    level, framework = told["level"], told["framework"]
    return Facts(
        title=_title(award, told["title"]),
        issuer=told["issuer"]["name"],
        course=told["course"]["title"],
        edition=told["course"]["edition"],
        framework=f"{framework['title']} {framework['version']}" if framework else "",
        code=told["competency"]["code"] if told["competency"] else "",
        level=award.level.local_title if award.level else level["title"] if level else "",
        minutes_done=_minutes(told["learning"]["done"]),
        minutes_planned=_minutes(told["learning"]["planned"]),
        percent=told["learning"]["percent"],
        assessments=tuple(test | {"day": date.fromisoformat(test["date"])} for test in told["assessment"]),
    )


def _title(award: CompetencyRecord, written: str) -> str:
    """Our translation only of the words that were written: an entry that was corrected since does not speak for it."""
    competency = award.competency
    return competency.local_title if competency and competency.title == written else written


def _minutes(duration: str) -> int:
    """Minutes of the durations that content.py writes (PT90M)."""
    return int(duration.removeprefix("PT").removesuffix("M"))


@dataclass(frozen=True)
class Skill:
    """One competency of one person, as it is shown to that person."""

    record: CompetencyRecord
    facts: Facts
    step: int
    steps: int

    @property
    def revoked(self) -> bool:
        return hasattr(self.record, "revocation")


def skills_of(person: Any, *, seen_by: Any = None) -> list[Skill]:
    """A person's awards with what stands behind each, newest first; `seen_by` leaves out what that user may not see."""
    rows = CompetencyRecord.objects.awards().filter(person=person)
    if seen_by is not None:
        rows = records_visible_to(seen_by).awards().filter(person=person)
    records = list(rows.select_related(*_WHOLE, "revokes"))
    frameworks = {record.level.framework_id for record in records if record.level}
    steps = _steps_of(frameworks)
    return [
        Skill(
            record=record,
            facts=facts_of(record),
            step=record.level.position if record.level else 0,
            steps=steps.get(record.level.framework_id, 0) if record.level else 0,
        )
        for record in records
    ]


def _steps_of(framework_ids: Iterable[int]) -> dict[int, int]:
    """How many levels each framework has. One query."""
    level = CompetencyRecord._meta.get_field("level").related_model
    rows = level._default_manager.filter(framework__in=list(framework_ids)).order_by()
    return dict(rows.values_list("framework").annotate(last=Max("position")))


def issuing_agencies() -> QuerySet:
    """The agencies in whose name records were issued."""
    agency = CompetencyRecord._meta.apps.get_model("people", "Agency")
    issued = CompetencyRecord.objects.filter(enrolment__edition__agency=OuterRef("pk"))
    return agency._default_manager.filter(Exists(issued))


def awarded_by_edition(edition_ids: Iterable[int]) -> dict[int, int]:
    """How many awards stand in each edition. One query."""
    rows = CompetencyRecord.objects.standing().filter(enrolment__edition__in=list(edition_ids)).order_by()
    return dict(rows.values_list("enrolment__edition").annotate(count=Count("pk")))
