"""The last four characters of a codice fiscale, for an inspector who asks with a reason."""

import pytest
from django.test import Client
from django.urls import reverse

from lms.attendance import actions
from lms.audit.models import Entry
from lms.people.actions import set_codice_fiscale
from tests.factories import NOW

CODE = "RSSMRA80A01D508J"


@pytest.fixture
def held(world, pages, clock):
    """Classes that were held, on closed pages; the code of their learner is known."""
    set_codice_fiscale(world.here.beneficiary, CODE, by=world.here.social_worker, at=NOW)
    return world.here, reverse("attendance:identity", args=[pages[0].register.code])


def asked(user, url, **said) -> str:
    client = Client()
    client.force_login(user)
    answer = client.post(url, said) if said else client.get(url)
    assert answer.status_code in (200, 422), answer.status_code
    return answer.content.decode()


def test_an_inspector_sees_the_last_four_once_and_the_person_reads_why(held):
    body, url = held
    assert CODE[-4:] not in asked(body.inspector, url)
    page = asked(body.inspector, url, person=body.beneficiary.uuid, purpose="Confronto con la carta")
    assert CODE[-4:] in page
    assert CODE[:12] not in page
    assert CODE not in page
    entry = Entry.objects.get(verb="read.codice_fiscale")
    assert (entry.actor, entry.subject, entry.purpose) == (
        body.inspector,
        body.beneficiary,
        "Confronto con la carta",
    )


def test_without_a_reason_or_for_a_stranger_nothing_is_shown(held):
    body, url = held
    for person, purpose in ((body.beneficiary, ""), (body.stranger, "Confronto con la carta")):
        assert CODE[-4:] not in asked(body.inspector, url, person=person.uuid, purpose=purpose)
    assert not Entry.objects.filter(verb="read.codice_fiscale").exists()


def test_a_pass_of_one_class_is_not_enough(held):
    body, url = held
    given, _secret = actions.make_pass(
        body.session, name="Ada Ispettrice", office="Regione", by=body.training_director, at=NOW
    )
    client = Client()
    client.force_login(given.person)
    assert client.get(url).status_code == 404
