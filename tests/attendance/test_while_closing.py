"""Somebody writes about a class at the very moment when its page closes: it is on the page or refused, never lost.

The closer is held inside its transaction until the other one is on its way, so that on PostgreSQL they really meet.
"""

import json
import threading
from functools import partial
from uuid import uuid4

import pytest
from django.db import connections, transaction

from lms.attendance import actions, queries
from lms.attendance.models import (
    Amendment,
    Connection,
    PresenceAnswer,
    RegisterEntry,
    RegisterLine,
    RegisterPage,
    VisitCheck,
)
from lms.enrolments.actions import cancel_class
from lms.errors import Refused
from tests import factories as make
from tests.attendance.conftest import BOOT, attend, minutes
from tests.factories import NOW

AFTER = NOW + minutes(125)
pytestmark = pytest.mark.services


@pytest.fixture
def body(committed_world):
    """A class that has ended, with a visit, a prompt and a learner's request."""
    body = committed_world.here
    session = body.session
    actions.start_class(session, by=body.trainer, at=NOW)
    attend(session, body.trainer, (0, 120), role="trainer")
    attend(session, body.beneficiary, (0, 60))
    body.visit = actions.open_visit(session, body.inspector, at=NOW + minutes(30))
    body.prompt = actions.ask_presence(session, key=uuid4(), by=body.trainer, at=NOW + minutes(20))
    body.asked = actions.ask_justification(
        body.enrolment, [session], reason="court", by=body.beneficiary, at=NOW + minutes(70)
    )
    actions.note_paper_seen(body.asked, by=body.tutor, at=NOW + minutes(71))
    body.page = actions.end_class(session, by=body.trainer, at=NOW + minutes(120))
    return body


def one_inside(first, second, *, held=1):
    """`first` has done its work and not committed when `second` begins; what each gave or raised."""
    inside, results = threading.Event(), [None, None]

    def run(index, work):
        try:
            results[index] = work()
        except Exception as error:
            results[index] = error
        finally:
            inside.set()
            connections.close_all()

    def holding():
        with transaction.atomic():
            done = first()
            inside.set()
            # The other one is on its way to a lock that this one has; nothing tells when it has come there.
            threading.Event().wait(held)
            return done

    def following():
        connections["default"].ensure_connection()  # else it may come when the first has gone
        assert inside.wait(20)
        return second()

    threads = [
        threading.Thread(target=run, args=(0, holding), daemon=True),
        threading.Thread(target=run, args=(1, following), daemon=True),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)
        assert not thread.is_alive()
    return results


def close(body, by=None):
    return actions.close_page(body.page, by=by or body.trainer, at=AFTER)


def tick(body):
    return actions.check_learners(body.visit, {str(body.enrolment.uuid): "found"}, at=NOW + minutes(124))


def said(body):
    return json.loads(RegisterEntry.objects.get(kind="page").content)["body"]


def must_be_intact(body):
    verdict = queries.verify(body.page.register)
    assert verdict.intact, verdict.findings


def test_the_second_closer_is_told_who_closed_it(body):
    first, second = one_inside(lambda: close(body), lambda: close(body, by=body.tutor))
    assert (first.number, second.code) == (1, "page.closed")
    assert str(body.trainer) in second.sentence
    assert RegisterLine.objects.filter(page=first).count() == 1
    assert list(RegisterEntry.objects.values_list("position", "kind")) == [(1, "opening"), (2, "page")]
    must_be_intact(body)


def test_a_rectification_asked_while_the_page_closes_is_about_the_closed_page(body):
    changes = [{"enrolment": str(body.enrolment.uuid), "minutes": 90}]

    def ask():
        return actions.amend(body.page, by=body.tutor, at=AFTER, reason="Linea caduta", changes=changes)

    _closed, asked = one_inside(lambda: close(body), ask)
    assert isinstance(asked, Amendment), asked
    actions.approve_amendment(asked, by=body.training_director, at=AFTER)
    assert queries.minutes_of(body.enrolment).live == 90
    must_be_intact(body)


def test_a_rectification_asked_before_the_page_closes_is_refused(body):
    changes = [{"enrolment": str(body.enrolment.uuid), "minutes": 90}]
    with pytest.raises(Refused, match=r"page\.open"):
        actions.amend(body.page, by=body.tutor, at=AFTER, reason="Linea caduta", changes=changes)
    assert not Amendment.objects.exists()


def test_a_tick_while_the_page_closes_is_refused(body):
    _closed, ticked = one_inside(lambda: close(body), lambda: tick(body))
    assert getattr(ticked, "code", ticked) == "page.closed"
    assert not VisitCheck.objects.exists()
    assert said(body)["visits"][0]["checks"] == []
    must_be_intact(body)


def test_a_tick_that_came_first_is_on_the_page(body):
    ticked, closed = one_inside(lambda: tick(body), lambda: close(body))
    assert (ticked, closed.number) == (1, 1)
    (check,) = said(body)["visits"][0]["checks"]
    assert (check["enrolment"], check["outcome"]) == (str(body.enrolment.uuid), "found")
    must_be_intact(body)


def test_an_answer_and_a_connection_while_the_page_closes_are_refused(body):
    def late():
        with pytest.raises(Refused, match=r"page\.closed"):
            actions.answer_presence(body.prompt, body.beneficiary, key=uuid4(), at=AFTER)
        actions.record_connection(
            body.beneficiary, body.session, device="telefono", boot_id=BOOT, role="learner", at=AFTER
        )

    _closed, came = one_inside(lambda: close(body), late)
    assert getattr(came, "code", came) == "class.closed"
    assert not PresenceAnswer.objects.exists()
    assert Connection.objects.count() == 2
    must_be_intact(body)


def test_an_answer_that_came_first_is_on_the_page(body):
    def answer():
        return actions.answer_presence(body.prompt, body.beneficiary, key=uuid4(), at=NOW + minutes(21))

    _answer, closed = one_inside(answer, lambda: close(body))
    assert closed.number == 1
    assert [each["verdict"] for each in said(body)["prompts"][0]["answers"]] == ["answered"]
    must_be_intact(body)


def test_an_absence_accepted_while_the_page_closes_is_dated_after_it(body):
    def accept():
        return actions.accept_justification(body.asked, by=body.tutor, at=NOW + minutes(124))

    closed, accepted = one_inside(lambda: close(body), accept)
    assert accepted.decided_at == closed.closed_at
    assert said(body)["learners"][0]["justified"] is False
    must_be_intact(body)


def test_an_absence_accepted_first_is_on_the_page(body):
    def accept():
        return actions.accept_justification(body.asked, by=body.tutor, at=NOW + minutes(124))

    accepted, closed = one_inside(accept, lambda: close(body))
    assert accepted.decided_at < closed.closed_at
    assert said(body)["learners"][0]["justified"] is True
    must_be_intact(body)


def test_no_class_begins_while_the_register_closes(body):
    """Its page could never be closed, and whoever came would have been there for nothing."""
    close(body)
    later = make.session(body.edition, body.trainer, starts_at=AFTER)

    def close_all():
        return actions.close_register(body.page.register, by=body.training_director, at=AFTER)

    RegisterPage.objects.create(session=later, register=body.page.register)
    closed, begun = one_inside(close_all, lambda: actions.start_class(later, by=body.trainer, at=AFTER))
    assert closed.closed_at == AFTER
    assert getattr(begun, "code", begun) == "register.closed"
    assert RegisterPage.objects.get(session=later).started_at is None


def test_a_class_is_begun_or_cancelled_and_never_both(body):
    """Of an edition whose register is open, and of one where beginning its first class opens it."""
    early = NOW - minutes(10)
    edition = make.edition(body.course, body.training_body)
    make.staff(edition, body.trainer, "trainer")
    for each in (body.edition, edition):
        first, second = (make.session(each, body.trainer, starts_at=NOW) for _ in range(2))
        for session, works in ((first, [begin, cancel]), (second, [cancel, begin])):
            done, refused = one_inside(*(partial(work, body, session, early) for work in works))
            assert not isinstance(done, Exception), done
            assert getattr(refused, "code", refused) in {"class.begun", "class.cancelled"}
            session.refresh_from_db()
            held = RegisterPage.objects.filter(session=session, started_at=early).exists()
            assert held != bool(session.cancelled_at)


def begin(body, session, at):
    return actions.start_class(type(session).objects.get(pk=session.pk), by=body.trainer, at=at)


def cancel(body, session, at):
    return cancel_class(session, by=body.training_director, at=at, reason="Docente malato")


def test_no_register_closes_over_a_class_that_begins(body):
    close(body)
    later = make.session(body.edition, body.trainer, starts_at=AFTER)

    def close_all():
        return actions.close_register(body.page.register, by=body.training_director, at=AFTER)

    begun, closed = one_inside(lambda: actions.start_class(later, by=body.trainer, at=AFTER), close_all)
    assert begun.started_at == AFTER
    assert getattr(closed, "code", closed) == "register.pages_open"
