"""Many hands on the same last place: the capacity holds, and nobody is lost."""

from datetime import timedelta
from functools import partial

import pytest

from lms.enrolments import actions
from lms.enrolments.models import Enrolment
from lms.errors import Refused
from tests import factories as make
from tests.factories import NOW
from tests.threads import at_once

pytestmark = pytest.mark.services


@pytest.fixture
def small(committed_world):
    here = committed_world.here
    edition = make.edition(here.course, here.training_body, capacity=3)
    make.staff(edition, here.tutor, "tutor")
    return committed_world, edition


def statuses(edition) -> list[str]:
    return sorted(Enrolment.objects.filter(edition=edition).values_list("status", flat=True))


def followed(world, number):
    person = make.person(f"Allieva{number}")
    make.case(world.here.social_worker, person, world.here.consortium)
    return person


def test_eight_referrals_for_three_places(small):
    world, edition = small
    people = [followed(world, number) for number in range(8)]
    send = partial(actions.refer, by=world.here.social_worker, agency=world.here.consortium, at=NOW)
    results = at_once([partial(send, person, edition) for person in people])
    assert not [result for result in results if isinstance(result, BaseException)], results
    assert statuses(edition) == ["active"] * 3 + ["waiting"] * 5


def test_the_same_person_referred_twice_at_once_is_in_once(small):
    world, edition = small
    person = followed(world, 1)
    send = partial(actions.refer, by=world.here.social_worker, agency=world.here.consortium, at=NOW)
    results = at_once([partial(send, person, edition) for _ in range(4)])
    assert len({getattr(result, "pk", result) for result in results}) == 1
    assert statuses(edition) == ["active"]


def test_places_given_back_at_once_go_to_the_first_in_the_queue(small):
    world, edition = small
    enrolments = [
        actions.refer(
            followed(world, number),
            edition,
            by=world.here.social_worker,
            agency=world.here.consortium,
            at=NOW + timedelta(minutes=number),
        )
        for number in range(7)
    ]
    leave = partial(actions.withdraw, by=world.here.tutor, at=NOW + timedelta(hours=1), reason="x")
    results = at_once([partial(leave, enrolment) for enrolment in enrolments[:3]])
    assert not [result for result in results if isinstance(result, BaseException)], results
    for enrolment in enrolments:
        enrolment.refresh_from_db()
    assert [enrolment.status for enrolment in enrolments] == ["withdrawn"] * 3 + ["active"] * 3 + ["waiting"]


def test_two_tutors_deciding_at_once_decide_one_thing(small):
    world, edition = small
    asked = actions.apply(world.here.stranger, edition, at=NOW)
    accept = partial(actions.approve, asked, by=world.here.tutor, at=NOW)
    refuse = partial(actions.reject, asked, by=world.here.tutor, at=NOW, reason="x")
    results = at_once([accept, refuse])
    refused = [result for result in results if isinstance(result, Refused)]
    assert len(refused) == 1
    asked.refresh_from_db()
    assert asked.status in ("active", "rejected")
