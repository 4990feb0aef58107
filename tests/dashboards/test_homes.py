"""The home pages: each role sees its own, with the same number of queries for two people and for fifty."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories as make

pytestmark = pytest.mark.usefixtures("on_the_day")

ROLES = [
    ("beneficiary", "home_learner"),
    ("trainer", "home_teaching"),
    ("tutor", "home_teaching"),
    ("training_director", "home_teaching"),
    ("social_worker", "home_care"),
    ("cpi_operator", "home_care"),
    ("agency_operator", "home_care"),
    ("consortium_coordinator", "home_consortium"),
    ("inspector", "home_inspection"),
    ("administrator", "home_administration"),
]


@pytest.fixture
def as_role(world):
    def sign_in(role: str, body=None) -> Client:
        client = Client()
        client.force_login((body or world.here).people[role])
        return client

    return sign_in


@pytest.mark.parametrize(("role", "template"), ROLES)
def test_each_role_has_its_home(role, template, as_role):
    answer = as_role(role).get("/oggi/")
    assert answer.status_code == 200
    assert f"dashboards/{template}.html" in [used.name for used in answer.templates]


def test_a_visitor_is_asked_to_sign_in(db):
    assert Client().get("/oggi/").status_code == 302


@pytest.mark.parametrize(("role", "template"), ROLES)
def test_a_home_takes_at_most_twenty_queries(role, template, as_role, django_assert_max_num_queries):
    client = as_role(role)
    client.get("/oggi/")
    with django_assert_max_num_queries(20):
        client.get("/oggi/")


def test_a_person_with_two_roles_can_change_home(world, as_role):
    make.membership(world.here.trainer, "social_worker", world.here.consortium)
    client = as_role("trainer")
    assert "?home=care" in client.get("/oggi/").content.decode()
    answer = client.get("/oggi/?home=care")
    assert "dashboards/home_care.html" in [used.name for used in answer.templates]


def test_a_home_that_is_not_yours_is_not_shown(as_role):
    answer = as_role("beneficiary").get("/oggi/?home=consortium")
    assert "dashboards/home_learner.html" in [used.name for used in answer.templates]


def add_learners(body, count: int) -> None:
    for number in range(count):
        learner = make.person("Allieva", f"{number:02d}", role="beneficiary", agency=body.consortium)
        make.case(body.social_worker, learner, body.consortium)
        make.enrolment(learner, body.edition, by=body.social_worker)


@pytest.mark.parametrize("address", ["/oggi/", "/oggi/persone/"])
def test_the_list_costs_the_same_for_two_and_for_fifty(world, as_role, address, django_assert_num_queries):
    add_learners(world.here, 1)
    client = as_role("social_worker")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    expected = len(few)
    add_learners(world.here, 48)
    client.get(address)
    with django_assert_num_queries(expected):
        client.get(address)


def test_the_worker_sees_the_people_followed_and_nobody_else(world, as_role):
    page = as_role("social_worker").get("/oggi/persone/").content.decode()
    assert str(world.here.beneficiary) in page
    assert str(world.there.beneficiary) not in page
    assert str(world.here.stranger) not in page


def test_who_needs_a_call_comes_first_with_the_reason(world, as_role):
    page = as_role("social_worker").get("/oggi/").content.decode()
    assert "30" in page  # not seen for thirty days: the edition began then
    assert "needs-call" in page


def test_the_list_is_filtered_and_exported(world, as_role):
    make.case(world.here.social_worker, world.here.stranger, world.here.consortium)
    world.here.stranger.first_name = "=cmd()"
    world.here.stranger.save()
    make.enrolment(world.here.stranger, world.here.edition, by=world.here.social_worker)
    client = as_role("social_worker")
    only = client.get("/oggi/persone/", {"q": "Beneficiary"})
    assert [row.person for row in only.context["page_obj"]] == [world.here.beneficiary]
    export = client.get("/oggi/persone/", {"formato": "csv"})
    text = export.content.decode("utf-8-sig")
    assert export["Content-Type"].startswith("text/csv")
    assert "'=cmd()" in text
    assert len(text.strip().splitlines()) == 3


def test_reading_a_list_is_told_to_each_person_once_a_day(world, as_role):
    from lms.audit import queries as audit

    client = as_role("social_worker")
    client.get("/oggi/persone/")
    client.get("/oggi/persone/")
    told = [entry.verb for entry in audit.entries_about(world.here.beneficiary)]
    assert told.count("read.hours") == 1


@pytest.mark.parametrize("role", ["social_worker", "cpi_operator", "trainer", "tutor"])
def test_the_sheet_of_a_person(role, world, as_role):
    make.session(world.here.edition, world.here.trainer, starts_at=make.NOW + timedelta(days=900))
    answer = as_role(role).get(reverse("dashboards:person", args=[world.here.beneficiary.uuid]))
    assert answer.status_code == 200
    assert world.here.edition.title in answer.content.decode()


@pytest.mark.parametrize("role", ["social_worker", "trainer", "beneficiary", "consortium_coordinator"])
def test_the_sheet_of_somebody_of_another_network_does_not_exist(role, world, as_role):
    answer = as_role(role).get(reverse("dashboards:person", args=[world.there.beneficiary.uuid]))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("trainer", False),
        ("training_director", False),
        ("tutor", True),
        ("social_worker", True),
        ("cpi_operator", True),
    ],
)
@pytest.mark.parametrize("address", ["/oggi/", "/oggi/persone/"])
def test_contacts_are_for_who_may_read_them(role, shown, address, world, as_role):
    """domain.md (d): a trainer reads no contacts; who does is told to the person."""
    from lms.audit import queries as audit

    world.here.beneficiary.phone = "+393335550001"
    world.here.beneficiary.save()
    page = as_role(role).get(address).content.decode()
    assert ("+393335550001" in page) is shown
    verbs = [entry.verb for entry in audit.entries_about(world.here.beneficiary)]
    assert ("read.contacts" in verbs) is shown
