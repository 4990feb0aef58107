"""Asking for a place, waiting for it, giving it back."""

from datetime import timedelta

import pytest

from lms.audit.queries import entries_about
from lms.enrolments import actions
from lms.errors import Refused
from tests import factories as make
from tests.factories import NOW


@pytest.fixture
def small(world):
    """An edition of two places, of the network here, with its tutor."""
    edition = make.edition(world.here.course, world.here.training_body, capacity=2)
    make.staff(edition, world.here.tutor, "tutor")
    return edition


def learner(n: int = 0):
    return make.person(f"Allieva{n}")


def refer(world, person, edition, at=NOW):
    make.case(world.here.social_worker, person, world.here.consortium)
    return actions.refer(person, edition, by=world.here.social_worker, agency=world.here.consortium, at=at)


def test_a_referral_takes_a_free_place_and_then_waits(world, small):
    taken = [refer(world, learner(n), small, NOW + timedelta(minutes=n)) for n in range(4)]
    assert [e.status for e in taken] == ["active", "active", "waiting", "waiting"]
    assert taken[0].active_from == NOW


def test_the_waiting_list_moves_in_order(world, small):
    first, _second, third, fourth = (
        refer(world, learner(n), small, NOW + timedelta(minutes=n)) for n in range(4)
    )
    actions.withdraw(first, by=world.here.tutor, at=NOW + timedelta(hours=1), reason="Ha trovato lavoro")
    third.refresh_from_db()
    fourth.refresh_from_db()
    assert (third.status, fourth.status) == ("active", "waiting")
    assert third.active_from == NOW + timedelta(hours=1)
    assert third.person.notifications.filter(subject__contains=small.title).exists()


def test_more_places_promote_who_waits(world, small):
    people = [refer(world, learner(n), small, NOW + timedelta(minutes=n)) for n in range(4)]
    actions.update_edition(small, by=world.here.tutor, at=NOW, capacity=3)
    for person in people:
        person.refresh_from_db()
    assert [e.status for e in people] == ["active", "active", "active", "waiting"]


def test_places_cannot_fall_below_the_people_in(world, small):
    for n in range(2):
        refer(world, learner(n), small)
    with pytest.raises(Refused, match=r"edition\.too_small"):
        actions.update_edition(small, by=world.here.tutor, at=NOW, capacity=1)


def test_who_follows_nobody_refers_nobody(world, small):
    with pytest.raises(Refused, match=r"referral\.not_followed"):
        actions.refer(
            world.here.stranger, small, by=world.here.social_worker, agency=world.here.consortium, at=NOW
        )
    with pytest.raises(Refused, match=r"referral\.not_followed"):  # not for another body's account
        actions.refer(
            world.here.beneficiary, small, by=world.here.social_worker, agency=world.there.consortium, at=NOW
        )


def test_a_referral_twice_is_one_enrolment(world, small):
    person = learner()
    first = refer(world, person, small)
    again = actions.refer(person, small, by=world.here.social_worker, agency=world.here.consortium, at=NOW)
    assert again == first


def test_an_application_waits_for_a_decision(world, small):
    asked = actions.apply(world.here.stranger, small, message="Vorrei imparare", at=NOW)
    assert asked.status == "applied"
    assert actions.apply(world.here.stranger, small, message="", at=NOW) == asked
    approved = actions.approve(asked, by=world.here.tutor, at=NOW)
    assert (approved.status, approved.decided_by) == ("active", world.here.tutor)
    assert actions.approve(approved, by=world.here.tutor, at=NOW).decided_at == NOW
    with pytest.raises(Refused, match=r"enrolment\.decided"):
        actions.reject(approved, by=world.here.tutor, at=NOW, reason="Tardi")


def test_closed_applications_are_refused(world, small):
    small.applications_open = False
    small.save()
    with pytest.raises(Refused, match=r"application\.closed"):
        actions.apply(world.here.stranger, small, at=NOW)


@pytest.mark.parametrize("role", ["trainer", "social_worker", "inspector", "consortium_coordinator"])
def test_only_tutor_and_director_decide(world, role):
    asked = actions.apply(world.here.stranger, world.here.edition, at=NOW)
    with pytest.raises(Refused, match=r"edition\.not_yours"):
        actions.approve(asked, by=getattr(world.here, role), at=NOW)


def test_the_other_body_does_not_decide(world):
    asked = actions.apply(world.here.stranger, world.here.edition, at=NOW)
    for role in ("tutor", "training_director"):
        with pytest.raises(Refused, match=r"edition\.not_yours"):
            actions.approve(asked, by=getattr(world.there, role), at=NOW)


def test_a_rejected_person_may_ask_again(world, small):
    asked = actions.apply(world.here.stranger, small, at=NOW)
    actions.reject(asked, by=world.here.tutor, at=NOW, reason="Manca un documento")
    again = actions.apply(world.here.stranger, small, at=NOW + timedelta(days=1))
    assert again.pk != asked.pk
    assert again.status == "applied"


def test_after_the_end_nothing_changes(world, small):
    enrolment = refer(world, learner(), small)
    late = NOW + timedelta(days=60)
    for act in (
        lambda: actions.withdraw(enrolment, by=world.here.tutor, at=late, reason="x"),
        lambda: actions.apply(world.here.stranger, small, at=late),
        lambda: actions.update_edition(small, by=world.here.tutor, at=late, capacity=9),
    ):
        with pytest.raises(Refused, match=r"edition\.ended"):
            act()


def test_the_last_day_still_counts(world, small):
    last_evening = NOW.replace(day=24, hour=23, minute=30) + timedelta(days=30)
    assert actions.apply(world.here.stranger, small, at=last_evening).status == "applied"


def test_withdrawal_by_the_person_and_twice(world):
    enrolment = world.here.enrolment
    gone = actions.withdraw(enrolment, by=world.here.beneficiary, at=NOW, reason="Non riesco")
    assert gone.status == "withdrawn"
    assert actions.withdraw(gone, by=world.here.beneficiary, at=NOW, reason="").reason == "Non riesco"


def test_a_stranger_cannot_withdraw_somebody(world):
    for by in (world.there.social_worker, world.there.tutor, world.here.stranger, world.here.trainer):
        with pytest.raises(Refused, match=r"edition\.not_yours"):
            actions.withdraw(world.here.enrolment, by=by, at=NOW, reason="x")


def test_every_change_leaves_an_audit_entry(world, small):
    person = learner()
    enrolment = refer(world, person, small)
    actions.withdraw(enrolment, by=world.here.tutor, at=NOW, reason="x")
    found = [entry.purpose for entry in entries_about(person)]
    assert {"referral", "withdraw"} <= set(found)
