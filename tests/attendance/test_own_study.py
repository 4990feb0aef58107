"""Own study as pages of the register: nothing twice, nothing lost, and the same sum as the hours of the learner."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from courses.queries import outline
from lms.attendance import actions, papers, queries
from lms.errors import Refused
from tests.attendance.conftest import minutes
from tests.attendance.test_papers import text_of
from tests.factories import NOW

DAY = timedelta(days=1)


def study(body, key, start, long, nominal=10):
    """One stretch, with a sign of activity every five minutes."""
    for done in range(0, long + 1, 5):
        at = NOW + minutes(start + min(done, long))
        actions.record_study(body.enrolment, key, 7, nominal, at=at)
    return actions.record_study(body.enrolment, key, 7, nominal, at=NOW + minutes(start + long), closing=True)


@pytest.fixture
def register(world):
    body = world.here
    return actions.open_register(body.edition, by=body.training_director, at=NOW - DAY)


def close(body, register, until, at=NOW + 9 * DAY):
    return actions.close_study_page(register, until=until, by=body.tutor, at=at)


def body_of(page):
    return json.loads(page.entry.content)["body"]


def test_pages_of_own_study_add_up_to_the_hours_of_the_learner(world, register):
    body = world.here
    lesson = outline(body.course).activities[0]
    study(body, lesson.key, 0, 8)
    first = close(body, register, NOW + DAY)
    study(body, lesson.key, 3 * 24 * 60, 8)  # ten minutes nominal in all: two of these eight count
    study(body, other := uuid4(), 4 * 24 * 60, 5)
    second = close(body, register, NOW + 8 * DAY)
    assert (first.number, second.number) == (1, 2)
    rows = [body_of(page)["learners"][0] for page in (first, second)]
    assert [row["minutes"] for row in rows] == [8, 7]
    assert sum(row["minutes"] for row in rows) == queries.minutes_of(body.enrolment).study
    (activity,) = rows[0]["activities"]
    assert (activity["title"], activity["revisions"], activity["nominal_minutes"]) == (lesson.title, [7], 10)
    assert {each["key"] for each in rows[1]["activities"]} == {str(lesson.key), str(other)}
    assert {f.fault.code for f in queries.verify(register).findings} == {"unanchored"}
    words = text_of(papers.register_pdf(register, at=NOW + 9 * DAY)).replace("\n", " ")
    assert "Pagina 2 · FAD asincrona" in words
    assert lesson.title in words


def test_a_stretch_that_goes_on_past_the_page_is_finished_on_the_next(world, register):
    body = world.here
    key = uuid4()
    for at in (0, 5, 10):
        actions.record_study(body.enrolment, key, None, 60, at=NOW + minutes(at))
    first = close(body, register, NOW + minutes(11))
    for at in (15, 20):
        actions.record_study(body.enrolment, key, None, 60, at=NOW + minutes(at))
    assert {f.fault.code for f in queries.verify(register).findings} == {"unanchored"}
    second = close(body, register, NOW + DAY)
    assert [body_of(page)["totals"]["minutes"] for page in (first, second)] == [10, 10]


def test_the_same_end_twice_is_one_page_and_what_makes_no_sense_is_refused(world, register):
    body = world.here
    with pytest.raises(Refused, match=r"study\.empty"):
        close(body, register, NOW)
    study(body, uuid4(), 0, 5)
    page = close(body, register, NOW + DAY)
    assert close(body, register, NOW + DAY) == page
    for until, code in ((NOW, "covered"), (NOW + 10 * DAY, "future")):
        with pytest.raises(Refused, match=f"study.{code}"):
            close(body, register, until)
