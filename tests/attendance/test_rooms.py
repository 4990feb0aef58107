"""Signing in and out in the room: it counts like a connection, once, and never without a signing out."""

from datetime import timedelta

import pytest

from lms.attendance import actions, papers, queries
from lms.attendance.models import RoomStay
from lms.errors import Refused
from tests import factories as make
from tests.attendance.conftest import attend, minutes
from tests.attendance.test_papers import text_of
from tests.factories import NOW


@pytest.fixture
def body(world):
    body = world.here
    body.session.mode = "mixed"
    body.session.save()
    actions.start_class(body.session, by=body.trainer, at=NOW)
    return body


def sign(body, start, end=None, means="qr"):
    actions.sign_in_room(body.session, body.enrolment, means=means, at=NOW + minutes(start))
    if end is not None:
        actions.sign_out_of_room(body.session, body.enrolment, means=means, at=NOW + minutes(end))


def credited(body):
    (line,) = queries.sheet_of(body.session).lines
    return line.minutes


def finish(body, at=120):
    page = actions.end_class(body.session, by=body.trainer, at=NOW + minutes(at))
    return actions.close_page(page, by=body.trainer, at=NOW + minutes(at + 5))


def test_in_the_room_and_online_at_once_counts_once(body):
    sign(body, 0, 60)
    attend(body.session, body.beneficiary, (30, 90))
    page = finish(body)
    assert credited(body) == 90
    words = text_of(papers.class_pdf(body.session, at=NOW)).replace("\n", " ")
    assert "(codice" in words
    assert {f.fault.code for f in queries.verify(page.register).findings} == {"unanchored"}


def test_signing_in_twice_is_once_and_without_a_signing_out_nothing_counts(body):
    sign(body, 0)
    sign(body, 10)
    assert RoomStay.objects.count() == 1
    finish(body)
    assert credited(body) == 0


def test_the_trainer_says_who_was_there_until_the_end(body):
    sign(body, 0, means="tablet")
    actions.end_class(body.session, by=body.trainer, at=NOW + minutes(118))
    late = NOW + minutes(300)
    assert actions.note_until_end(body.session, stayed=[body.enrolment.pk], by=body.trainer, at=late) == 1
    assert actions.note_until_end(body.session, stayed=[body.enrolment.pk], by=body.trainer, at=late) == 0
    finish(body)
    assert credited(body) == 118


def test_a_roll_call_lets_in_who_is_there_and_out_who_is_not(body):
    other = make.enrolment(make.person("Altra", role="beneficiary", agency=body.consortium), body.edition)
    sign(body, 0)
    assert actions.note_room(body.session, present=[other.pk], by=body.trainer, at=NOW + minutes(30)) == 2
    assert actions.note_room(body.session, present=[other.pk], by=body.trainer, at=NOW + minutes(31)) == 0
    actions.note_room(body.session, present=[], by=body.trainer, at=NOW + minutes(50))
    finish(body)
    assert sorted(line.minutes for line in queries.sheet_of(body.session).lines) == [20, 30]


def test_only_who_is_expected_signs_and_only_while_the_class_is_on(body, world):
    with pytest.raises(Refused, match="not_enrolled"):
        actions.sign_in_room(body.session, world.there.enrolment, means="qr", at=NOW)
    actions.end_class(body.session, by=body.trainer, at=NOW + minutes(60))
    with pytest.raises(Refused, match=r"class\.over"):
        sign(body, 61)
    later = make.session(body.edition, body.trainer, starts_at=NOW + timedelta(days=1))
    with pytest.raises(Refused, match="not_started"):
        actions.sign_in_room(later, body.enrolment, means="qr", at=NOW)
