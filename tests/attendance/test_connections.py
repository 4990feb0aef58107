"""Connections: opened, kept alive, closed at their last evidence."""

from datetime import timedelta
from uuid import uuid4

import pytest

from lms.attendance import actions
from lms.attendance.models import Connection
from lms.errors import Refused
from tests.factories import NOW

BOOT = uuid4()
SECOND = timedelta(seconds=1)


def connect(body, at=NOW, boot_id=BOOT, person=None, role="learner"):
    return actions.record_connection(
        person or body.beneficiary, body.session, device="phone", boot_id=boot_id, role=role, at=at
    )


def test_a_learner_of_the_edition_connects(world):
    connection = connect(world.here)
    assert connection.enrolment == world.here.enrolment
    assert connection.closed_at is None


def test_somebody_else_s_learner_is_refused(world):
    with pytest.raises(Refused) as refused:
        connect(world.here, person=world.there.beneficiary)
    assert refused.value.code == "class.not_enrolled"


def test_a_role_that_the_register_does_not_know_writes_nothing(world):
    with pytest.raises(ValueError, match="staff"):
        connect(world.here, person=world.here.trainer, role="staff")
    assert not Connection.objects.exists()


def test_evidence_moves_forward_only_and_only_for_its_process(world):
    one, two = connect(world.here), connect(world.here, boot_id=uuid4())
    evidence = {one.pk: NOW + 10 * SECOND, two.pk: NOW + 10 * SECOND}
    assert actions.record_evidence(evidence, boot_id=BOOT) == 1
    assert actions.record_evidence({one.pk: NOW + 5 * SECOND}, boot_id=BOOT) == 0
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.last_evidence_at == NOW + 10 * SECOND
    assert two.last_evidence_at == NOW


def test_a_close_is_backdated_and_the_first_one_stays(world):
    connection = connect(world.here)
    actions.record_evidence({connection.pk: NOW + 30 * SECOND}, boot_id=BOOT)
    assert actions.close_connection(connection.pk, reason="silent", at=NOW + 90 * SECOND)
    assert not actions.close_connection(connection.pk, reason="left", at=NOW + 95 * SECOND)
    connection.refresh_from_db()
    assert (connection.closed_at, connection.reason) == (NOW + 30 * SECOND, "silent")
    assert connection.noted_at == NOW + 90 * SECOND
    assert actions.record_evidence({connection.pk: NOW + 99 * SECOND}, boot_id=BOOT) == 0


def test_evidence_held_in_memory_counts_but_never_the_future(world):
    connection = connect(world.here)
    actions.close_connection(
        connection.pk, reason="left", at=NOW + 20 * SECOND, last_evidence=NOW + 60 * SECOND
    )
    connection.refresh_from_db()
    assert connection.closed_at == NOW + 20 * SECOND


def test_a_lost_server_s_connections_end_at_their_last_evidence(world):
    lost, alive = connect(world.here), connect(world.here, boot_id=uuid4())
    actions.record_evidence({lost.pk: NOW + 12 * SECOND}, boot_id=BOOT)
    later = NOW + timedelta(minutes=5)
    actions.renew_lease(alive.boot_id, at=later)
    assert actions.reap_expired_leases(at=later) == 0  # only doubted
    assert actions.reap_expired_leases(at=later + 5 * SECOND) == 0  # too soon after the first look
    assert actions.reap_expired_leases(at=later + 15 * SECOND) == 1
    assert actions.reap_expired_leases(at=later + 30 * SECOND) == 0
    lost.refresh_from_db()
    alive.refresh_from_db()
    assert (lost.closed_at, lost.reason) == (NOW + 12 * SECOND, "server_lost")
    assert alive.closed_at is None


def test_a_process_that_could_not_write_for_a_minute_is_not_given_up(world):
    """The database is back: the worker looks first, and the process writes before it looks again."""
    connection = connect(world.here)
    back = NOW + timedelta(minutes=1)
    assert actions.reap_expired_leases(at=back) == 0
    actions.renew_lease(BOOT, at=back + 5 * SECOND)
    actions.record_evidence({connection.pk: back}, boot_id=BOOT)
    assert actions.reap_expired_leases(at=back + 20 * SECOND) == 0
    assert actions.reap_expired_leases(at=back + 60 * SECOND) == 0  # silent again: doubted anew
    connection.refresh_from_db()
    assert (connection.closed_at, connection.last_evidence_at) == (None, back)


def test_a_clock_that_steps_back_does_not_keep_a_dead_server_alive(world):
    connect(world.here)
    stepped = NOW - timedelta(hours=1)
    actions.renew_lease(BOOT, at=stepped)
    assert actions.reap_expired_leases(at=stepped + timedelta(minutes=1)) == 0
    assert actions.reap_expired_leases(at=stepped + timedelta(minutes=2)) == 1


def test_ending_a_class_closes_connections_and_not_the_page(world):
    trainer = world.here.trainer
    actions.start_class(world.here.session, by=trainer, at=NOW)
    connection = connect(world.here)
    page = actions.end_class(world.here.session, by=trainer, at=NOW + timedelta(hours=1))
    connection.refresh_from_db()
    assert (connection.closed_at, connection.reason) == (NOW, "class_ended")
    assert page.closed_at is None
    again = actions.end_class(world.here.session, by=trainer, at=NOW + timedelta(hours=2))
    assert again.ended_at == NOW + timedelta(hours=1)
    assert Connection.objects.filter(closed_at=None).count() == 0
