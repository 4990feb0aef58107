"""The same quiz in two windows at the same moment is one attempt."""

from functools import partial
from uuid import uuid4

import pytest

from courses.models import QuizPage
from lms.assessments import actions
from lms.assessments.models import Attempt
from tests.factories import NOW
from tests.threads import at_once

pytestmark = pytest.mark.services


@pytest.fixture
def sitting(committed_world):
    here = committed_world.here
    return here.enrolment, QuizPage.objects.descendant_of(here.course).get()


def test_opening_in_four_windows_opens_one(sitting):
    enrolment, quiz = sitting
    results = at_once([partial(actions.open_attempt, enrolment, quiz, at=NOW)] * 4)
    assert len({getattr(result, "pk", result) for result in results}) == 1
    assert Attempt.objects.count() == 1


def test_handing_in_four_times_at_once_is_one_attempt(sitting):
    enrolment, quiz = sitting
    attempt = actions.open_attempt(enrolment, quiz, at=NOW)
    key = uuid4()
    results = at_once([partial(actions.submit_attempt, enrolment, quiz, {}, key=key, at=NOW)] * 4)
    assert {getattr(result, "pk", result) for result in results} == {attempt.pk}
    assert Attempt.objects.count() == 1


def test_answers_saved_at_once_are_all_kept(sitting):
    enrolment, quiz = sitting
    attempt = actions.open_attempt(enrolment, quiz, at=NOW)
    questions = attempt.snapshot["questions"]
    works = [
        partial(actions.save_answer, attempt, question["key"], question["answers"][0]["key"], at=NOW)
        for question in questions
    ]
    at_once(works)
    attempt.refresh_from_db()
    assert len(attempt.answers) == len(questions) == 2
