"""Closing a page: once, whole, signed; afterwards only rectifications."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from lms.attendance import actions, queries
from lms.attendance.models import RegisterEntry, RegisterLine, RegisterPage
from lms.enrolments.actions import cancel_class
from lms.errors import Refused
from tests import factories as make
from tests.attendance.conftest import attend, hold, minutes
from tests.factories import NOW

AFTER = NOW + timedelta(hours=2, minutes=5)


def close(body, page=None, at=AFTER, **held):
    return actions.close_page(page or hold(body, **held), by=body.trainer, at=at)


def entry_of(page):
    return json.loads(page.entries.get(kind="page").content)["body"]


def test_a_closed_page_holds_everybody_and_every_connection(world):
    body = world.here
    absent = make.person("Assente", "Zeta", role="beneficiary", agency=body.consortium)
    make.enrolment(absent, body.edition)
    page = close(body, people=[(body.beneficiary, (2, 40), (41, 90))])
    content = entry_of(page)
    assert page.number == 1
    present, missing = content["learners"]
    assert [len(present["connections"]), present["minutes"], present["status"]] == [2, 88, "left_early"]
    assert (present["attended_seconds"], present["merged_seconds"]) == (87 * 60, 60)
    assert (missing["name"], missing["minutes"], missing["status"]) == ("Zeta Assente", 0, "absent")
    assert content["totals"] == {"present": 1, "absent": 1, "minutes": 88}
    assert content["staff"][0]["role"] == "trainer"
    assert content["policy"]["parameters"]["gap_merge_seconds"]["value"] == 120
    assert RegisterLine.objects.get(enrolment=body.enrolment).minutes == 88
    assert queries.minutes_of(body.enrolment).live == 88
    assert queries.sessions_attended(body.enrolment) == {body.session.pk}
    assert queries.class_state(page.session) == "closed"


def test_pages_are_numbered_in_the_order_of_closing(world):
    body = world.here
    later = make.session(body.edition, body.trainer, starts_at=NOW + timedelta(days=1))
    first_held, second_held = hold(body), hold(body, later)
    assert close(body, second_held, at=later.ends_at).number == 1
    assert close(body, first_held, at=later.ends_at).number == 2
    assert queries.head_of(first_held.register)[0] == 3


def test_closing_twice_is_one_page_and_another_closer_is_told(world):
    body = world.here
    page = close(body)
    assert actions.close_page(page, by=body.trainer, at=AFTER + minutes(1)).closed_at == AFTER
    with pytest.raises(Refused) as refused:
        actions.close_page(page, by=body.tutor, at=AFTER + minutes(1))
    assert refused.value.code == "page.closed"
    assert str(body.trainer) in refused.value.sentence
    assert RegisterEntry.objects.filter(kind="page").count() == 1


def test_what_did_not_happen_or_goes_on_is_not_closed(world):
    body = world.here
    page = actions.start_class(body.session, by=body.trainer, at=NOW)
    with pytest.raises(Refused, match=r"page\.not_ended"):
        actions.close_page(page, by=body.trainer, at=AFTER)
    RegisterPage.objects.filter(pk=page.pk).update(started_at=None)
    with pytest.raises(Refused, match=r"page\.not_started"):
        actions.close_page(page, by=body.trainer, at=AFTER)


def test_evidence_that_comes_late_is_kept_and_shown_and_changes_nothing(world):
    body = world.here
    page = hold(body, people=[(body.beneficiary, (0, 50))])
    late = actions.record_connection(
        body.beneficiary, body.session, device="pc", boot_id=make_boot(), role="learner", at=NOW + minutes(60)
    )
    page = close(body, page)
    assert queries.to_amend(body.session, page) == []
    actions.record_evidence({late.pk: NOW + minutes(80)}, boot_id=late.boot_id)
    (difference,) = queries.to_amend(body.session, page)
    assert (difference.line.minutes, difference.minutes_now) == (50, 70)
    assert queries.minutes_of(body.enrolment).live == 50
    with pytest.raises(Refused, match=r"class\.closed"):
        attend(body.session, body.beneficiary, (90, 95))


def make_boot():
    from uuid import uuid4

    return uuid4()


def test_a_rectification_needs_a_second_person_and_is_an_entry_of_the_chain(world):
    body = world.here
    page = close(body, people=[(body.beneficiary, (0, 60))])
    changes = [{"enrolment": str(body.enrolment.uuid), "minutes": 90}]
    asked = actions.amend(page, by=body.trainer, at=AFTER, reason="Linea caduta in aula", changes=changes)
    again = actions.amend(page, by=body.trainer, at=AFTER, reason="Linea caduta in aula", changes=changes)
    assert asked == again
    assert asked.state == "proposed"
    assert queries.minutes_of(body.enrolment).live == 60
    with pytest.raises(Refused, match="four_eyes"):
        actions.approve_amendment(asked, by=body.trainer, at=AFTER)
    entered = actions.approve_amendment(asked, by=body.training_director, at=AFTER + minutes(1))
    assert actions.approve_amendment(asked, by=body.training_director, at=AFTER + minutes(2)) == entered
    assert queries.head_of(page.register)[0] == 3
    assert queries.minutes_of(body.enrolment).live == 90
    (line,) = queries.sheet_of(body.session).lines
    assert (line.minutes, line.outcome.minutes, line.amended) == (90, 60, True)
    change = json.loads(entered.entry.content)["body"]["changes"][0]
    assert (change["before"], change["minutes"]) == (60, 90)
    assert queries.verify(page.register).findings[0].fault.code == "unanchored"


def test_a_class_that_began_early_is_not_cancelled(world):
    """Its page could never be closed, nor the register, and who was there would have been there for nothing."""
    body, early = world.here, NOW - minutes(10)
    actions.start_class(body.session, by=body.trainer, at=early)
    with pytest.raises(Refused, match=r"class\.begun"):
        cancel_class(body.session, by=body.tutor, at=early + minutes(5), reason="Docente malato")
    page = hold(body, people=[(body.beneficiary, (0, 60))])
    assert actions.close_page(page, by=body.trainer, at=AFTER).number == 1
    later = make.session(body.edition, body.trainer, starts_at=NOW + timedelta(days=1))
    assert cancel_class(later, by=body.tutor, at=AFTER, reason="Docente malato").cancelled_at == AFTER


def test_the_only_director_takes_back_what_they_proposed_themselves(world):
    """Else it would wait for a second director for ever, and the register could never be closed."""
    body = world.here
    page = close(body, people=[(body.beneficiary, (0, 60))])
    director, changes = body.training_director, [{"enrolment": str(body.enrolment.uuid), "minutes": 90}]
    asked = actions.amend(page, by=director, at=AFTER, reason="Linea caduta", changes=changes)
    with pytest.raises(Refused, match="amendments_wait"):
        actions.close_register(page.register, by=director, at=AFTER)
    client = Client()
    client.force_login(director)
    shown = client.get(reverse("attendance:class", args=[body.session.uuid])).text
    assert 'value="reject"' in shown
    assert 'value="confirm"' not in shown
    decide = reverse("attendance:decide", args=[asked.uuid])
    assert client.post(decide, {"answer": "confirm"}).status_code == 409
    assert client.post(decide, {"answer": "reject"}).status_code == 302
    assert queries.waiting_amendments(page) == []
    assert queries.minutes_of(body.enrolment).live == 60


def test_a_policy_without_four_eyes_enters_at_once(world):
    body = world.here
    source = {"value": False, "source": "Avviso 1, art. 9", "valid_from": "2026-01-01"}
    actions.set_policy(body.edition, {"four_eyes": source}, by=body.training_director, at=NOW)
    page = close(body)
    changes = [{"enrolment": str(body.enrolment.uuid), "minutes": 5}]
    asked = actions.amend(page, by=body.tutor, at=AFTER, reason="Firma su carta", changes=changes)
    assert asked.state == "entered"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"minutes": 121}, "amendment.minutes"),
        ({"minutes": 0}, "amendment.nothing"),
        ({"enrolment": "nobody", "minutes": 1}, "amendment.stranger"),
    ],
)
def test_a_rectification_that_makes_no_sense_is_refused(world, change, code):
    body = world.here
    page = close(body)
    wanted = {"enrolment": str(body.enrolment.uuid), **change}
    with pytest.raises(Refused, match=code):
        actions.amend(page, by=body.tutor, at=AFTER, reason="Perché sì", changes=[wanted])


def test_the_policy_of_a_page_is_the_one_it_was_closed_with(world):
    body = world.here
    page = close(body, people=[(body.beneficiary, (0, 50), (51, 100))])
    source = {"value": 0, "source": "Avviso 2, art. 4", "valid_from": "2026-12-01"}
    actions.set_policy(body.edition, {"gap_merge_seconds": source}, by=body.training_director, at=AFTER)
    assert queries.sheet_of(body.session).policy.version == 0
    assert queries.sheet_of(body.session).lines[0].minutes == 100
    assert page.entries.count() == 1


def test_a_policy_without_its_source_is_refused(world):
    body = world.here
    with pytest.raises(Refused, match=r"policy\.invalid"):
        actions.set_policy(
            body.edition, {"gap_merge_seconds": {"value": 60}}, by=body.training_director, at=NOW
        )


@pytest.mark.parametrize("verb", ["UPDATE {t} SET {c} = {c}", "DELETE FROM {t}"])
@pytest.mark.parametrize(
    ("table", "column"),
    [("registerentry", "content"), ("registerpage", "topic"), ("amendment", "reason")],
)
def test_the_database_refuses_to_change_what_is_closed(world, verb, table, column):
    from django.db import connection

    body = world.here
    page = close(body)
    changes = [{"enrolment": str(body.enrolment.uuid), "minutes": 5}]
    asked = actions.amend(page, by=body.tutor, at=AFTER, reason="Firma su carta", changes=changes)
    actions.approve_amendment(asked, by=body.training_director, at=AFTER)
    statement = verb.format(t=f"attendance_{table}", c=column)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
