"""Builders for tests of records: a framework, the goals of a course, evidence that suffices."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from courses.frameworks.models import Competency, Framework, Level
from courses.models.pages import CompetencyGoal
from lms.competencies import actions
from lms.competencies.models import CompetencyRecord
from lms.competencies.rules import Evidence, QuizEvidence, canonical, digest
from tests.factories import NOW

ENOUGH = Evidence(
    minutes_live=540,
    minutes_study=60,
    minutes_planned=720,
    minimum_percent=70,
    quizzes=(QuizEvidence("k1", "Verifica", True, "9", "10", "2026-11-20"),),
)


def framework(code: str = "digcomp", version: str = "3.0") -> Framework:
    found, _ = Framework.objects.get_or_create(
        code=code, version=version, defaults={"title": "DigComp", "publisher": "JRC"}
    )
    for position, title in enumerate(["Base", "Intermedio"], start=1):
        Level.objects.get_or_create(
            framework=found, code=str(position), defaults={"title": title, "position": position}
        )
    return found


def competency(code: str = "1.1", title: str = "Cercare informazioni", **fields: Any) -> Competency:
    found, _ = Competency.objects.get_or_create(
        framework=fields.pop("framework", None) or framework(),
        kind="competence",
        code=code,
        defaults={"title": title, "description": "Trovare quello che serve."},
    )
    return found


def goal(course: Any, code: str = "1.1", level: str = "1") -> CompetencyGoal:
    aimed = competency(code)
    return CompetencyGoal.objects.create(
        page=course, competency=aimed, level=aimed.framework.levels.get(code=level)
    )


def award(
    body: Any, code: str = "1.1", *, person: Any = None, at: datetime = NOW, evidence: Evidence = ENOUGH
):
    """An award in this network, proposed by its trainer and awarded by its training director, to its beneficiary or
    to the person given by enrolment."""
    aimed = body.course.goals.filter(competency__code=code).first() or goal(body.course, code)
    return award_goal(body, aimed, person or body.enrolment, at=at, evidence=evidence)


def award_goal(
    body: Any,
    aimed: Any,
    enrolment: Any,
    *,
    at: datetime = NOW,
    evidence: Evidence = ENOUGH,
    level: Any = None,
):
    """Both steps for one goal, at its own level or at another."""
    what = {"level": level or aimed.level, "evidence": evidence, "at": at}
    known = CompetencyRecord.objects.standing().filter(
        enrolment=enrolment, competency=aimed.competency, level=what["level"]
    )
    if not known.exists():
        actions.propose(enrolment, aimed.competency, by=body.trainer, **what)
    return actions.award(enrolment, aimed.competency, by=body.training_director, **what)


def copy_with(record: CompetencyRecord, content: dict[str, Any]) -> CompetencyRecord:
    """Another award of the same person with this content, as a later version of the platform may write it."""
    uuid = uuid4()
    text = canonical(content | {"record_id": f"urn:uuid:{uuid}"})
    fields = ("event", "kind", "person", "enrolment", "competency", "level", "level_code", "by", "at")
    return CompetencyRecord.objects.create(
        uuid=uuid,
        round=record.round + 1,
        content=text,
        sha256=digest(text),
        **{name: getattr(record, name) for name in fields},
    )
