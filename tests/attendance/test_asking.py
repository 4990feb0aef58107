"""When a class is asked who is there, who was asked, who led it: pure cases."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from lms.attendance import asking
from lms.attendance.rules import Policy, Span

START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
CLASS = UUID(int=7)


def m(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def due(at, policy=None, ends=120):
    return asking.due(policy or Policy(), session=CLASS, started_at=START, ends_at=m(ends), at=m(at))


def test_the_policy_asks_in_the_middle_of_each_hour_and_once():
    assert due(29.9) is None
    first = due(30)
    assert first.announced_at == m(30)
    assert first.opens_at == m(30) + asking.NOTICE
    assert first.deadline - first.opens_at == timedelta(minutes=3)
    assert due(45).key == first.key, "asked late, it is still the same question"
    assert due(60) is None
    assert due(95).key not in {None, first.key}


@pytest.mark.parametrize(("times", "asked"), [(0, 0), (1, 2), (2, 4), (4, 8)])
def test_as_often_as_the_policy_says(times, asked):
    policy = Policy(presence_per_hour=times)
    keys = {found.key for at in range(120) if (found := due(at, policy, ends=200))}
    assert len(keys) == asked


def test_nobody_is_asked_when_the_class_is_about_to_end_or_has_not_begun():
    assert due(30, ends=34) is None
    assert due(30, ends=35) is not None
    assert asking.due(Policy(), session=CLASS, started_at=None, ends_at=m(120), at=m(40)) is None


def test_who_is_asked_and_what_is_said_of_it():
    inside = [Span.of(m(0), m(10)), Span.of(m(20), m(30))]
    assert asking.was_asked(inside, m(9), m(12))
    assert not asking.was_asked(inside, m(10), m(12))
    assert asking.verdict(None, m(12)) == asking.UNANSWERED
    assert asking.verdict(m(12), m(12)) == asking.ANSWERED
    assert asking.verdict(m(12.1), m(12)) == asking.LATE
    assert asking.verdict(m(40), m(12), by_voice=True) == asking.BY_VOICE


def test_who_led_when():
    def led(*handed, start=0, end=120):
        found = asking.led(1, [(m(at), taker) for at, taker in handed], m(start), m(end))
        return [(each.person, each.start, each.end) for each in found]

    assert led() == [(1, m(0), m(120))]
    assert led((40, 2)) == [(1, m(0), m(40)), (2, m(40), m(120))]
    assert led((40, 2), (90, 1)) == [(1, m(0), m(40)), (2, m(40), m(90)), (1, m(90), m(120))]
    assert led((-5, 2)) == [(2, m(0), m(120))], "handed over before it began"
    assert led((130, 2)) == [(1, m(0), m(120))], "handed over after it ended"
    assert led(end=0) == [(1, m(0), m(0))]
