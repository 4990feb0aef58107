"""A person's sheet: what they can do, how far, on what evidence, and what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lms.enrolments import queries as enrolments

from ..models import CompetencyRecord
from ..picture_of_levels import Picture, draw
from ..rules import missing
from .evidence import Goal, evidence_of_goals, goals_of, sentence
from .records import Skill


@dataclass(frozen=True)
class Reached:
    """The highest award of one competency that stands, with the level that follows it (None at the top)."""

    skill: Skill
    level: str
    following: Any

    @property
    def competency(self) -> Any:
        return self.skill.record.competency


@dataclass(frozen=True)
class Ahead:
    """A goal of a course under way that was not awarded yet, and what is still lacking, in sentences."""

    goal: Goal
    course: str
    edition: str
    lacking: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """What stands on the sheet: `picture` is None while nothing has levels."""

    reached: tuple[Reached, ...]
    courses: tuple[Skill, ...]
    taken_back: tuple[Skill, ...]
    ahead: tuple[Ahead, ...]
    picture: Picture | None


def sheet_of(person: Any, skills: Iterable[Skill], *, own: bool = True) -> Sheet:
    """The sheet made of a person's awards; what comes next only for the person themself.

    A query for the levels, and some for each course under way (seldom more than two).
    """
    skills = list(skills)
    standing = [skill for skill in skills if not skill.revoked]
    best: dict[int, Skill] = {}  # by competency, so each has one
    for skill in standing:
        key = skill.record.competency_id
        if key is not None and (key not in best or skill.step > best[key].step):
            best[key] = skill
    found = sorted(best.values(), key=_place)
    levels = _levels({skill.record.level.framework_id for skill in found if skill.record.level})
    reached = tuple(Reached(skill, skill.facts.level, _following(skill, levels)) for skill in found)
    bars = [
        (row.skill.facts.title, row.skill.step, row.skill.steps, row.level)
        for row in reached
        if row.skill.steps
    ]
    return Sheet(
        reached=reached,
        courses=tuple(skill for skill in standing if skill.record.competency_id is None),
        taken_back=tuple(skill for skill in skills if skill.revoked),
        ahead=tuple(_ahead(person, set(best))) if own else (),
        picture=draw(bars) if bars else None,
    )


def _place(skill: Skill) -> tuple[str, int]:
    competency = skill.record.competency
    return skill.facts.framework, competency.position if competency else 0


def _levels(framework_ids: set[int]) -> dict[tuple[int, int], Any]:
    """(framework id, position) → level. One query."""
    level: Any = CompetencyRecord._meta.get_field("level").related_model
    rows = level._default_manager.filter(framework__in=framework_ids).select_related("framework")
    return {(row.framework_id, row.position): row for row in rows}


def _following(skill: Skill, levels: dict[tuple[int, int], Any]) -> Any:
    level = skill.record.level
    return levels.get((level.framework_id, level.position + 1)) if level else None


def _ahead(person: Any, reached: set[int]) -> Iterable[Ahead]:
    for enrolment in enrolments.active_enrolments(person):
        goals = [goal for goal in goals_of(enrolment.edition.course) if goal.competency.pk not in reached]
        proofs = evidence_of_goals([enrolment], goals)
        for goal in goals:
            gaps = missing(proofs[enrolment.pk, goal.competency.pk])
            yield Ahead(
                goal,
                enrolment.edition.course.title,
                enrolment.edition.code,
                tuple(sentence(gap) for gap in gaps),
            )
