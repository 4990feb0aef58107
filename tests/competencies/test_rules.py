"""What evidence is enough, and the one text of a record."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.competencies.rules import Evidence, QuizEvidence, canonical, evidence_digest, hours_missing, missing


def evidence(live=0, study=0, planned=600, percent=70, quizzes=()):
    return Evidence(live, study, planned, percent, tuple(quizzes))


@pytest.mark.parametrize(
    ("live", "study", "enough"),
    [(420, 0, True), (419, 0, False), (0, 420, True), (210, 210, True), (0, 0, False), (9000, 0, True)],
)
def test_seventy_percent_of_ten_hours(live, study, enough):
    assert (not hours_missing(evidence(live, study))) is enough


def test_what_is_missing_is_counted_up_to_the_minute():
    (gap,) = hours_missing(evidence(live=419))
    assert (gap.code, gap.minutes) == ("hours", 1)


def test_a_course_with_nothing_planned_proves_nothing():
    assert missing(evidence(live=50, planned=0))[0].code == "nothing_planned"


def test_every_quiz_that_is_not_passed_is_named():
    quizzes = [QuizEvidence("a", "Uno", True, "1", "1", "2026-01-01"), QuizEvidence("b", "Due", False)]
    (gap,) = missing(evidence(live=600, quizzes=quizzes))
    assert gap.names == ("Due",)


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(1, 10_000), st.integers(0, 100))
def test_percent_and_minutes_say_the_same(live, study, planned, percent):
    one = evidence(live, study, planned, percent)
    assert (not hours_missing(one)) == (one.minutes_done * 100 >= planned * percent)
    assert 0 <= one.percent <= 100
    assert one.minutes_done <= planned


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_canonical_text_reads_back_and_is_stable(value):
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@pytest.mark.parametrize("value", [{"a": 1.5}, {"a": [0.1]}, {1: "a"}, {"a": {"b": object()}}])
def test_what_has_no_one_text_is_refused(value):
    with pytest.raises(TypeError):
        canonical(value)


def test_the_digest_of_evidence_follows_every_fact():
    base = evidence(live=600, quizzes=[QuizEvidence("a", "Uno", True, "1", "1", "2026-01-01")])
    others = [
        evidence(live=601, quizzes=base.quizzes),
        evidence(live=600),
        evidence(live=600, quizzes=[QuizEvidence("a", "Uno", False, "1", "1", "2026-01-01")]),
    ]
    assert len({evidence_digest(one) for one in [base, *others]}) == 4
