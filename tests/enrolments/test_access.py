"""Who sees which edition, enrolment, class and person: lists and single fetches agree, in both networks."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils import timezone

from lms.enrolments import access, actions, queries
from lms.people.access import has_role
from lms.people.rules import Data, Detail, Relation
from tests import factories as make
from tests.architecture.permission_matrix import ROLES


def everybody(world):
    yield AnonymousUser()
    for body in (world.here, world.there):
        yield from body.people.values()


def found(fetch, *args) -> bool:
    try:
        fetch(*args)
    except Http404:
        return False
    return True


def test_lists_and_single_fetches_agree(world):
    for user in everybody(world):
        for body in (world.here, world.there):
            assert found(access.edition_for, user, body.edition.code) == (
                access.editions_visible_to(user).filter(pk=body.edition.pk).exists()
            )
            assert found(access.enrolment_for, user, body.enrolment.uuid) == (
                access.enrolments_visible_to(user).filter(pk=body.enrolment.pk).exists()
            )
            assert found(access.session_for, user, body.session.uuid) == (
                access.sessions_visible_to(user).filter(pk=body.session.pk).exists()
            )


SEES_THE_ENROLMENT = {
    "beneficiary",
    "trainer",
    "tutor",
    "training_director",
    "social_worker",
    "cpi_operator",
    "agency_operator",
    "consortium_coordinator",
    "inspector",
}
IN_THE_CLASS = {"beneficiary", "trainer", "tutor", "training_director", "inspector"}


@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonymous"])
def test_each_role_in_its_own_network_and_in_the_other(world, role):
    own, other = world.here.people[role], world.there.people[role]
    assert found(access.enrolment_for, own, world.here.enrolment.uuid) == (role in SEES_THE_ENROLMENT)
    assert not found(access.enrolment_for, other, world.here.enrolment.uuid)
    assert found(access.session_for, own, world.here.session.uuid) == (role in IN_THE_CLASS)
    assert not found(access.session_for, other, world.here.session.uuid)
    assert not found(access.edition_for, other, world.here.edition.code)
    assert world.here.beneficiary not in access.people_visible_to(other)


def test_an_inspector_sees_until_the_stated_moment(world):
    task = world.here.edition.staff.get(role="inspector")
    assert found(access.edition_for, world.here.inspector, world.here.edition.code)
    task.expires_at = timezone.now() - timedelta(minutes=1)
    task.save()
    for fetch, what in (
        (access.edition_for, world.here.edition.code),
        (access.enrolment_for, world.here.enrolment.uuid),
        (access.session_for, world.here.session.uuid),
    ):
        assert not found(fetch, world.here.inspector, what)


def test_a_task_ends_with_the_task_and_with_the_role(world):
    world.here.edition.staff.filter(role="tutor").update(ended_at=timezone.now())
    assert not found(access.edition_for, world.here.tutor, world.here.edition.code)
    trainer = type(world.here.trainer).objects.get(pk=world.here.trainer.pk)
    trainer.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert not found(access.edition_for, trainer, world.here.edition.code)


def test_a_role_in_the_other_network_keeps_no_task(world):
    for body, other in ((world.here, world.there), (world.there, world.here)):
        make.membership(body.tutor, "tutor", other.training_body)
        assert access.runs(body.tutor, body.edition)
        body.tutor.memberships.filter(agency=body.training_body).delete()
        tutor = type(body.tutor).objects.get(pk=body.tutor.pk)
        assert has_role(tutor, "tutor")
        assert not access.runs(tutor, body.edition)
        assert body.edition not in access.editions_with_task(tutor, "tutor")
        assert not found(access.edition_for, tutor, body.edition.code)
        assert not found(access.enrolment_for, tutor, body.enrolment.uuid)
        assert access.relation(tutor, body.beneficiary) is Relation.NONE


def test_a_role_in_another_body_of_the_same_network_keeps_the_task(world):
    for body in (world.here, world.there):
        body.tutor.memberships.update(agency=body.consortium)
        tutor = type(body.tutor).objects.get(pk=body.tutor.pk)
        assert access.runs(tutor, body.edition)


def test_the_trainer_of_a_class_loses_it_with_the_task(world):
    here = world.here
    assert found(access.session_for, here.trainer, here.session.uuid)
    task = here.edition.staff.get(role="trainer")
    actions.end_staff(task, by=here.training_director, at=timezone.now())
    assert here.session.trainer == here.trainer
    assert not found(access.session_for, here.trainer, here.session.uuid)
    assert here.session not in access.sessions_visible_to(here.trainer)


@pytest.mark.parametrize("name", ["trainer", "tutor"])
def test_the_calendar_and_the_day_hold_no_class_of_an_ended_task(world, name):
    def timetables(person):
        return (
            queries.calendar_classes(person, make.NOW),
            queries.classes_of_staff(person, make.TODAY, at=make.NOW),
        )

    for body in (world.here, world.there):
        assert timetables(body.people[name]) == ([body.session], [body.session])
        task = body.edition.staff.get(role=name)
        actions.end_staff(task, by=body.training_director, at=make.NOW)
        assert timetables(body.people[name]) == ([], [])


def test_a_case_that_ended_shows_nothing_more(world):
    worker = world.here.social_worker
    worker.cases.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert not found(access.enrolment_for, worker, world.here.enrolment.uuid)


def test_an_ended_case_lends_no_role_to_the_one_that_is_open(world):
    for body in (world.here, world.there):
        worker = body.social_worker
        make.membership(worker, "agency_operator", body.employment_agency)
        second = make.case(worker, body.beneficiary, body.employment_agency)
        worker = type(worker).objects.get(pk=worker.pk)
        assert access.standing(worker, body.beneficiary)[Relation.CASE] == {
            "social_worker",
            "agency_operator",
        }
        worker.cases.exclude(pk=second.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
        assert access.standing(worker, body.beneficiary)[Relation.CASE] == {"agency_operator"}
        second.delete()
        assert Relation.CASE not in access.standing(worker, body.beneficiary)


def test_who_withdrew_is_not_in_the_class(world):
    actions.withdraw(world.here.enrolment, by=world.here.beneficiary, at=make.NOW, reason="")
    assert not found(access.session_for, world.here.beneficiary, world.here.session.uuid)
    assert not found(access.enrolment_in, world.here.beneficiary, world.here.edition.code)


@pytest.mark.parametrize(
    ("role", "relation"),
    [
        ("beneficiary", Relation.OWN),
        ("social_worker", Relation.CASE),
        ("tutor", Relation.CLASS),
        ("training_director", Relation.CLASS),
        ("consortium_coordinator", Relation.AGENCY),
        ("administrator", Relation.AGENCY),
        ("stranger", Relation.NONE),
    ],
)
def test_relations(world, role, relation):
    assert access.relation(world.here.people[role], world.here.beneficiary) == relation
    assert access.relation(world.there.people[role], world.here.beneficiary) == Relation.NONE


def test_may_follows_the_matrix_by_the_way_in_which_one_stands(world):
    person = world.here.beneficiary
    assert access.may(world.here.social_worker, person, Data.SOCIAL_NOTES)
    assert access.may(world.here.social_worker, person, Data.HOURS).logged
    assert not access.may(world.here.tutor, person, Data.SOCIAL_NOTES)
    assert access.may(world.here.trainer, person, Data.JUSTIFICATION).detail is Detail.YES_NO
    assert not access.may(world.there.social_worker, person, Data.NAME)


def test_a_social_worker_who_also_trains_reads_no_other_case_as_a_worker(world):
    worker = world.there.social_worker
    make.membership(worker, "trainer", world.here.training_body)
    make.staff(world.here.edition, worker, "trainer")
    worker = type(worker).objects.get(pk=worker.pk)
    assert access.may(worker, world.here.beneficiary, Data.HOURS)
    assert not access.may(worker, world.here.beneficiary, Data.MEASURE)


def test_a_tampered_uuid_is_absent(world):
    for wrong in ("", "x", "00000000-0000-0000-0000-000000000000", "1 OR 1=1"):
        assert not found(access.enrolment_for, world.here.tutor, wrong)


def test_a_calendar_secret_is_signed_and_revocable(world):
    feed = actions.make_feed(world.here.beneficiary, at=make.NOW)
    token = access.feed_token(feed)
    assert access.feed_for(token) == feed
    assert not found(access.feed_for, str(feed.uuid))
    assert not found(access.feed_for, token[:-1] + ("a" if token[-1] != "a" else "b"))
    actions.revoke_feed(world.here.beneficiary, at=make.NOW)
    assert not found(access.feed_for, token)
