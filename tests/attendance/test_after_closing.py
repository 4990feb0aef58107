"""What goes on honestly after a page was closed is no fault, and what may not go on is refused."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.attendance import actions, queries
from lms.attendance.models import Connection, Outage, PresencePrompt, Removal
from lms.errors import Refused
from tests import factories as make
from tests.attendance.conftest import BOOT, attend, hold, minutes
from tests.attendance.whole import RULES
from tests.factories import NOW

LATER = NOW + timedelta(minutes=130)


@pytest.fixture
def page(world, records):
    """A closed class with a prompt, in which one learner has not left yet."""
    body = world.here
    actions.start_class(body.session, by=body.trainer, at=NOW)
    actions.ask_presence(body.session, key=uuid4(), by=body.trainer, at=NOW + minutes(20))
    actions.end_class(body.session, by=body.trainer, at=NOW + minutes(100))
    body.still = actions.record_connection(
        body.beneficiary, body.session, device="telefono", boot_id=BOOT, role="learner", at=NOW + minutes(101)
    )
    page = body.session.register_page
    page.refresh_from_db()
    return actions.close_page(page, by=body.trainer, at=NOW + minutes(125))


def intact(page):
    return [f for f in queries.verify(page.register).findings if f.fault.code != "unanchored"] == []


def test_what_goes_on_honestly_is_no_fault(world, page):
    body, director = world.here, world.here.training_director
    actions.record_evidence({body.still.pk: NOW + minutes(126)}, boot_id=BOOT)
    assert intact(page)
    actions.close_connection(body.still.pk, reason="left", at=LATER, last_evidence=LATER)
    assert Connection.objects.get(pk=body.still.pk).closed_at == LATER
    asked = actions.ask_justification(
        body.enrolment, [body.session], reason="court", by=body.beneficiary, at=LATER
    )
    actions.note_paper_seen(asked, by=body.tutor, at=LATER)
    actions.accept_justification(asked, by=body.tutor, at=LATER)
    actions.set_policy(body.edition, RULES, by=director, at=LATER)
    body.beneficiary.last_name = "Sposata"
    body.beneficiary.save()
    attend(
        make.session(body.edition, body.trainer, starts_at=NOW + timedelta(days=1)), body.beneficiary, (0, 5)
    )
    assert intact(page)


def test_a_decision_that_was_under_way_is_dated_after_the_page_that_does_not_know_it(world, page):
    body = world.here
    asked = actions.ask_justification(
        body.enrolment, [body.session], reason="court", by=body.beneficiary, at=NOW + minutes(110)
    )
    actions.note_paper_seen(asked, by=body.tutor, at=NOW + minutes(111))
    # The tutor pressed before the trainer closed; the page came first.
    decided = actions.accept_justification(asked, by=body.tutor, at=NOW + minutes(120))
    assert decided.decided_at == page.closed_at
    assert intact(page)


def test_a_closed_page_takes_nothing_that_it_would_not_say(world, page):
    body, at = world.here, LATER
    prompt = PresencePrompt.objects.get()
    for act in (
        lambda: actions.answer_presence(prompt, body.beneficiary, key=uuid4(), at=at),
        lambda: actions.confirm_by_voice(prompt, body.beneficiary, by=body.trainer, at=at),
        lambda: actions.wait_at_door(body.still, at=at),
        lambda: actions.admit(body.session, [body.beneficiary], by=body.trainer, at=at),
        lambda: actions.send_out(body.session, body.beneficiary, reason="Via", by=body.trainer, at=at),
        lambda: actions.let_in_again(body.session, body.beneficiary, by=body.trainer, at=at),
        lambda: actions.open_visit(body.session, body.inspector, at=at),
    ):
        with pytest.raises(Refused, match=r"page\.closed"):
            act()
    assert not Removal.objects.exists()
    assert intact(page)


def test_what_breaks_after_the_page_was_closed_is_of_no_class(world, page):
    body = world.here
    for at in (LATER, LATER + minutes(1)):
        actions.reap_expired_leases(at=at)
    assert Connection.objects.get(pk=body.still.pk).reason == "server_lost"
    actions.note_database_lost(
        [body.session.uuid], boot_id=BOOT, starts_at=NOW, ends_at=NOW + minutes(1), at=LATER
    )
    assert not Outage.objects.exists()
    assert intact(page)


def test_a_check_costs_the_same_queries_for_one_page_and_for_four(world, page):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            queries.verify(page.register)
        return len(asked)

    one = cost()
    for day in range(1, 4):
        session = make.session(world.here.edition, world.here.trainer, starts_at=NOW + timedelta(days=day))
        held = hold(world.here, session, people=[(world.here.beneficiary, (0, 60))])
        actions.close_page(held, by=world.here.trainer, at=session.ends_at)
    assert cost() == one
