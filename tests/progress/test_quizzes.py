"""Sitting a quiz over HTTP, with scripts off, and everything that goes wrong while doing so."""

from uuid import uuid4

import pytest

from courses.models import QuizPage
from lms.assessments import queries as attempts
from lms.assessments.models import Attempt
from lms.enrolments import actions as enrolments
from lms.progress import queries
from tests import factories as make

QUIZ = 2


@pytest.fixture
def sitter(learner):
    """A learner who has read both lessons and opened the quiz."""
    learner.finish(0)
    learner.finish(1)
    learner.get(QUIZ)
    learner.post(QUIZ, "inizia")
    return learner


def attempt_of(sitter) -> Attempt:
    return Attempt.objects.get(enrolment=sitter.enrolment, submitted_at=None)


def choices(attempt, right: bool = True) -> list[str]:
    return [
        next(option["key"] for option in question["answers"] if option["correct"] is right)
        for question in attempt.snapshot["questions"]
    ]


def answer_all(sitter, right: bool = True) -> Attempt:
    attempt = attempt_of(sitter)
    for number, choice in enumerate(choices(attempt, right), 1):
        sitter.post(QUIZ, "domanda", number, choice=choice, go="next")
    return attempt


def hand_in(sitter, attempt):
    return sitter.post(QUIZ, "consegna", key=attempt.uuid)


def test_the_door_says_how_it_works(learner):
    learner.finish(0)
    learner.finish(1)
    page = learner.get(QUIZ).content.decode()
    assert learner.url(QUIZ, "inizia") in page
    assert not Attempt.objects.exists()  # opening the door is not sitting


def test_from_the_first_question_to_the_marks(sitter):
    response = sitter.post(QUIZ, "inizia")
    assert response.url == sitter.url(QUIZ, "domanda", 1)
    page = sitter.get(QUIZ, "domanda", 1).content.decode()
    assert page.count('type="radio"') == 2
    right = choices(attempt_of(sitter))
    assert sitter.post(QUIZ, "domanda", 1, choice=right[0], go="next").url == sitter.url(QUIZ, "domanda", 2)
    assert sitter.post(QUIZ, "domanda", 2, choice=right[1], go="back").url == sitter.url(QUIZ, "domanda", 1)
    assert "checked" in sitter.get(QUIZ, "domanda", 1).content.decode()
    assert sitter.post(QUIZ, "domanda", 2, choice=right[1], go="next").url == sitter.url(QUIZ, "controllo")
    assert sitter.get(QUIZ, "controllo").status_code == 200
    attempt = attempt_of(sitter)
    response = hand_in(sitter, attempt)
    assert response.url == sitter.url(QUIZ, "esito", attempt.uuid)
    attempt.refresh_from_db()
    assert (attempt.passed, attempt.score, attempt.max_score) == (True, 2, 2)
    assert sitter.items[QUIZ].key in queries.completed_keys(sitter.enrolment)
    assert "Giusto." in sitter.client.get(response.url).content.decode()


def test_an_answer_is_saved_at_each_tap(sitter):
    attempt = attempt_of(sitter)
    choice = choices(attempt)[0]
    response = sitter.client.post(
        sitter.url(QUIZ, "domanda", 1), {"choice": choice}, headers={"accept": "application/json"}
    )
    assert response.status_code == 204
    attempt.refresh_from_db()
    assert attempt.answers[attempt.snapshot["questions"][0]["key"]] == [choice]


def test_leaving_and_coming_back_goes_on_at_the_first_open_question(sitter):
    attempt = attempt_of(sitter)
    sitter.post(QUIZ, "domanda", 1, choice=choices(attempt)[0], go="next")
    assert sitter.post(QUIZ, "inizia").url == sitter.url(QUIZ, "domanda", 2)
    assert Attempt.objects.count() == 1


def test_handing_in_twice_is_one_attempt(sitter):
    attempt = answer_all(sitter)
    first, second = hand_in(sitter, attempt), hand_in(sitter, attempt)
    assert first.url == second.url
    assert Attempt.objects.count() == 1


def test_a_failed_quiz_opens_nothing_and_says_what_to_read(sitter):
    attempt = answer_all(sitter, right=False)
    page = sitter.client.get(hand_in(sitter, attempt).url).content.decode()
    attempt.refresh_from_db()
    assert attempt.passed is False
    assert sitter.url(0) in page  # read again
    assert sitter.items[QUIZ].key not in queries.completed_keys(sitter.enrolment)


def test_a_second_try_may_pass_and_the_best_counts(sitter):
    hand_in(sitter, answer_all(sitter, right=False))
    sitter.post(QUIZ, "inizia")
    hand_in(sitter, answer_all(sitter))
    best = attempts.best_attempt(sitter.enrolment, sitter.items[QUIZ].key)
    assert (best.number, best.passed) == (2, True)
    assert attempts.passed_keys(sitter.enrolment) == {sitter.items[QUIZ].key}


def test_no_more_attempts_than_allowed(sitter):
    QuizPage.objects.filter(pk=sitter.items[QUIZ].page_id).update(attempts_allowed=1)
    hand_in(sitter, answer_all(sitter, right=False))
    assert sitter.post(QUIZ, "inizia").status_code == 409
    assert sitter.url(QUIZ, "inizia") not in sitter.get(QUIZ).content.decode()
    assert Attempt.objects.count() == 1


def test_the_questions_stay_as_asked_when_the_quiz_is_rewritten_meanwhile(sitter):
    attempt = answer_all(sitter)
    page = QuizPage.objects.get(pk=sitter.items[QUIZ].page_id)
    asked_revision = attempt.revision_id
    page.pass_percent = 100
    page.questions = [page.questions.all()[0]]
    page.save_revision().publish()
    result = sitter.client.get(hand_in(sitter, attempt).url).content.decode()
    attempt.refresh_from_db()
    assert "La password si dice agli amici." in result
    assert (attempt.score, attempt.max_score, attempt.passed) == (2, 2, True)
    row = queries.progress_of(sitter.enrolment, sitter.items[QUIZ].key)
    assert row.revision_id == attempt.revision_id == asked_revision
    assert sitter.items[QUIZ].revision_id != asked_revision


def test_choices_that_were_never_offered_are_no_answer(sitter):
    sitter.post(QUIZ, "domanda", 1, choice=str(uuid4()), go="next")
    sitter.post(QUIZ, "domanda", 2, choice="<script>", go="next")
    attempt = attempt_of(sitter)
    assert all(answer == [] for answer in attempt.answers.values())
    hand_in(sitter, attempt)
    attempt.refresh_from_db()
    assert attempt.score == 0


def test_two_choices_where_one_is_asked_are_one(sitter):
    attempt = attempt_of(sitter)
    both = [option["key"] for option in attempt.snapshot["questions"][0]["answers"]]
    sitter.client.post(sitter.url(QUIZ, "domanda", 1), {"choice": both, "go": "next"})
    attempt.refresh_from_db()
    assert len(attempt.answers[attempt.snapshot["questions"][0]["key"]]) == 1


def test_an_answer_after_handing_in_changes_nothing(sitter):
    attempt = answer_all(sitter)
    hand_in(sitter, attempt)
    response = sitter.post(QUIZ, "domanda", 1, choice=choices(attempt, False)[0], go="next")
    assert response.url == sitter.url(QUIZ)
    attempt.refresh_from_db()
    assert attempt.score == 2


@pytest.mark.parametrize("number", [0, 3, 999])
def test_a_question_that_is_not_there_is_absent(sitter, number):
    assert sitter.get(QUIZ, "domanda", number).status_code == 404


def test_tampered_and_missing_keys_hand_in_nothing(sitter):
    for key in (uuid4(), "x", ""):
        assert sitter.post(QUIZ, "consegna", key=key).status_code == 404
    assert Attempt.objects.filter(submitted_at=None).count() == 1


def test_another_persons_attempt_is_absent(sitter, world):
    attempt = answer_all(sitter)
    hand_in(sitter, attempt)
    other = make.person("Altra")
    make.enrolment(other, sitter.edition)
    sitter.client.force_login(other)
    assert sitter.get(QUIZ, "esito", attempt.uuid).status_code == 403  # her own quiz is still locked
    for index in (0, 1):
        sitter.finish(index)
    assert sitter.get(QUIZ, "esito", attempt.uuid).status_code == 404
    assert sitter.post(QUIZ, "consegna", key=attempt.uuid).status_code == 404


def test_a_lesson_is_not_a_quiz(sitter):
    assert sitter.post(0, "inizia").status_code == 404
    assert sitter.get(0, "domanda", 1).status_code == 404
    assert sitter.post(QUIZ, "finito").status_code == 400


def test_a_withdrawn_learner_keeps_the_attempt_and_loses_the_page(sitter, world):
    attempt = answer_all(sitter)
    enrolments.withdraw(sitter.enrolment, by=world.here.tutor, at=make.NOW, reason="x")
    assert hand_in(sitter, attempt).status_code == 404
    assert Attempt.objects.filter(pk=attempt.pk).exists()


def test_the_whole_course_ends_well(sitter):
    hand_in(sitter, answer_all(sitter))
    course = queries.course_map(sitter.enrolment)
    assert course.finished
    assert (course.percent, course.next) == (100, None)
    assert sitter.client.get(f"/impara/{sitter.edition.code}/").status_code == 200
