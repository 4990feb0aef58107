"""What a stranger may try with the pages for anybody: files, numbers, links."""

import html
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.competencies import actions, queries
from lms.competencies.credentials import did
from lms.competencies.credentials.reading import read
from lms.competencies.models import Form
from tests import factories as make
from tests.competencies import build

VERIFY = "/verifica/"


@pytest.fixture
def record(world):
    return build.award(world.here, at=timezone.now() - timedelta(hours=1))


def send(data: bytes):
    return Client().post(VERIFY, {"file": SimpleUploadedFile("attestato", data)})


def altered(record, change) -> bytes:
    document = json.loads(bytes(actions.give_out(record, Form.JSON, at=timezone.now()).content))
    change(document)
    return json.dumps(document).encode()


def named(name):
    def change(document):
        document["issuer"] = {"id": "did:web:elsewhere.example", "type": ["Profile"], "name": name}
        document["proof"]["verificationMethod"] = "did:web:elsewhere.example#key"

    return change


@pytest.mark.parametrize(
    "name",
    [
        "\ud800",
        "a\ud800\udfff\0b",
        "<script>alert(1)</script>",
        "x" * 100_000,
        {"it": "Ente"},
        ["Ente"],
        7,
        None,
    ],
)
def test_no_name_of_an_issuer_breaks_the_page(record, name):
    """JSON can spell half a character, which no page can hold."""
    answer = send(altered(record, named(name)))
    assert answer.status_code in {200, 400}
    assert "Questo attestato è valido" not in html.unescape(answer.text)
    assert "<script>alert" not in answer.text
    assert len(answer.content) < 60_000


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.update(id="urn:uuid:" + "9" * 5000),
        lambda it: it.update(id="urn:uuid:\ud800"),
        lambda it: it.update(validUntil="9999-99-99"),
        lambda it: it.update(validUntil="0001-01-01T00:00:00+23:59"),
        lambda it: it.update(validUntil=["x"]),
        lambda it: it.update(credentialStatus="https://127.0.0.1/"),
        lambda it: it["proof"].update(proofValue="z" + "1" * 100_000),
        lambda it: it["proof"].update(verificationMethod="#"),
        lambda it: it["proof"].update(verificationMethod={"id": "x"}),
        lambda it: it.update(proof=[it["proof"], it["proof"]]),
        lambda it: it.update({"@context": [*it["@context"], "file:///etc/passwd"]}),
        lambda it: it.update({"@context": [*it["@context"], "http://127.0.0.1:1/"]}),
    ],
)
def test_no_member_of_a_document_breaks_the_reader(record, change):
    """In this process, where whatever it does not expect would be raised."""
    data = altered(record, change)
    found = read(data, did.known())
    assert found.problem or queries.verdict(found, data, at=timezone.now()).standing != "valid"


@pytest.mark.parametrize("length", ["abc", "-1", "1e9", "٣", ""])
def test_no_length_in_the_head_breaks_the_page(db, length):
    answer = Client().post(VERIFY, {}, headers={"content-length": length})
    assert answer.status_code in {400, 413}


def test_numbers_are_told_and_nothing_else(world):
    """A number that exists and one that does not: the person, and every other award, stay unknown."""
    person = make.person("Zvonimira", "Kowalczykowa")
    record = build.award(world.here, person=make.enrolment(person, world.here.edition), at=timezone.now())
    other = build.award(world.there, at=timezone.now())
    page = Client().get(reverse("verification:record", args=[record.uuid])).text
    for private in ("Zvonimira", "Kowalczykowa", person.username, str(person.uuid), str(other.uuid)):
        assert private not in page
    assert Client().get(reverse("verification:record", args=[uuid4()])).status_code == 404
    assert Client().get(VERIFY, {"number": f"//evil.example/{record.uuid}"}).status_code == 400


def test_a_link_holds_no_other_record_whether_it_exists_or_not(record, world):
    other = build.award(world.there, at=timezone.now())
    shared = actions.share(record.person, [record], days=7, at=timezone.now())
    token = queries.share_address(shared).rstrip("/").rsplit("/", 1)[-1]
    visitor = Client()
    for said in (False, True):
        if said:
            visitor.post(reverse("verification:shared", args=[token]), {"said": "Ufficio personale"})
        answers = [
            visitor.get(reverse("verification:shared_file", args=[token, each, "json"])).status_code
            for each in (other.uuid, uuid4(), record.uuid)
        ]
        assert answers == [404, 404, 200 if said else 302]


def test_a_link_that_ended_shows_nothing_to_who_had_looked_already(record):
    at = timezone.now()
    shared = actions.share(record.person, [record], days=7, at=at)
    token = queries.share_address(shared).rstrip("/").rsplit("/", 1)[-1]
    page = reverse("verification:shared", args=[token])
    file = reverse("verification:shared_file", args=[token, record.uuid, "json"])
    visitor = Client()
    assert visitor.post(page, {"said": "Ufficio personale"}).status_code == 302
    assert visitor.get(file).status_code == 200
    type(shared).objects.filter(pk=shared.pk).update(made_at=at - timedelta(days=8), expires_at=at)
    assert visitor.get(page).status_code == visitor.get(file).status_code == 404
    owner = Client()
    owner.force_login(record.person)
    assert owner.get(page).status_code == owner.get(file).status_code == 404


def test_who_looked_at_one_link_has_not_looked_at_another(record):
    at = timezone.now()
    tokens = []
    for _ in range(2):
        shared = actions.share(record.person, [record], days=7, at=at)
        tokens.append(queries.share_address(shared).rstrip("/").rsplit("/", 1)[-1])
    visitor = Client()
    visitor.post(reverse("verification:shared", args=[tokens[0]]), {"said": "Ufficio personale"})
    cookies = visitor.cookies
    forged = Client()
    for name, cookie in cookies.items():
        forged.cookies[name] = cookie.value  # sent everywhere, as a browser would not
    page = forged.get(reverse("verification:shared", args=[tokens[1]]))
    assert record.person.last_name not in page.text or "said" in page.text
    assert (
        forged.get(reverse("verification:shared_file", args=[tokens[1], record.uuid, "json"])).status_code
        == 302
    )
