"""The order of a course and the minimum time: pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.progress import rules

AT = datetime(2026, 11, 24, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("completed", "states"),
    [
        ("", ["here", "locked", "locked"]),
        ("a", ["done", "here", "locked"]),
        ("b", ["here", "done", "locked"]),  # done in an order that has changed since: it stays open
        ("ac", ["done", "here", "done"]),
        ("abc", ["done", "done", "done"]),
    ],
)
def test_steps_open_in_order_and_stay_open(completed, states):
    assert rules.states("abc", set(completed)) == states


def test_before_the_course_begins_everything_waits():
    assert rules.states("ab", {"a"}, open_now=False) == ["done", "locked"]


@given(st.lists(st.integers(), unique=True), st.sets(st.integers()))
def test_there_is_at_most_one_place_where_one_is(keys, completed):
    found = rules.states(keys, completed)
    assert found.count("here") == (0 if set(keys) <= completed else 1)
    assert found.count("done") == len(set(keys) & completed)


@pytest.mark.parametrize(("done", "total", "percent"), [(0, 0, 0), (2, 3, 66), (3, 3, 100), (199, 200, 99)])
def test_a_hundred_is_said_only_of_the_whole(done, total, percent):
    assert rules.percent(done, total) == percent


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 3), (61, 2), (121, 1), (179, 1), (180, 0), (999, 0)])
def test_minutes_to_wait_are_never_said_as_none_while_some_are_left(seconds, minutes):
    wait = rules.wait_before_finishing(AT, 3, AT + timedelta(seconds=seconds))
    assert rules.whole_minutes(wait) == minutes
