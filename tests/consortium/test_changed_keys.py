"""The key that signs is changed in the middle of a run: whatever was signed before and after holds, nothing is there twice
and nothing is missing.

At the worst moment: the old private half goes between the choice of the key and the signature, in a process that has
not read it yet.
"""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from lms.competencies import actions as competencies
from lms.competencies import queries as records_of
from lms.competencies.credentials import did, jose, proofs
from lms.competencies.credentials.reading import read
from lms.competencies.models import Credential, Form, StatusList
from lms.consortium import actions, files
from lms.consortium.actions import filing
from lms.consortium.models import NightlyFile
from lms.signing import NoKey, Ring, keys
from tests import factories as make
from tests.competencies import build as records
from tests.consortium import build

pytestmark = [pytest.mark.django_db, pytest.mark.services]
PEOPLE = 3
FORMS = (Form.JSON, Form.TOKEN, Form.PNG)


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"


def change(ring: Ring) -> None:
    """A new key, and the old one retired."""
    old = ring.current()
    ring.make(timezone.now() + timedelta(days=len(ring.ids())))
    (ring.folder / f"{old}.pem").unlink()
    keys._private.cache_clear()


class Changing:
    """Changes the key of a ring once, right after the `turn`-th time that something is called."""

    def __init__(self, patch: pytest.MonkeyPatch, ring: Ring, where: Any, name: str) -> None:
        self.left, self.ring = 0, ring
        real = getattr(where, name)

        def called(*args: Any, **kwargs: Any) -> Any:
            found = real(*args, **kwargs)
            self.left -= 1
            if self.left == 0:
                change(ring)
            return found

        patch.setattr(where, name, called)

    def at(self, turn: int) -> "Changing":
        self.left = turn
        return self


@pytest.mark.parametrize("name", ["current", "build"])
def test_nightly_files_under_keys_that_change(world, monkeypatch, name):
    monkeypatch.setattr(filing, "LARGEST", 2)
    subscriber, _ = build.subscriber(world.here, files=True)
    files.RING.make(timezone.now())
    changing = Changing(monkeypatch, files.RING, files.RING if name == "current" else files, name)
    turns = 2 * len(NightlyFile._meta.get_field("form").choices)  # two issues a night
    written = []
    for turn in range(1, turns + 1):
        for _ in range(PEOPLE):
            person = make.enrolment(make.person(), world.here.edition)
            written.append(records.award(world.here, person=person))
        competencies.assign_feed_seq()
        changing.at(turn)
        assert actions.make_files(at=timezone.now()) == 2
        assert changing.left <= 0, "the key was changed"
    made = NightlyFile.objects.select_related("issue").order_by("issue__number", "form")
    assert all(files.RING.verify(each.key_id, bytes(each.content), bytes(each.signature)) for each in made)
    assert {each.key_id for each in made} == set(files.RING.ids()[1:]), "the first went before it signed"
    assert [issue.number for issue in subscriber.issues.order_by("number")] == list(range(1, 2 * turns + 1))
    lines = b"".join(bytes(each.content) for each in made if each.form == "jsonl").splitlines()
    told = [json.loads(line)["record"]["record_id"] for line in lines]
    assert told == [f"urn:uuid:{record.uuid}" for record in written]


@pytest.mark.parametrize("name", ["current", "_signed", "_token", "_keep"])
def test_credentials_under_keys_that_change(world, monkeypatch, name):
    did.RING.make(timezone.now())
    module = competencies.credentials
    changing = Changing(monkeypatch, did.RING, did.RING if name == "current" else module, name)
    people = [make.enrolment(make.person(), world.here.edition) for _ in range(PEOPLE)]
    batch = [records.award(world.here, person=person) for person in people]
    changing.at(2)
    given = [competencies.give_out(record, form, at=timezone.now()) for record in batch for form in FORMS]
    assert changing.left <= 0, "the key was changed"
    assert len({each.key_id for each in given}) == 2
    known = did.known()
    for each in given:
        data = bytes(each.content)
        assert records_of.verdict(read(data, known), data, at=timezone.now()).standing == "valid"
    again = [competencies.give_out(record, form, at=timezone.now()) for record in batch for form in FORMS]
    assert again == given
    assert Credential.objects.count() == PEOPLE * len(FORMS)


@pytest.mark.parametrize("token", [False, True])
def test_a_status_list_under_a_key_that_changes(world, monkeypatch, token):
    competencies.give_out(records.award(world.here), Form.JSON, at=timezone.now())
    changing = Changing(monkeypatch, did.RING, did.RING, "current").at(1)
    text = records_of.status_list(StatusList.objects.get(), "revocation", at=timezone.now(), token=token)
    assert changing.left <= 0, "the key was changed"
    newest = did.RING.held(did.RING.ids()[-1])
    if token:
        jose.verify(text, newest)
    else:
        document = json.loads(text)
        proofs.verify(document, document["proof"], newest)


def test_a_key_that_went_and_was_not_replaced_is_an_error_and_leaves_nothing_half_made(
    world, monkeypatch, settings
):
    settings.SIGNING_KEY_MADE_ON_FIRST_USE = False
    subscriber, _ = build.subscriber(world.here, files=True)
    key_id = files.RING.make(timezone.now())
    (files.RING.folder / f"{key_id}.pem").unlink()
    record = records.award(world.here)
    competencies.assign_feed_seq()
    with pytest.raises(NoKey):
        actions.make_files(at=timezone.now())
    assert not subscriber.issues.exists()
    files.RING.make(timezone.now() + timedelta(days=1))
    assert actions.make_files(at=timezone.now()) == 1
    assert list(subscriber.issues.get().records.all()) == [record]
