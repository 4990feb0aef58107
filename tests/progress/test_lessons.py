"""Reading lessons over HTTP, with scripts off."""

from datetime import timedelta

import pytest

from courses.models import LessonPage
from lms.attendance.queries import minutes_of
from lms.enrolments import actions as enrolments
from lms.progress import queries
from tests.factories import NOW


def test_who_has_one_course_goes_straight_to_it(learner):
    response = learner.client.get("/impara/")
    assert response.status_code == 302
    assert response.url == f"/impara/{learner.edition.code}/"


def test_the_map_says_where_one_is_and_why_the_rest_waits(learner):
    page = learner.client.get(f"/impara/{learner.edition.code}/").content.decode()
    assert 'aria-current="step"' in page
    assert "Lezione 1" in page
    assert learner.url(0) in page
    assert learner.url(1) not in page  # locked: a name, not a link


def test_a_lesson_is_read_finished_and_followed_at_once_by_the_next(learner):
    page = learner.get(0)
    assert "Un testo breve." in page.content.decode()
    response = learner.post(0, "finito")
    assert response.status_code == 302
    assert response.url == learner.url(1)
    assert learner.get(1).status_code == 200
    assert learner.items[0].key in queries.completed_keys(learner.enrolment)


def test_a_locked_lesson_says_which_one_comes_first(learner):
    for path in ((), ("finito",), ("tempo",)):
        send = learner.get if not path else learner.post
        response = send(1, *path)
        assert response.status_code == 403
        assert "Lezione 1" in response.content.decode()
    assert not queries.completed_keys(learner.enrolment)


@pytest.fixture
def slow_lesson(learner):
    page = LessonPage.objects.get(title="Lezione 1", slug="lezione-1", pk=learner.items[0].page_id)
    page.minimum_minutes = 3
    page.save_revision().publish()
    return page


def test_ho_finito_too_early_is_a_kind_sentence_on_the_same_page(learner, slow_lesson, clock):
    learner.get(0)
    clock.shift(timedelta(seconds=61))
    response = learner.post(0, "finito")
    assert response.status_code == 409
    assert "Un testo breve." in response.content.decode()
    assert "2" in response.content.decode()
    assert not queries.completed_keys(learner.enrolment)
    clock.shift(timedelta(seconds=120))
    assert learner.post(0, "finito").status_code == 302
    assert queries.completed_keys(learner.enrolment) == {learner.items[0].key}


def test_ho_finito_twice_is_finished_once(learner, clock):
    learner.finish(0)
    first = queries.progress_of(learner.enrolment, learner.items[0].key)
    clock.shift(timedelta(minutes=5))
    assert learner.post(0, "finito").status_code == 302
    assert queries.progress_of(learner.enrolment, learner.items[0].key) == first
    assert first.completed_at == NOW


def test_finishing_what_was_never_opened_is_refused(learner):
    assert learner.post(0, "finito").status_code == 409


def test_other_people_and_wrong_keys_find_nothing(learner, world, client):
    nowhere = f"/impara/{learner.edition.code}/00000000-0000-0000-0000-000000000000/"
    assert client.get(nowhere).status_code == 404
    assert client.get(f"/impara/{world.there.edition.code}/").status_code == 404
    other = f"/impara/{learner.edition.code}/{world.there.course.translation_key}/"
    assert client.get(other).status_code == 404
    for person in (world.here.stranger, world.there.beneficiary, world.here.tutor, world.here.administrator):
        client.force_login(person)
        assert client.get(learner.url(0)).status_code == 404
        assert client.get(f"/impara/{learner.edition.code}/").status_code == 404


def test_who_withdrew_finds_nothing(learner, world):
    enrolments.withdraw(learner.enrolment, by=world.here.tutor, at=NOW, reason="x")
    assert learner.get(0).status_code == 404
    assert learner.post(0, "finito").status_code == 404


def test_before_the_first_day_nothing_opens(learner):
    learner.edition.starts_on = NOW.date() + timedelta(days=2)
    learner.edition.save()
    response = learner.get(0)
    assert response.status_code == 403
    assert "26 novembre 2026" in response.content.decode()


def test_after_the_last_day_one_reads_and_nothing_counts(learner, clock):
    clock.shift(timedelta(days=60))
    learner.client.force_login(learner.person)
    assert learner.get(0).status_code == 200
    assert learner.post(0, "finito").status_code == 409
    assert not queries.completed_keys(learner.enrolment)
    assert minutes_of(learner.enrolment).study == 0


def test_study_time_without_script_runs_from_opening_to_the_press(learner, clock):
    learner.get(0)
    clock.shift(timedelta(minutes=6))
    learner.post(0, "finito")
    assert minutes_of(learner.enrolment).study == 6


def test_study_time_never_passes_the_nominal_time(learner, clock):
    learner.get(0)
    for _minute in range(40):
        clock.shift(timedelta(minutes=1))
        learner.post(0, "tempo", position="3")
    assert minutes_of(learner.enrolment).study == learner.items[0].nominal_minutes
    assert queries.progress_of(learner.enrolment, learner.items[0].key).position == 3


def test_a_heartbeat_with_nonsense_is_still_a_heartbeat(learner):
    learner.get(0)
    for position in ("-1", "zz", "99999999999999999999", ""):
        assert learner.post(0, "tempo", position=position).status_code == 204


def test_progress_survives_a_rewritten_lesson(learner):
    learner.finish(0)
    page = LessonPage.objects.get(pk=learner.items[0].page_id)
    page.body = [("text", "<p>Riscritta.</p>")]
    page.save_revision().publish()
    assert learner.items[0].key in queries.completed_keys(learner.enrolment)
    assert "Riscritta." in learner.get(0).content.decode()


def test_a_course_with_two_editions_keeps_them_apart(learner, world):
    learner.finish(0)
    assert queries.percent_done([learner.enrolment.pk]) == {learner.enrolment.pk: 33}
    assert queries.percent_done([world.there.enrolment.pk]) == {world.there.enrolment.pk: 0}


def test_anonymous_people_are_sent_to_the_door(learner):
    learner.client.logout()
    for address in ("/impara/", learner.url(0), f"/impara/{learner.edition.code}/"):
        response = learner.client.get(address)
        assert response.status_code == 302
        assert response.url.startswith("/accedi/")
