"""Every page of this app opens for who may open it."""

import pytest
from django.urls import reverse

from tests import factories as make

pytestmark = pytest.mark.django_db

PASSWORD = "una-prova-lunga"


def page(client, user, name, **kwargs):
    client.force_login(user)
    return client.get(reverse(name, kwargs=kwargs))


@pytest.mark.parametrize(
    "name", ["people:activate", "account_login", "account_signup", "account_reset_password"]
)
def test_doors_open_for_anybody(client, db, name):
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "people:profile",
        "people:profile_change",
        "people:accesses",
        "people:notice",
        "notifications:index",
        "mfa_index",
        "account_logout",
        "account_change_password",
    ],
)
def test_own_pages_open_for_a_beneficiary(client, world, name):
    assert page(client, world.here.beneficiary, name).status_code == 200


def test_second_factor_page_opens_right_after_sign_in(client, world):
    answer = client.post(
        reverse("account_login"), {"login": world.here.beneficiary.username, "password": PASSWORD}
    )
    assert answer.status_code == 302
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


@pytest.mark.parametrize(
    "name",
    ["people:people", "people:create", "people:import", "people:import_template", "people:applications"],
)
def test_desk_opens_for_a_social_worker_and_not_for_a_trainer(client, world, name):
    assert page(client, world.here.social_worker, name).status_code == 200
    assert page(client, world.here.trainer, name).status_code == 404


def test_a_followed_person_opens_and_a_stranger_does_not(client, world):
    here = world.here
    assert page(client, here.social_worker, "people:person", uuid=here.beneficiary.uuid).status_code == 200
    assert page(client, here.social_worker, "people:person", uuid=here.stranger.uuid).status_code == 404
    there = world.there.beneficiary
    assert page(client, here.social_worker, "people:person", uuid=there.uuid).status_code == 404


def test_roles_open_for_an_administrator(client, world):
    here = world.here
    assert page(client, here.administrator, "people:roles").status_code == 200
    assert page(client, here.administrator, "people:roles_of", uuid=here.trainer.uuid).status_code == 200
    assert page(client, here.social_worker, "people:roles").status_code == 404
    assert (
        page(client, here.social_worker, "people:case_assign", uuid=here.beneficiary.uuid).status_code == 200
    )


@pytest.mark.parametrize(
    ("role", "basis", "shown"),
    [
        ("social_worker", "psp", 1),
        ("social_worker", "pais", 4),
        ("cpi_operator", "psp", 4),
        ("cpi_operator", "pais", 1),
        ("agency_operator", "psp", 1),
        ("tutor", "psp", 0),
        ("administrator", "psp", 0),
        ("consortium_coordinator", "psp", 0),
    ],
)
def test_the_measure_is_for_who_works_on_it(client, world, role, basis, shown):
    here = world.here
    make.case(here.tutor, here.beneficiary, here.training_body)
    make.membership(here.beneficiary, "beneficiary", here.training_body)
    here.beneficiary.followed_by.update(basis_of_care=basis)
    client.force_login(here.people[role])
    page = client.get(reverse("people:person", args=[here.beneficiary.uuid]))
    assert len(page.context["card"].cases) == 4
    assert page.text.count("(PSP)" if basis == "psp" else "(PaIS)") == shown
