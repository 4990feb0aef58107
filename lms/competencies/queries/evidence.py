"""What speaks for an award: hours of the register, quizzes and mapped questions of the course, what was seen."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses import mapping
from courses import queries as courses
from lms.assessments import queries as assessments
from lms.attendance import queries as attendance

from ..models import Observation
from ..rules import Evidence, Missing, QuizEvidence, Rule, SeenEvidence, digest


@dataclass(frozen=True)
class Goal:
    """One competency that a course aims at, the level to reach, and what is asked for it."""

    competency: Any
    level: Any
    rule: Rule = field(default_factory=Rule)


def goals_of(course: Any) -> list[Goal]:
    """The competencies a course aims at, in the author's order. One query."""
    rows = course.goals.select_related("competency__framework", "level", "competency__level")
    return [
        Goal(
            row.competency,
            row.level,
            Rule(row.needs_hours, row.questions_percent, row.needs_observation),
        )
        for row in rows
    ]


def evidence_for(enrolment: Any, goal: Goal | None = None) -> Evidence:
    """What speaks for this person: for the certificate of attendance, or for one goal of the course."""
    if goal is None:
        return evidence_of_many([enrolment])[enrolment.pk]
    return evidence_of_goals([enrolment], [goal])[enrolment.pk, goal.competency.pk]


def evidence_of_goals(
    rows: Iterable[Any], goals: Iterable[Goal], general: dict[int, Evidence] | None = None
) -> dict[tuple[int, int], Evidence]:
    """(enrolment id, competency id) → evidence, for enrolments in editions of one course and its goals.

    Until questions are mapped to a goal, every quiz of the course speaks for it. The number of queries does not
    grow with the people or the goals; `general` is what evidence_of_many() said, where it was asked already.
    """
    rows, goals = list(rows), list(goals)
    if not rows or not goals:
        return {}
    general = general or evidence_of_many(rows)
    course = rows[0].edition.course
    shown = mapping.questions_by_competency([course])[course.pk]
    ids = [row.pk for row in rows]
    marked = any(shown.get(goal.competency.pk) for goal in goals)
    attempts = assessments.marks_by_enrolment(ids) if marked else {}
    titles = {item.key: item.title for item in courses.outline(course).activities} if marked else {}
    seen = _observations(ids)
    return {
        (row.pk, goal.competency.pk): replace(
            general[row.pk],
            rule=goal.rule,
            observation=seen.get((row.pk, goal.competency.pk)),
            **_mapped(shown.get(goal.competency.pk), attempts.get(row.pk, ()), titles, goal.rule),
        )
        for row in rows
        for goal in goals
    }


def _mapped(shown: Any, attempts: Iterable[Any], titles: dict[Any, str], rule: Rule) -> dict[str, Any]:
    """The quizzes of a goal with mapped questions: of each quiz the attempt in which these went best."""
    if not shown:
        return {}
    attempts = list(attempts)
    quizzes = []
    for quiz, questions in shown.items():
        most = sum(questions.questions.values(), Decimal(0))
        best, score = None, Decimal(0)
        for attempt in attempts:
            if attempt.activity_key == quiz:
                got = _score(attempt, questions.questions)
                if best is None or got > score:
                    best, score = attempt, got
        quizzes.append(
            QuizEvidence(
                key=str(quiz),
                title=titles.get(quiz, ""),
                passed=best is not None and bool(most) and score * 100 >= most * rule.questions_percent,
                score=_plain(score),
                max_score=_plain(most),
                on=best.submitted_at.date().isoformat() if best else "",
            )
        )
    return {"quizzes": tuple(quizzes), "mapped": True}


def _score(attempt: Any, questions: dict[str, Decimal]) -> Decimal:
    """The marks of these questions in one attempt, never more than the question brings now."""
    return sum(
        (
            min(Decimal(item["score"]), questions[item["key"]])
            for item in attempt.marks
            if item["key"] in questions
        ),
        Decimal(0),
    )


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _observations(enrolment_ids: list[int]) -> dict[tuple[int, int], SeenEvidence]:
    """The newest observation of each person and competency. One query."""
    rows = Observation.objects.filter(enrolment__in=enrolment_ids).order_by("at", "id")
    return {
        (row.enrolment_id, row.competency_id): SeenEvidence(
            row.seen, row.seen_on.isoformat(), digest(f"{row.uuid}|{row.seen}|{row.text}")
        )
        for row in rows
    }


def evidence_of_many(rows: Iterable[Any]) -> dict[int, Evidence]:
    """Hours and every quiz of the course, for any number of enrolments in the same number of queries."""
    rows = list(rows)
    if not rows:
        return {}
    ids = [row.pk for row in rows]
    hours = attendance.hours_by_enrolment(ids)
    attempts = assessments.attempts_by_enrolment(ids)
    outlines = courses.outlines({row.edition.course_id: row.edition.course for row in rows}.values())
    policies = attendance.policies_of({row.edition_id for row in rows})
    percent = {pk: policy.min_attendance_pct for pk, policy in policies.items()}
    return {
        row.pk: Evidence(
            minutes_live=hours[row.pk].live + hours[row.pk].recovered,
            minutes_study=hours[row.pk].study,
            minutes_planned=hours[row.pk].planned,
            minimum_percent=percent[row.edition_id],
            quizzes=_quizzes(outlines[row.edition.course_id], attempts[row.pk]),
        )
        for row in rows
    }


def _quizzes(outline: Any, attempts: Iterable[Any]) -> tuple[QuizEvidence, ...]:
    best: dict[Any, Any] = {}
    for attempt in attempts:
        known = best.get(attempt.activity_key)
        if known is None or (attempt.passed, attempt.score) > (known.passed, known.score):
            best[attempt.activity_key] = attempt
    return tuple(_quiz(item, best.get(item.key)) for item in outline.activities if item.kind == "quiz")


def _quiz(item: Any, attempt: Any) -> QuizEvidence:
    if attempt is None:
        return QuizEvidence(key=str(item.key), title=item.title, passed=False)
    return QuizEvidence(
        key=str(item.key),
        title=item.title,
        passed=bool(attempt.passed),
        score=_plain(attempt.score),
        max_score=_plain(attempt.max_score),
        on=attempt.submitted_at.date().isoformat(),
    )


def sentence(gap: Missing) -> str:
    """What is missing, in words for whoever awards."""
    if gap.code == "nothing_planned":
        return _("No hours are planned for this course yet.")
    if gap.code == "hours":
        hours, minutes = divmod(gap.minutes, 60)
        return _("Hours still missing: %(hours)d h %(minutes)d min.") % {"hours": hours, "minutes": minutes}
    if gap.code == "observation":
        return _("A trainer has not yet seen the person do it alone.")
    if gap.code == "questions":
        return _("Of its questions %(percent)d%% are right; %(needed)d%% are needed: %(names)s.") % {
            "percent": gap.percent,
            "needed": gap.needed,
            "names": ", ".join(gap.names),
        }
    return ngettext(
        "Quiz not passed yet: %(names)s.", "Quizzes not passed yet: %(names)s.", len(gap.names)
    ) % {"names": ", ".join(gap.names)}
