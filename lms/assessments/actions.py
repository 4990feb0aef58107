"""Opening a quiz, saving answers, handing in."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from courses.marking import mark
from courses.queries import quiz_snapshot
from lms.errors import Refused

from . import queries, rules
from .models import Attempt


@transaction.atomic
def open_attempt(enrolment: Any, quiz: Any, *, at: datetime) -> Attempt:
    """The sitting under way, or a new one with the questions frozen as they are now.

    Locks the enrolment, so two taps open one attempt; safe to call twice.
    """
    _lock(enrolment)
    key = quiz.translation_key
    if attempt := queries.open_attempt_of(enrolment, key):
        return attempt
    handed_in = Attempt.objects.filter(enrolment=enrolment, activity_key=key).count()
    if rules.attempts_left(quiz.attempts_allowed, handed_in) == 0:
        raise Refused(
            "quiz.no_attempts_left",
            _("You have used all your attempts for this quiz. Your results are saved. Ask your tutor."),
        )
    return Attempt.objects.create(
        enrolment=enrolment,
        activity_key=key,
        revision_id=quiz.live_revision_id,
        number=handed_in + 1,
        snapshot=quiz_snapshot(quiz),
        started_at=at,
        saved_at=at,
    )


@transaction.atomic
def save_answer(attempt: Attempt, question_key: Any, answer: Any, *, at: datetime) -> Attempt:
    """Keep one answer of a sitting that is under way. Locks the attempt; safe to call twice."""
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if attempt.submitted_at is not None:
        raise _handed_in()
    question = rules.question_in(attempt.snapshot, str(question_key))
    if question is None:
        raise Refused(
            "quiz.no_such_question",
            _("This question is not in your quiz. Your other answers are saved. Go back to the quiz."),
            status=400,
        )
    attempt.answers[str(question["key"])] = rules.clean_answer(question, answer)
    attempt.saved_at = at
    attempt.save(update_fields=["answers", "saved_at"])
    return attempt


@transaction.atomic
def submit_attempt(
    enrolment: Any, quiz: Any, answers: Mapping[str, Any], *, key: UUID | str, at: datetime
) -> Attempt:
    """Hand in the sitting under way, with `answers` over what was saved, and mark it as it was asked.

    Locks the enrolment. The same `key` twice gives the same attempt, whatever the second one says.
    """
    _lock(enrolment)
    done = Attempt.objects.filter(
        enrolment=enrolment, activity_key=quiz.translation_key, submission_key=key
    ).first()
    if done:
        return done
    attempt = open_attempt(enrolment, quiz, at=at)
    attempt.answers |= rules.clean_answers(attempt.snapshot, answers)
    marks = mark(attempt.snapshot, attempt.answers)
    attempt.submission_key = UUID(str(key))
    attempt.submitted_at = attempt.saved_at = at
    attempt.score, attempt.max_score, attempt.passed = marks.score, marks.max_score, marks.passed
    attempt.marks = [
        {**asdict(item), "score": str(item.score), "max_score": str(item.max_score)}
        for item in marks.by_question
    ]
    attempt.save()
    return attempt


def _lock(enrolment: Any) -> None:
    """Hold the enrolment's row: everything about its attempts happens one after the other."""
    type(enrolment).objects.select_for_update().get(pk=enrolment.pk)


def _handed_in() -> Refused:
    return Refused(
        "quiz.handed_in",
        _("You have already handed in this quiz. Your answers are safe. Look at the result."),
    )
