"""What the learner's pages may cost: queries, counted over the whole request."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

BUDGET = {"lesson": 12, "map": 14, "question": 14}


def queries_of(client, address) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    # Savepoints stand for the transaction that a test is already in.
    return [q["sql"] for q in seen if not re.match(r"(RELEASE )?SAVEPOINT|ROLLBACK|BEGIN|COMMIT", q["sql"])]


@pytest.mark.parametrize("page", ["lesson", "map"])
def test_pages_stay_within_their_queries(learner, page):
    address = learner.url(0) if page == "lesson" else f"/impara/{learner.edition.code}/"
    learner.client.get(address)  # what is cached by revision is cached
    seen = queries_of(learner.client, address)
    assert len(seen) <= BUDGET[page], "\n".join(seen)


def test_a_question_stays_within_its_queries(learner):
    learner.finish(0)
    learner.finish(1)
    learner.post(2, "inizia")
    learner.get(2, "domanda", "1")
    seen = queries_of(learner.client, learner.url(2, "domanda", "1"))
    assert len(seen) <= BUDGET["question"], "\n".join(seen)


def test_coming_back_to_a_lesson_stays_within_its_queries(learner, clock):
    """The dear case: the opening is noted and the clock of study goes on."""
    learner.get(0)
    clock.shift(30)
    seen = queries_of(learner.client, learner.url(0))
    assert len(seen) <= BUDGET["lesson"], "\n".join(seen)
