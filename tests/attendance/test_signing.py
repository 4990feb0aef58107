"""Signatures under a page: in order, each after a proof, late ones shown as late; one chain with everything else."""

import json
from datetime import timedelta

import pytest

from lms.attendance import actions, queries, signing
from lms.attendance.models import EntryKind, PageSignature, RegisterEntry
from lms.errors import Refused
from lms.people.proofs import Proof
from tests.attendance.conftest import hold, minutes
from tests.factories import NOW

AFTER = NOW + timedelta(hours=2, minutes=5)
DAY = timedelta(days=1)


def proof(person, at):
    return Proof(person.pk, "password", at)


def sign(body, page, role, at=AFTER, by=None):
    by = by or {"trainer": body.trainer, "tutor": body.tutor, "director": body.training_director}[role]
    entry = page.entries.get(kind=EntryKind.PAGE)
    return actions.sign_page(entry, role=role, by=by, proof=proof(by, at), at=at)


@pytest.fixture
def closed(world):
    body = world.here
    return actions.close_page(hold(body, people=[(body.beneficiary, (0, 60))]), by=body.trainer, at=AFTER)


def test_a_page_is_signed_in_order_and_each_signature_is_in_the_chain(world, closed):
    body = world.here
    with pytest.raises(Refused, match="too_soon"):
        sign(body, closed, "director")
    for role in signing.ORDER:
        sign(body, closed, role)
    kinds = [entry.kind for entry in RegisterEntry.objects.order_by("position")]
    assert kinds == ["opening", "page", "signature", "signature", "signature"]
    said = json.loads(RegisterEntry.objects.get(position=4).content)["body"]
    assert (said["role"], said["signer"]["name"], said["method"]) == ("tutor", "Qui Tutor", "password")
    assert said["signs"]["hash"] == closed.entries.get(kind="page").hash
    assert {f.fault.code for f in queries.verify(closed.register).findings} == {"unanchored"}


def test_one_role_signs_once_and_another_is_told_who_did(world, closed):
    body = world.here
    first = sign(body, closed, "trainer")
    assert sign(body, closed, "trainer", at=AFTER + minutes(1)) == first
    with pytest.raises(Refused) as refused:
        sign(body, closed, "trainer", by=body.tutor)
    assert refused.value.code == "signature.taken"
    assert str(body.trainer) in refused.value.sentence


def test_a_late_signature_is_shown_as_late_and_a_missing_one_holds_nobody_up(world, closed):
    body = world.here
    sign(body, closed, "trainer")
    late = sign(body, closed, "director", at=AFTER + 3 * DAY + minutes(90))
    assert late.late
    assert json.loads(late.entry.content)["body"]["minutes_late"] == 90
    assert sign(body, closed, "tutor", at=AFTER + 4 * DAY).late


@pytest.mark.parametrize(
    ("by", "age"), [("trainer", minutes(6)), ("trainer", -minutes(1)), ("tutor", minutes(0))]
)
def test_no_signature_without_a_fresh_proof_of_one_s_own(world, closed, by, age):
    entry = closed.entries.get(kind="page")
    old = proof(world.here.people[by], AFTER - age)
    with pytest.raises(Refused, match="no_proof"):
        actions.sign_page(entry, role="trainer", by=world.here.trainer, proof=old, at=AFTER)
    assert not PageSignature.objects.exists()


def test_only_pages_are_signed(world, closed):
    opening = closed.register.entries.get(kind="opening")
    with pytest.raises(Refused, match="not_due"):
        actions.sign_page(
            opening, role="trainer", by=world.here.trainer, proof=proof(world.here.trainer, AFTER), at=AFTER
        )


def test_an_edition_without_tutor_waits_for_none(world):
    body = world.here
    body.edition.staff.filter(role="tutor").delete()
    page = actions.close_page(hold(body), by=body.trainer, at=AFTER)
    sign(body, page, "trainer")
    sign(body, page, "director")
    with pytest.raises(Refused, match="not_due"):
        sign(body, page, "tutor")


def test_closing_late_is_never_refused_and_stands_on_the_page(world):
    body = world.here
    late = NOW + timedelta(hours=2) + DAY + minutes(61)
    page = actions.close_page(hold(body), by=body.tutor, at=late)
    assert json.loads(page.entries.get(kind="page").content)["body"]["closing"]["minutes_late"] == 61


def test_a_refused_rectification_is_in_the_chain_too(world, closed):
    body = world.here
    changes = [{"enrolment": str(body.enrolment.uuid), "minutes": 90}]
    asked = actions.amend(closed, by=body.trainer, at=AFTER, reason="Linea caduta", changes=changes)
    refused = actions.reject_amendment(asked, by=body.training_director, at=AFTER)
    assert actions.reject_amendment(asked, by=body.training_director, at=AFTER).entry_id == refused.entry_id
    assert refused.entry.kind == "refusal"
    assert queries.minutes_of(body.enrolment).live == 60
    assert {f.fault.code for f in queries.verify(closed.register).findings} == {"unanchored"}


def test_the_next_role_is_the_first_that_may_sign():
    due = signing.Due(signing.ORDER, AFTER)
    assert signing.next_role({"director", "tutor"}, due, {"trainer"}, AFTER) == "tutor"
    assert signing.next_role({"director"}, due, {"trainer"}, AFTER) == ""
    assert signing.next_role({"director"}, due, {"trainer"}, AFTER + minutes(1)) == "director"
    assert [signing.state(role, due, {"trainer": AFTER}, AFTER) for role in due.roles] == [
        "signed",
        "next",
        "later",
    ]
    assert signing.state("tutor", due, {"trainer": AFTER}, AFTER + DAY) == "overdue"
