"""One page on which a trainer says which module teaches, and which question shows, each goal of the course.

It reads and writes the latest drafts, so that mapping goes the way of every other change: saved as a revision, and
published or sent for review.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.http import QueryDict

from courses.frameworks.models import Competency
from courses.models import (
    CompetencyGoal,
    CoursePage,
    ModuleCompetency,
    ModulePage,
    QuestionCompetency,
    QuizPage,
)


@dataclass
class Line:
    """A module, or one question of a quiz: which goals are ticked, and what else it is mapped to."""

    name: str
    text: str
    ticked: set[int] = field(default_factory=set)
    others: list[Competency] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)


@dataclass
class Sheet:
    """A module with its own line, or a quiz with one line for each question; `page` is its latest draft."""

    page: ModulePage | QuizPage
    lines: list[Line]
    locked: bool = False

    @property
    def is_quiz(self) -> bool:
        return isinstance(self.page, QuizPage)


@dataclass
class Gap:
    """One goal, and how many modules teach it and questions show it in the drafts."""

    goal: CompetencyGoal
    modules: int = 0
    questions: int = 0


@dataclass
class Saved:
    """What a saving did with the pages that changed."""

    published: list[Any] = field(default_factory=list)
    in_review: list[Any] = field(default_factory=list)
    drafts: list[Any] = field(default_factory=list)


def goals_of(course: CoursePage) -> list[CompetencyGoal]:
    return list(course.goals.select_related("competency__framework", "level__framework"))


def sheets_of(course: CoursePage, user: AbstractBaseUser) -> list[Sheet]:
    """The modules and quizzes of a course, as their latest drafts say, in order."""
    goals = {goal.competency_id for goal in goals_of(course)}
    found: list[Sheet] = []
    for module in ModulePage.objects.child_of(course).order_by("path"):
        draft = module.get_latest_revision_as_object()
        found.append(Sheet(draft, [_line(f"m{module.pk}", draft.title, draft, goals)], _locked(draft, user)))
        for quiz in QuizPage.objects.child_of(module).order_by("path"):
            latest = quiz.get_latest_revision_as_object()
            lines = [
                _line(f"q{question.translation_key}", question.text, question, goals)
                for question in latest.questions.all()
            ]
            found.append(Sheet(latest, lines, _locked(latest, user)))
    return found


def _locked(page: Any, user: AbstractBaseUser) -> bool:
    tester = page.permissions_for_user(user)
    return tester.page_locked() or not tester.can_edit()


def _line(name: str, text: str, thing: Any, goals: set[int]) -> Line:
    rows = list(thing.competencies.all())
    kept = [row for row in rows if row.competency_id not in goals]
    return Line(
        name,
        text,
        {row.competency_id for row in rows if row.competency_id in goals},
        [row.competency for row in kept],
        kept,
    )


def gaps_of(goals: list[CompetencyGoal], sheets: list[Sheet]) -> list[Gap]:
    """For each goal how many modules and questions are ticked."""
    return [
        Gap(
            goal,
            sum(
                goal.competency_id in line.ticked
                for sheet in sheets
                if not sheet.is_quiz
                for line in sheet.lines
            ),
            sum(
                goal.competency_id in line.ticked for sheet in sheets if sheet.is_quiz for line in sheet.lines
            ),
        )
        for goal in goals
    ]


def save(course: CoursePage, data: QueryDict, user: AbstractBaseUser) -> Saved:
    """Write the ticks into new revisions of the pages that changed; publish each, or send it for review.

    A page with other unpublished changes stays a draft: they are not this person's to publish by the way. What is
    mapped beside the goals is kept. Safe to call twice.
    """
    goals = {goal.competency_id: goal for goal in goals_of(course)}
    saved = Saved()
    for sheet in sheets_of(course, user):
        wanted = {
            line.name: {int(pk) for pk in data.getlist(line.name) if pk.isdigit() and int(pk) in goals}
            for line in sheet.lines
        }
        if sheet.locked or all(wanted[line.name] == line.ticked for line in sheet.lines):
            continue
        _tick(sheet, wanted, goals)
        _keep(sheet.page, user, saved)
    return saved


def _tick(sheet: Sheet, wanted: Mapping[str, set[int]], goals: Mapping[int, CompetencyGoal]) -> None:
    page: Any = sheet.page
    if not sheet.is_quiz:
        page.competencies = _rows(ModuleCompetency, sheet.lines[0], wanted, goals)
        return
    questions = list(page.questions.all())
    for question, line in zip(questions, sheet.lines, strict=True):
        question.competencies = _rows(QuestionCompetency, line, wanted, goals)
    page.questions = questions


def _rows(
    model: Any, line: Line, wanted: Mapping[str, set[int]], goals: Mapping[int, CompetencyGoal]
) -> list[Any]:
    chosen = [
        model(competency=goal.competency, level=goal.level)
        for pk, goal in goals.items()
        if pk in wanted[line.name]
    ]
    rows = [*line.kept, *chosen]
    for number, row in enumerate(rows):
        row.sort_order = number
    return rows


def _keep(page: Any, user: AbstractBaseUser, saved: Saved) -> None:
    untouched = page.live and not page.has_unpublished_changes
    tester = page.permissions_for_user(user)
    revision = page.save_revision(user=user, log_action=True)
    if untouched and tester.can_publish():
        revision.publish(user=user)
        saved.published.append(page)
        return
    workflow = page.get_workflow()
    if page.workflow_in_progress:
        saved.in_review.append(page)
    elif untouched and workflow is not None and tester.can_submit_for_moderation():
        workflow.start(page, user)
        saved.in_review.append(page)
    else:
        saved.drafts.append(page)
