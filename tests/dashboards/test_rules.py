"""Who needs a call."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.dashboards.rules import ABSENT_IN_A_ROW, QUIET_DAYS, Facts, reason_to_call

TODAY = date(2026, 11, 24)


def facts(**given) -> Facts:
    defaults = {
        "today": TODAY,
        "starts_on": TODAY - timedelta(days=30),
        "ends_on": TODAY + timedelta(days=29),
        "absent_in_a_row": 0,
        "last_sign": TODAY,
        "percent_done": 60,
    }
    return Facts(**(defaults | given))


@pytest.mark.parametrize(
    ("given", "code", "number"),
    [
        ({}, None, None),
        ({"absent_in_a_row": ABSENT_IN_A_ROW - 1}, None, None),
        ({"absent_in_a_row": ABSENT_IN_A_ROW}, "absent", ABSENT_IN_A_ROW),
        ({"last_sign": TODAY - timedelta(days=QUIET_DAYS - 1)}, None, None),
        ({"last_sign": TODAY - timedelta(days=QUIET_DAYS)}, "quiet", QUIET_DAYS),
        ({"last_sign": None}, "quiet", 30),
        ({"percent_done": 10}, "behind", 42),
        # one reason only: the most pressing
        ({"absent_in_a_row": 3, "last_sign": None, "percent_done": 0}, "absent", 3),
        # not begun, and over: nobody is called
        ({"starts_on": TODAY + timedelta(days=1), "last_sign": None}, None, None),
        ({"ends_on": TODAY - timedelta(days=1), "absent_in_a_row": 5}, None, None),
    ],
)
def test_reason(given, code, number):
    reason = reason_to_call(facts(**given))
    assert (reason.code, reason.number) == (code, number) if code else reason is None


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 100))
def test_elapsed_stays_a_percentage(before, after, done):
    known = facts(
        starts_on=TODAY - timedelta(days=before), ends_on=TODAY + timedelta(days=after), percent_done=done
    )
    assert 0 <= known.percent_elapsed <= 100
    assert known.days_quiet >= 0


def test_more_absences_weigh_more():
    assert reason_to_call(facts(absent_in_a_row=5)).weight > reason_to_call(facts(absent_in_a_row=2)).weight
