"""The page for whoever verifies: six answers in plain words, in both languages, and nothing personal."""

import html
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from lms.competencies import actions
from lms.competencies.models import Form
from tests.competencies import build

VERIFY = "/verifica/"


@pytest.fixture
def record(world):
    return build.award(world.here, at=timezone.now() - timedelta(hours=1))


def page_of(record, language="it"):
    return Client().get(
        reverse("verification:record", args=[record.uuid]), headers={"accept-language": language}
    )


def send(data: bytes, language="it"):
    file = SimpleUploadedFile("attestato", data)
    return Client().post(VERIFY, {"file": file}, headers={"accept-language": language})


def given(record, form=Form.JSON) -> bytes:
    return bytes(actions.give_out(record, form, at=timezone.now()).content)


def expired(record):
    until = timezone.now() - timedelta(minutes=1)
    return build.copy_with(record, json.loads(record.content) | {"valid_until": until.isoformat()})


def valid(record):
    return record


def revoked(record):
    actions.revoke(record, reason="mistake", by=record.by, at=timezone.now())
    return record


def suspended(record):
    actions.suspend(record, reason="check", by=record.by, at=timezone.now())
    return record


TITLES = {
    valid: ("Questo attestato è valido", "This certificate is valid"),
    expired: ("Questo attestato è scaduto", "This certificate has expired"),
    revoked: ("Questo attestato è stato revocato", "This certificate was revoked"),
    suspended: ("Questo attestato è sospeso", "This certificate is suspended"),
}


@pytest.mark.parametrize("change", TITLES)
def test_the_number_and_the_file_get_the_same_answer_in_both_languages(record, change):
    if change is expired:
        record = expired(record)
    data = given(record)
    record = change(record) if change is not expired else record
    for language, title in zip(("it", "en"), TITLES[change], strict=True):
        by_number, by_file = page_of(record, language), send(data, language)
        assert by_number.status_code == by_file.status_code == 200
        for answer in (by_number, by_file):
            assert f'<h1 class="verdict__title">{title}</h1>' in answer.text
            assert "Ente di formazione Qui" in answer.text
            assert answer["Referrer-Policy"] == "same-origin"


def test_every_form_of_a_certificate_can_be_sent(record):
    for form in Form:
        answer = send(given(record, form))
        assert TITLES[valid][0] in answer.text, form
        assert str(record.uuid) in answer.text


def test_an_altered_file_is_called_altered(record):
    data = given(record).replace(b"Cercare", b"Trovare")
    assert "Questo attestato è stato modificato" in send(data).text
    picture = given(record, Form.SVG).replace(b"</svg>", b"<!-- -->\n</svg>")
    answer = send(picture).text
    assert "Questo attestato è stato modificato" in answer
    assert "Cercare informazioni" in answer, "what is genuine inside is shown"


@pytest.mark.shared_data
def test_a_certificate_from_elsewhere_is_told_apart(db, shared_data):
    data = (shared_data / "credentials/open-badges-3/simple-did-key-method.json").read_bytes()
    answer = html.unescape(send(data).text)
    assert "Non sappiamo chi lo ha rilasciato" in answer
    assert "Andy F. Miller" in answer


def test_a_number_that_is_none_of_ours_is_said_so(db, record):
    revocation = actions.revoke(record, reason="mistake", by=record.by, at=timezone.now())
    for uuid in ("76266c5b-fee1-4067-a13a-bd08b8b4bdb9", revocation.uuid):
        answer = Client().get(reverse("verification:record", args=[uuid]))
        assert answer.status_code == 404
        assert "Non c’è nessun attestato con questo numero" in html.unescape(answer.text)


def test_the_number_may_be_typed_with_and_without_dashes(client, record):
    for number in (str(record.uuid), record.uuid.hex, f" {record.uuid} ".upper()):
        assert client.get(VERIFY, {"number": number})["Location"] == f"/verifica/{record.uuid}/"
    wrong = client.get(VERIFY, {"number": "12345"})
    assert wrong.status_code == 400
    assert "12345" in wrong.text, "what was typed is not lost"
    nothing = client.post(VERIFY, {})
    assert nothing.status_code == 400


def test_the_page_of_a_number_shows_nothing_personal(record):
    person = record.person
    given(record, Form.PAPER)
    text = page_of(record).text
    for never in (str(person), person.first_name, person.username, str(person.uuid), "9 / 10", "10 h"):
        assert never not in text
    with override("it"):
        assert "Per riservatezza" in text


def test_whoever_asks_too_often_waits(record):
    client = Client(REMOTE_ADDR="203.0.113.9")
    codes = [client.get(VERIFY).status_code for _ in range(121)]
    assert codes[:120] == [200] * 120
    assert codes[120] == 429
    small = [client.post(VERIFY, {"file": SimpleUploadedFile("x", b"")}).status_code for _ in range(31)]
    assert small == [400] * 30 + [429]
    assert Client(REMOTE_ADDR="203.0.113.10").get(VERIFY).status_code == 200


def test_lists_are_the_same_until_they_change(record):
    given(record)
    place = record.status_place
    address = reverse("credentials:status", args=[place.list.uuid, "revocation"])
    first = Client().get(address)
    assert first["Content-Type"] == "application/vc"
    assert first["Access-Control-Allow-Origin"] == "*"
    assert Client().get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    actions.revoke(record, reason="mistake", by=record.by, at=timezone.now())
    second = Client().get(address, headers={"if-none-match": first["ETag"]})
    assert second.status_code == 200
    assert second.content != first.content


def test_a_verdict_costs_the_same_however_much_was_given_out(world):
    record = build.award(world.here, at=timezone.now())
    given(record)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert page_of(record).status_code == 200
        return len(found)

    cost()  # what is kept between requests is kept from here on
    few = cost()
    for number in range(2, 12):
        given(build.award(world.here, f"1.{number}", at=timezone.now()))
    assert cost() == few
