"""The codice fiscale: valid, sealed, found by its hash, shown with a purpose and recorded."""

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.utils import timezone

from lms.audit.models import Entry
from lms.errors import Refused
from lms.people import actions, queries, sealing
from lms.people.models import User
from lms.people.rules import Relation, read_codice_fiscale
from tests import factories as make

CODE = "RSSMRA80A01D508J"
OTHER = "12345678903"


@pytest.fixture
def known(world):
    person = world.here.beneficiary
    actions.set_codice_fiscale(person, CODE, by=None, at=timezone.now())
    person.refresh_from_db()
    return person


@pytest.mark.parametrize("text", [CODE, CODE.lower(), " RSSMRA 80A01 D508J ", OTHER])
def test_good_codes(text):
    assert read_codice_fiscale(text).code == "".join(text.split()).upper()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RSSMRA80A01D508K",
        "RSSMRA80A41D508J",
        "12345678901",
        "00000000000",
        "RSSMRA80A01X999J",
        "x" * 5000,
        "１２３４５６７８９０３",
        "RSSMRA80A01D508",
    ],
)
def test_bad_codes(text):
    with pytest.raises(ValueError):
        read_codice_fiscale(text)


def test_a_provisional_code_says_nothing_of_birth():
    assert read_codice_fiscale(OTHER).provisional
    assert read_codice_fiscale(CODE).birth_date.isoformat() == "1980-01-01"
    assert read_codice_fiscale(CODE).disagrees_with("Mario", "Bianchi", None)
    assert not read_codice_fiscale(CODE).disagrees_with("Mario", "Rossi", None)


def test_it_is_sealed_and_found(known):
    assert CODE.encode() not in bytes(known.codice_fiscale_sealed)
    assert CODE not in known.codice_fiscale_digest
    assert queries.person_by_codice_fiscale("rssmra80a01 d508j") == known
    assert queries.person_by_codice_fiscale(OTHER) is None


def test_one_code_is_one_person(known, world):
    with pytest.raises(Refused, match=r"codice_fiscale_taken"):
        actions.set_codice_fiscale(world.there.beneficiary, CODE, by=None, at=timezone.now())
    with pytest.raises(Refused, match=r"codice_fiscale_taken"):
        actions.create_person(
            by=None,
            first_name="M",
            last_name="R",
            agency=world.there.consortium,
            codice_fiscale=CODE,
            at=timezone.now(),
        )


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("social_worker", CODE),
        ("cpi_operator", CODE),
        ("agency_operator", CODE),
        ("beneficiary", CODE),
        ("trainer", None),
        ("tutor", None),
        ("training_director", None),
        ("consortium_coordinator", None),
        ("inspector", None),
        ("administrator", None),
        ("stranger", None),
    ],
)
def test_who_sees_it(known, world, role, sees):
    def reveal(body):
        return actions.reveal_codice_fiscale(
            known, by=body.people[role], purpose="iscrizione", at=timezone.now()
        )

    before = Entry.objects.filter(verb="read.codice_fiscale").count()
    if sees:
        assert reveal(world.here) == sees
        assert Entry.objects.filter(verb="read.codice_fiscale").count() == before + 1
    else:
        with pytest.raises(Refused, match=r"not_allowed"):
            reveal(world.here)
    with pytest.raises(Refused):
        reveal(world.there)


def test_an_inspector_of_the_class_sees_the_last_four(known, world):
    shown = actions.reveal_codice_fiscale(
        known, by=world.here.inspector, purpose="visita", at=timezone.now(), relation=Relation.CLASS
    )
    assert shown == "•" * 12 + "508J"


def test_a_tutor_by_case_who_is_social_worker_elsewhere_neither_sees_nor_writes_it(known, world):
    tutor = make.person(role="tutor", agency=world.here.training_body)
    make.membership(tutor, "social_worker", world.there.consortium)
    make.case(tutor, known, world.here.training_body)
    with pytest.raises(Refused, match=r"not_allowed"):
        actions.reveal_codice_fiscale(known, by=tutor, purpose="iscrizione", at=timezone.now())
    with pytest.raises(Refused, match=r"not_yours"):
        actions.set_codice_fiscale(known, OTHER, by=tutor, at=timezone.now())


def test_without_a_purpose_it_stays_hidden(known, world):
    with pytest.raises(Refused, match=r"no_purpose"):
        actions.reveal_codice_fiscale(known, by=world.here.social_worker, purpose=" ", at=timezone.now())


def test_the_page_shows_it_once_and_the_person_reads_who_saw_it(client, known, world):
    client.force_login(world.here.social_worker)
    page = client.get(f"/persone/{known.uuid}/")
    assert CODE not in page.text
    page = client.post(f"/persone/{known.uuid}/codice-fiscale/", {"purpose": ""})
    assert page.status_code == 400
    assert CODE not in page.text
    page = client.post(f"/persone/{known.uuid}/codice-fiscale/", {"purpose": "patto di servizio"})
    assert CODE in page.text
    assert "no-store" in page["Cache-Control"]
    client.force_login(known)
    assert "patto di servizio" in client.get("/profilo/accessi/").text
    assert CODE in client.get("/profilo/").text


def test_who_writes_it(world):
    here, at = world.here, timezone.now()
    person = here.beneficiary
    with pytest.raises(Refused, match=r"not_yours"):
        actions.set_codice_fiscale(person, CODE, by=here.trainer, at=at)
    actions.set_codice_fiscale(person, OTHER, by=person, at=at)
    person.refresh_from_db()
    with pytest.raises(Refused, match=r"not_yours"):
        actions.set_codice_fiscale(person, CODE, by=person, at=at)
    actions.set_codice_fiscale(person, CODE, by=here.social_worker, at=at)
    actions.set_codice_fiscale(person, CODE, by=here.social_worker, at=at)
    assert Entry.objects.filter(verb="write.codice_fiscale").count() == 2


def test_keys_are_rotated(known, settings, capsys):
    old, new = settings.FIELD_KEYS[0], Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, old]
    call_command("rotate_field_keys")
    call_command("rotate_field_keys")
    settings.FIELD_KEYS = [new]
    known = User.objects.get(pk=known.pk)
    assert sealing.unseal(known.codice_fiscale_sealed) == CODE
    settings.FIELD_KEYS = [old]
    with pytest.raises(sealing.InvalidToken):
        sealing.unseal(known.codice_fiscale_sealed)
