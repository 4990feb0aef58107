"""Competencies and what teaches or shows them: read from the published pages, for coverage and for evidence.

A thing counts for a competency when it is mapped to it or to something under it (a statement, a learning outcome).
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q

from courses.frameworks.models import Competency
from courses.models import CompetencyGoal, CoursePage, ModuleCompetency, QuestionCompetency


@dataclass
class Shown:
    """The mapped questions of one quiz for one competency: question key → marks."""

    quiz: uuid.UUID
    questions: dict[str, Decimal] = field(default_factory=dict)


#: competency id → quiz key → its questions
Mapping = dict[int, dict[uuid.UUID, Shown]]


def questions_by_competency(courses: Iterable[CoursePage]) -> dict[int, Mapping]:
    """Course id → competency id → the published questions that show it. One query for any number of courses."""
    by_path = {course.path: course.pk for course in courses}
    found: dict[int, Mapping] = {pk: defaultdict(dict) for pk in by_path.values()}
    if not by_path:
        return found
    inside = Q()
    for path in by_path:
        inside |= Q(question__page__path__startswith=path)
    rows = QuestionCompetency.objects.filter(inside, question__page__live=True).values_list(
        "question__page__path",
        "question__page__translation_key",
        "question__translation_key",
        "question__marks",
        "competency",
        "competency__parent",
        "competency__parent__parent",
    )
    for path, quiz, question, marks, *competencies in rows.order_by(
        "question__page__path", "question__sort_order"
    ):
        course = next(pk for start, pk in by_path.items() if path.startswith(start))
        for competency in filter(None, competencies):
            shown = found[course][competency].setdefault(quiz, Shown(quiz))
            shown.questions[str(question)] = marks
    return found


@dataclass
class Covered:
    """One goal of a course: which modules teach it, how many questions show it."""

    goal: CompetencyGoal
    modules: list[str] = field(default_factory=list)
    questions: int = 0

    @property
    def no_module(self) -> bool:
        return not self.modules

    @property
    def no_question(self) -> bool:
        return not self.questions and bool(self.goal.questions_percent)


def coverage(course: CoursePage) -> list[Covered]:
    """What the published course does for each of its goals, in the author's order. Three queries."""
    goals = [
        Covered(goal)
        for goal in course.goals.select_related(
            "competency__framework", "level__framework", "competency__level"
        )
    ]
    modules: dict[int, list[str]] = defaultdict(list)
    rows = ModuleCompetency.objects.filter(page__path__startswith=course.path, page__live=True).values_list(
        "page__title", "competency", "competency__parent", "competency__parent__parent"
    )
    for title, *competencies in rows.order_by("page__path"):
        for competency in filter(None, competencies):
            if title not in modules[competency]:
                modules[competency].append(title)
    shown = questions_by_competency([course])[course.pk]
    for row in goals:
        row.modules = modules[row.goal.competency_id]
        row.questions = sum(len(quiz.questions) for quiz in shown.get(row.goal.competency_id, {}).values())
    return goals


@dataclass(frozen=True)
class Citing:
    """One published course that cites a competency: as a goal, in modules, in questions."""

    course: CoursePage
    goal: bool
    modules: int
    questions: int


def cited_by(competency: Competency, courses: Any) -> list[Citing]:
    """The courses among these that cite it, or something under it. Five queries."""
    under = (
        Q(competency=competency) | Q(competency__parent=competency) | Q(competency__parent__parent=competency)
    )
    goals = set(CompetencyGoal.objects.filter(under).values_list("page__path", flat=True))
    modules = (
        ModuleCompetency.objects.filter(under, page__live=True)
        .values_list("page__path", flat=True)
        .distinct()
    )
    questions = (
        QuestionCompetency.objects.filter(under, question__page__live=True)
        .values_list("question__page__path", "question")
        .distinct()
    )
    paths = {path[: _depth(path)] for path in [*goals, *modules, *(path for path, _question in questions)]}
    found = courses.filter(path__in=paths).order_by("title")
    return [
        Citing(
            course,
            course.path in goals,
            sum(path.startswith(course.path) for path in modules),
            sum(path.startswith(course.path) for path, _question in questions),
        )
        for course in found
    ]


def _depth(path: str) -> int:
    """Where the path of the course ends: root, home, catalogue, course."""
    return min(len(path), 4 * CoursePage.steplen)
