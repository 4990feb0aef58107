"""From one record: every form of it, the same bytes each time; keys that change; nothing that can be edited."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from lms.competencies import actions, queries
from lms.competencies.credentials import did, jose
from lms.competencies.credentials.reading import read
from lms.competencies.models import CompetencyRecord, Credential, Form, SpentPlace, StatusPlace, Suspension
from lms.errors import Refused
from tests.competencies import build
from tests.factories import NOW

LATER = NOW + timedelta(days=400)


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"


def verdict_of(data: bytes, at=NOW) -> str:
    return queries.verdict(read(data, did.known()), data, at=at).standing


@pytest.mark.services
@pytest.mark.parametrize("form", Form.values)
def test_what_was_given_out_is_given_out_again(world, form):
    record = build.award(world.here)
    given = actions.give_out(record, form, at=NOW)
    again = actions.give_out(record, form, at=LATER)
    assert bytes(again.content) == bytes(given.content)
    data = bytes(given.content)
    found = read(data, did.known())
    assert (found.problem, found.signature, found.kind) == ("", "ours", form), found
    assert verdict_of(data) == "valid"


def test_the_same_record_and_key_give_the_same_document(world, monkeypatch):
    """Made anew on another day, letter by letter: nothing in it is of the day on which it is made."""
    record = build.award(world.here)
    given = actions.give_out(record, Form.JSON, at=NOW)
    token = actions.give_out(record, Form.TOKEN, at=NOW)
    monkeypatch.setattr(queries, "given_out", lambda record, form: None)
    made = {}
    monkeypatch.setattr(
        "lms.competencies.actions.credentials._keep",
        lambda record, form, key_id, content, at, **more: made.setdefault(form, content),
    )
    for form in (Form.JSON, Form.TOKEN):
        actions.give_out(record, form, at=LATER)
    assert made == {Form.JSON: bytes(given.content), Form.TOKEN: bytes(token.content)}


def test_a_certificate_of_attendance_is_given_out_too(world):
    record = actions.certify_attendance(
        world.here.enrolment, evidence=build.ENOUGH, by=world.here.trainer, at=NOW
    )
    for form in Form.values:
        assert verdict_of(bytes(actions.give_out(record, form, at=NOW).content)) == "valid"
    document = json.loads(bytes(queries.given_out(record, "json").content))
    assert document["credentialSubject"]["achievement"]["achievementType"] == "Certificate"
    assert "alignment" not in document["credentialSubject"]["achievement"]


def test_after_a_new_key_what_the_old_one_signed_still_counts(world):
    first, second = build.award(world.here, "1.1"), build.award(world.here, "1.2")
    old = actions.give_out(first, Form.JSON, at=NOW)
    did.RING.make(LATER)
    new = actions.give_out(second, Form.JSON, at=LATER)
    assert old.key_id != new.key_id
    (did.RING.folder / f"{old.key_id}.pem").unlink()  # retired
    assert verdict_of(bytes(old.content)) == verdict_of(bytes(new.content)) == "valid"
    assert actions.give_out(first, Form.JSON, at=LATER) == old
    methods = did.document(did.of_agency(world.here.training_body.uuid))["assertionMethod"]
    assert [method.partition("#")[2] for method in methods] == [old.key_id, new.key_id]


def test_after_a_stolen_key_is_withdrawn_the_next_who_asks_gets_a_new_document(world):
    record = build.award(world.here)
    stolen = {form: actions.give_out(record, form, at=NOW) for form in (Form.JSON, Form.PNG, Form.PAPER)}
    did.RING.make(LATER)
    for half in (".pem", ".pub.pem"):
        (did.RING.folder / f"{stolen[Form.JSON].key_id}{half}").unlink()
    for form, old in stolen.items():
        assert verdict_of(bytes(old.content)) != "valid"
        new = actions.give_out(record, form, at=LATER)
        assert new != old
        assert verdict_of(bytes(new.content)) == "valid"


def test_a_revoked_record_is_not_made_into_anything_new(world):
    record = build.award(world.here)
    given = actions.give_out(record, Form.JSON, at=NOW)
    actions.revoke(record, reason="mistake", by=world.here.trainer, at=NOW)
    with pytest.raises(Refused, match=r"credential\.revoked"):
        actions.give_out(record, Form.PAPER, at=NOW)
    assert actions.give_out(record, Form.JSON, at=NOW) == given, "what was given out stays"
    assert verdict_of(bytes(given.content)) == "revoked"


def test_suspension_and_its_end_are_rows(world):
    record = build.award(world.here)
    data = bytes(actions.give_out(record, Form.JSON, at=NOW).content)
    for _twice in range(2):
        actions.suspend(record, reason="check", by=world.here.trainer, at=NOW)
    assert verdict_of(data) == "suspended"
    for _twice in range(2):
        actions.lift_suspension(record, by=world.here.training_director, at=NOW)
    assert verdict_of(data) == "valid"
    assert Suspension.objects.count() == 2
    with pytest.raises(Refused):
        actions.suspend(record, reason="check", by=world.here.tutor, at=NOW)
    with pytest.raises(Refused):
        actions.suspend(record, reason="because", by=world.here.trainer, at=NOW)
    actions.revoke(record, reason="mistake", by=world.here.trainer, at=NOW)
    with pytest.raises(Refused):
        actions.suspend(record, reason="check", by=world.here.trainer, at=NOW)


def test_an_expired_record_says_so(world):
    record = build.award(world.here)
    content = json.loads(record.content) | {"valid_until": (NOW + timedelta(days=30)).isoformat()}
    row = build.copy_with(record, content)
    for form in (Form.JSON, Form.TOKEN):
        data = bytes(actions.give_out(row, form, at=NOW).content)
        assert verdict_of(data) == "valid"
        assert verdict_of(data, at=NOW + timedelta(days=31)) == "expired"
    assert json.loads(bytes(queries.given_out(row, "json").content))["validUntil"]
    payload = jose.parts(bytes(queries.given_out(row, "jwt").content).decode())[1]
    assert payload["exp"] - payload["nbf"] == 30 * 24 * 3600


def test_a_record_changed_in_the_database_is_called_altered(world):
    record = build.award(world.here)
    actions.give_out(record, Form.JSON, at=NOW)
    record.content = record.content.replace("Cercare", "Comprare")
    assert queries.standing_of(record, at=NOW) == "altered"


@pytest.mark.services
def test_the_database_refuses_to_change_what_was_given_out(world):
    record = build.award(world.here)
    given = actions.give_out(record, Form.JSON, at=NOW)
    suspension = actions.suspend(record, reason="check", by=world.here.trainer, at=NOW)
    for rows, change in (
        (Credential.objects.filter(pk=given.pk), {"sha256": "0" * 64}),
        (StatusPlace.objects.filter(record=record), {"index": 7}),
        (Suspension.objects.filter(pk=suspension.pk), {"lifted": True, "reason": ""}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
        if connection.vendor == "postgresql":
            with pytest.raises(DatabaseError), transaction.atomic():
                rows._raw_delete(rows.db)
    with pytest.raises(TypeError):
        given.save()
    with pytest.raises(TypeError):
        given.delete()


def test_places_are_drawn_by_lot_in_lists_of_their_agency(world):
    records = [build.award(world.here, f"1.{number}") for number in range(1, 6)] + [build.award(world.there)]
    for record in records:
        actions.give_out(record, Form.JSON, at=NOW)
    places = [StatusPlace.objects.get(record=record) for record in records]
    here, there = {place.list_id for place in places[:5]}, places[5].list_id
    assert len(here) == 1
    assert there not in here
    indexes = [place.index for place in places[:5]]
    assert len(set(indexes)) == 5
    assert indexes != sorted(indexes) or indexes[-1] > 100


def test_a_full_list_is_left_and_no_place_is_given_twice(world, monkeypatch):
    """Of lists with four places; the first place was that of a record that is deleted meanwhile."""
    monkeypatch.setattr(actions.credentials, "LENGTH", 4)
    records = [build.award(world.here, f"1.{number}") for number in range(1, 10)]
    actions.give_out(records[0], Form.JSON, at=NOW)
    actions.delete_record(records[0], reason="unlawful", by=world.here.administrator, at=NOW)
    for record in records[1:]:
        actions.give_out(record, Form.JSON, at=NOW)
    given = [
        *StatusPlace.objects.values_list("list", "index"),
        *SpentPlace.objects.values_list("list", "index"),
    ]
    assert len(set(given)) == len(given) == len(records)
    assert {index for _, index in given} <= {0, 1, 2, 3}
    assert len({found for found, _ in given}) >= 3


def test_a_document_of_a_revocation_does_not_exist(world):
    record = build.award(world.here)
    revocation = actions.revoke(record, reason="mistake", by=world.here.trainer, at=NOW)
    for row, form in ((revocation, "json"), (record, "docx")):
        with pytest.raises(Refused, match=r"credential\.form"):
            actions.give_out(row, form, at=NOW)
    assert CompetencyRecord.objects.count() == 2
