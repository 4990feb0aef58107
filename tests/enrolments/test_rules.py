"""Phases and places: pure."""

from datetime import date, timedelta

import pytest

from lms.enrolments import rules

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.mark.parametrize(
    ("today", "phase"),
    [
        (FIRST - timedelta(days=1), rules.UPCOMING),
        (FIRST, rules.RUNNING),
        (LAST, rules.RUNNING),
        (LAST + timedelta(days=1), rules.ENDED),
    ],
)
def test_first_and_last_day_belong_to_the_edition(today, phase):
    assert rules.phase(FIRST, LAST, today) == phase


@pytest.mark.parametrize(
    ("capacity", "active", "waiting", "status"),
    [
        (2, 1, 0, "active"),
        (2, 2, 0, "waiting"),
        (2, 1, 1, "waiting"),  # nobody passes who waits
        (2, 3, 0, "waiting"),
    ],
)
def test_who_comes_goes_behind_who_waits(capacity, active, waiting, status):
    assert rules.status_on_entry(capacity, active, waiting) == status
