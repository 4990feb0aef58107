"""Answers in the one form that is stored, and attempts that are left."""

import pytest

from lms.assessments import rules

ONE = {"key": "q1", "kind": "one", "answers": [{"key": "a"}, {"key": "b"}]}
SEVERAL = {"key": "q2", "kind": "several", "answers": [{"key": "a"}, {"key": "b"}, {"key": "c"}]}
TEXT = {"key": "q3", "kind": "short_text", "answers": [{"key": "x"}]}
SNAPSHOT = {"questions": [ONE, SEVERAL, TEXT]}


@pytest.mark.parametrize(
    ("question", "given", "kept"),
    [
        (ONE, "a", ["a"]),
        (ONE, ["b", "a"], ["a"]),
        (ONE, ["zz"], []),
        (ONE, None, []),
        (SEVERAL, ["c", "a", "zz", "a"], ["a", "c"]),
        (TEXT, "  Il   telefono\x00 ", "Il telefono"),
        (TEXT, None, ""),
        (TEXT, "x" * 1000, "x" * 300),
        (TEXT, ["due", "parole"], "due parole"),
    ],
)
def test_only_what_was_offered_is_kept(question, given, kept):
    assert rules.clean_answer(question, given) == kept


def test_questions_that_were_not_asked_are_dropped():
    assert rules.clean_answers(SNAPSHOT, {"q1": "a", "zz": "a"}) == {"q1": ["a"]}


def test_unanswered_questions_are_numbered_from_one():
    assert rules.unanswered(SNAPSHOT, {"q1": ["a"], "q2": [], "q3": ""}) == [2, 3]


@pytest.mark.parametrize(("allowed", "used", "left"), [(0, 99, None), (3, 0, 3), (3, 3, 0), (3, 5, 0)])
def test_attempts_left(allowed, used, left):
    assert rules.attempts_left(allowed, used) == left
