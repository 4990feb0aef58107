"""Two people, or two processes, at the same moment. On SQLite writers queue; on PostgreSQL they really meet."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction

from lms.attendance import actions, queries
from lms.attendance.models import RegisterEntry, RegisterPage, ServerLease
from lms.errors import Refused
from tests import factories as make
from tests.attendance.conftest import attend, hold, minutes
from tests.factories import NOW

AFTER = NOW + timedelta(hours=2, minutes=5)
pytestmark = pytest.mark.services


def at_once(*works):
    """Each on a connection of its own, let go together; returns what each gave or raised."""
    gate, results = threading.Barrier(len(works)), [None] * len(works)

    def run(index, work):
        try:
            gate.wait(10)
            results[index] = work()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)
        assert not thread.is_alive()
    return results


@pytest.fixture
def body(committed_world):
    return committed_world.here


def test_two_closers_make_one_page_and_the_other_gets_a_sentence(body):
    page = hold(body, people=[(body.beneficiary, (0, 60))])
    results = at_once(
        lambda: actions.close_page(page, by=body.trainer, at=AFTER),
        lambda: actions.close_page(page, by=body.tutor, at=AFTER),
    )
    refused = [result for result in results if isinstance(result, Refused)]
    closed = [result for result in results if isinstance(result, RegisterPage)]
    assert (len(refused), len(closed)) == (1, 1), results
    assert refused[0].code == "page.closed"
    assert str(closed[0].closed_by) in refused[0].sentence
    assert RegisterEntry.objects.filter(kind="page").count() == 1


def test_two_pages_of_one_register_get_two_numbers_in_one_chain(body):
    later = make.session(body.edition, body.trainer, starts_at=NOW + timedelta(days=1))
    first, second = hold(body), hold(body, later)
    results = at_once(
        lambda: actions.close_page(first, by=body.trainer, at=later.ends_at),
        lambda: actions.close_page(second, by=body.tutor, at=later.ends_at),
    )
    assert sorted(page.number for page in results) == [1, 2]
    assert queries.verify(first.register).intact


def test_two_people_approve_one_rectification_once(body):
    page = hold(body, people=[(body.beneficiary, (0, 60))])
    actions.close_page(page, by=body.trainer, at=AFTER)
    other = make.person("Altra", "Direttrice", role="training_director", agency=body.training_body)
    changes = [{"enrolment": str(body.enrolment.uuid), "minutes": 90}]
    asked = actions.amend(page, by=body.trainer, at=AFTER, reason="Linea caduta", changes=changes)
    at_once(
        lambda: actions.approve_amendment(asked, by=body.training_director, at=AFTER),
        lambda: actions.approve_amendment(asked, by=other, at=AFTER),
    )
    assert RegisterEntry.objects.filter(kind="amendment").count() == 1
    assert queries.minutes_of(body.enrolment).live == 90


def test_the_register_opens_once(body):
    results = at_once(*[lambda: actions.start_class(body.session, by=body.trainer, at=NOW)] * 2)
    assert results[0] == results[1], results
    assert RegisterEntry.objects.filter(kind="opening").count() == 1


def test_leases_of_one_process_are_one_row(body):
    boot_id = uuid4()
    at_once(*[lambda: actions.renew_lease(boot_id, at=NOW)] * 2)
    assert ServerLease.objects.filter(boot_id=boot_id).count() == 1


def test_the_database_refuses_to_change_what_is_closed(body):
    page = hold(body)
    actions.close_page(page, by=body.trainer, at=AFTER)
    for statement in (
        "UPDATE attendance_registerentry SET content = content",
        "DELETE FROM attendance_registerentry",
        "UPDATE attendance_registerpage SET topic = 'x'",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_anchors_are_written_after_the_commit_and_the_command_agrees(body, records, capsys):
    page = hold(body, people=[(body.beneficiary, (0, 60), (70, 100))])
    actions.close_page(page, by=body.trainer, at=AFTER)
    assert sorted(file.name for file in records.rglob("*.json")) == ["000001.json", "000002.json"]
    call_command("register", "verify", page.register.code)
    assert "INTACT" in capsys.readouterr().out
    with pytest.raises(Refused):
        attend(body.session, body.beneficiary, (110, 115))


def test_a_closing_that_fails_leaves_no_anchor_and_no_page(body, records, monkeypatch):
    page = hold(body)
    monkeypatch.setattr("lms.attendance.actions.registers.record_about", lambda *args, **more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.close_page(page, by=body.trainer, at=AFTER)
    assert RegisterPage.objects.get(pk=page.pk).closed_at is None
    assert [file.name for file in records.rglob("*.json")] == ["000001.json"]


def test_a_server_killed_in_mid_class_never_adds_a_minute(body):
    session, boot_id = body.session, uuid4()
    actions.start_class(session, by=body.trainer, at=NOW)
    gone = actions.record_connection(
        body.beneficiary, session, device="telefono", boot_id=boot_id, role="learner", at=NOW
    )
    actions.record_evidence({gone.pk: NOW + minutes(40)}, boot_id=boot_id)
    assert actions.reap_expired_leases(at=NOW + minutes(44)) == 0
    assert actions.reap_expired_leases(at=NOW + minutes(45)) == 1
    page = actions.end_class(session, by=body.trainer, at=NOW + minutes(120))
    actions.close_page(page, by=body.trainer, at=AFTER)
    (line,) = queries.sheet_of(session).lines
    assert (line.minutes, line.stays[0].reason) == (40, "server_lost")
