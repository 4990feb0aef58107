"""Typed gaps: what a failure or a broken line took from each person, and who may have it back."""

from datetime import timedelta
from uuid import uuid4

import pytest

from lms.attendance import actions, papers, queries, rules
from lms.attendance.models import Connection, GapDecision, Outage
from lms.errors import Refused
from tests import factories as make
from tests.attendance.conftest import BOOT, hold, minutes
from tests.attendance.test_papers import text_of
from tests.attendance.test_rules import result, span

SECOND = timedelta(seconds=1)


def stay(session, person, start, end, reason="left", *, boot_id=BOOT, device="telefono", role="learner"):
    connection = actions.record_connection(
        person, session, device=device, boot_id=boot_id, role=role, at=session.starts_at + minutes(start)
    )
    if end is not None:
        moment = session.starts_at + minutes(end)
        actions.close_connection(connection.pk, reason=reason, at=moment, last_evidence=moment)
    return connection


@pytest.fixture
def learners(world):
    """Three learners of one class, by the enrolment's uuid."""
    found = [world.here.beneficiary]
    for name in ("Amina", "Bledar"):
        person = make.person(name, "Prova", role="beneficiary", agency=world.here.consortium)
        make.enrolment(person, world.here.edition)
        found.append(person)
    return found


def enrolment_of(body, person) -> str:
    return str(body.edition.enrolments.get(person=person).uuid)


def test_a_lost_server_is_one_outage_of_the_class_and_a_gap_for_whom_it_cut_off(world, learners):
    """Lost at minute 30; one is back at 34, one at 35, one was on another process and noticed nothing."""
    body, session = world.here, world.here.session
    first, second, third = learners
    other = uuid4()
    for person in (first, second):
        stay(session, person, 0, None)
    stay(session, third, 0, 120, boot_id=other)
    lost_at = session.starts_at + minutes(30)
    actions.record_evidence(
        {
            row.pk: lost_at - index * 3 * SECOND
            for index, row in enumerate(Connection.objects.filter(boot_id=BOOT))
        },
        boot_id=BOOT,
    )
    actions.renew_lease(other, at=lost_at + minutes(10))
    for look in (2, 3):
        actions.reap_expired_leases(at=lost_at + minutes(look))
    down = queries.outages_of(session)
    assert [(outage.kind, outage.over, outage.broke) for outage in down.platform] == [
        ("server_lost", False, 2)
    ]
    stay(session, first, 34, 120)
    stay(session, second, 35, 120)

    found = queries.outages_of(session)
    (outage,) = found.platform
    assert outage.span == rules.Span.of(lost_at, session.starts_at + minutes(34))
    assert (outage.over, outage.broke) == (True, 2)
    gaps = {gap.enrolment: gap for gap in found.gaps}
    assert set(gaps) == {enrolment_of(body, first), enrolment_of(body, second)}
    gap = gaps[enrolment_of(body, second)]
    assert (gap.kind, gap.outage) == ("server_lost", outage)
    assert gap.end == session.starts_at + minutes(35)
    assert found.spans == [outage.span]


def test_a_silent_phone_and_a_broken_line_are_gaps_of_one_person(world, learners):
    body, session = world.here, world.here.session
    first, second, third = learners
    stay(session, first, 0, 20, "silent")
    stay(session, first, 26, 120)
    stay(session, second, 0, 50, "line_lost")
    stay(session, third, 0, 20, "left")  # chose to go: no gap
    stay(session, third, 30, 120)
    found = queries.outages_of(session)
    assert found.platform == ()
    assert [(gap.kind, gap.end is None) for gap in found.gaps] == [("silent", False), ("line_lost", True)]
    assert found.of(enrolment_of(body, third)) == []


def test_a_second_device_leaves_no_gap(world, learners):
    session = world.here.session
    stay(session, learners[0], 0, 20, "line_lost", device="telefono")
    stay(session, learners[0], 10, 120, device="computer")
    assert queries.outages_of(session).gaps == ()


def test_time_is_given_back_by_a_decision_and_stands_apart(world, learners):
    body, session = world.here, world.here.session
    person = learners[0]
    broken = stay(session, person, 0, 20, "line_lost")
    stay(session, person, 26, 120)
    hold(body)
    enrolment = enrolment_of(body, person)
    assert queries.outages_of(session).given_back(enrolment) == []
    for _twice in range(2):
        actions.decide_on_gap(
            broken, given_back=True, reason="Caduta la corrente", by=body.trainer, at=session.ends_at
        )
    assert GapDecision.objects.count() == 1
    found = queries.outages_of(session)
    (gap,) = found.of(enrolment)
    assert gap.decision is not None
    assert (gap.decision.reason, gap.given_back) == ("Caduta la corrente", True)
    assert found.given_back(enrolment) == [
        rules.Span.of(session.starts_at + minutes(20), session.starts_at + minutes(26))
    ]
    actions.decide_on_gap(
        broken, given_back=False, reason="Era uscito", by=body.trainer, at=session.ends_at + SECOND
    )
    assert queries.outages_of(session).given_back(enrolment) == []
    assert GapDecision.objects.count() == 2, "the first decision stays on record"


def test_an_outage_given_back_reaches_everybody_it_cut_off_and_nobody_else(world, learners):
    body, session = world.here, world.here.session
    first, second, third = learners
    for person in (first, second):
        stay(session, person, 0, 30, "server_stopped")
    stay(session, first, 31, 120)
    stay(session, third, 50, 120)
    outage = Outage.objects.get(session=session)
    actions.decide_on_outage(
        outage, given_back=True, reason="Riavvio del server", by=body.trainer, at=session.ends_at
    )
    found = queries.outages_of(session)
    assert len(found.given_back(enrolment_of(body, first))) == 1
    assert found.given_back(enrolment_of(body, second)) == [], "did not come back"
    assert found.given_back(enrolment_of(body, third)) == []
    gap = Connection.objects.get(person=first, reason="server_stopped")
    actions.decide_on_gap(gap, given_back=False, reason="Dormiva", by=body.trainer, at=session.ends_at)
    assert queries.outages_of(session).given_back(enrolment_of(body, first)) == [], (
        "the nearer decision counts"
    )


def test_nothing_is_decided_without_a_reason_a_gap_or_an_open_page(world):
    body, session = world.here, world.here.session
    unbroken = stay(session, body.beneficiary, 0, 20, "left")
    broken = stay(session, body.beneficiary, 30, 40, "silent")
    stay(session, body.beneficiary, 50, 120)
    page = hold(body)
    late = session.ends_at

    def refusal(connection, reason="perché") -> str:
        with pytest.raises(Refused) as refused:
            actions.decide_on_gap(connection, given_back=True, reason=reason, by=body.trainer, at=late)
        return refused.value.code

    assert refusal(broken, " ") == "gap.no_reason"
    assert refusal(unbroken) == "gap.none"
    actions.close_page(page, by=body.trainer, at=late)
    assert refusal(broken) == "page.closed"


def test_a_database_that_was_away_is_an_outage_of_the_classes_of_its_process(world):
    session = world.here.session
    stay(session, world.here.beneficiary, 0, None)
    begin, end = session.starts_at + minutes(10), session.starts_at + minutes(11)
    for _twice in range(2):
        actions.note_database_lost(
            [session.uuid, world.there.session.uuid], boot_id=BOOT, starts_at=begin, ends_at=end, at=end
        )
    (outage,) = queries.outages_of(session).platform
    assert (outage.kind, outage.span, outage.over) == ("database_lost", rules.Span.of(begin, end), True)
    assert queries.outages_of(world.there.session).platform == ()
    assert queries.outages_of(session).gaps == (), "who was connected lost nothing"


@pytest.mark.parametrize("people", [2, 50])
def test_outages_cost_the_same_number_of_queries(world, people, django_assert_num_queries):
    body = world.here
    for number in range(people):
        person = make.person(f"P{number}", "Prova", role="beneficiary", agency=body.consortium)
        make.enrolment(person, body.edition)
        stay(body.session, person, 0, 20, "silent")
        stay(body.session, person, 30, 40, "server_stopped")
    with django_assert_num_queries(4):
        assert len(queries.outages_of(body.session).gaps) == 2 * people


def test_given_back_never_counts_what_was_connected_anyway():
    got = result((0, 60), (70, 120), given_back=[span(50, 80)])
    assert (got.attended_seconds, got.outage_credit_seconds, got.minutes) == (110 * 60, 600, 120)


def test_a_page_shows_the_failure_apart_and_gives_back_what_was_decided(world):
    body, session = world.here, world.here.session
    actions.start_class(session, by=body.trainer, at=session.starts_at)
    stay(session, body.beneficiary, 0, None)
    lost = session.starts_at + minutes(30)
    actions.record_evidence({Connection.objects.get().pk: lost}, boot_id=BOOT)
    actions.reap_expired_leases(at=lost + minutes(2))
    actions.reap_expired_leases(at=lost + minutes(5))
    stay(session, body.beneficiary, 40, 120, boot_id=uuid4())
    page = actions.end_class(session, by=body.trainer, at=session.ends_at)
    (line,) = queries.sheet_of(session).lines
    assert (line.minutes, line.outcome.outage_seconds, line.outcome.outage_credit_seconds) == (110, 600, 0)
    (record,) = queries.classes_of(body.enrolment)
    assert record.minutes == 110
    actions.decide_on_outage(
        Outage.objects.get(),
        given_back=True,
        reason="Guasto nostro",
        by=body.training_director,
        at=session.ends_at,
    )
    (record,) = queries.classes_of(body.enrolment)
    assert record.minutes == 120
    actions.close_page(page, by=body.trainer, at=session.ends_at)
    (line,) = queries.sheet_of(session).lines
    assert (line.minutes, line.outcome.attended_seconds, line.outcome.outage_credit_seconds) == (
        120,
        6600,
        600,
    )
    words = text_of(papers.class_pdf(session, at=session.ends_at)).replace("\n", " ")
    assert "tempo restituito, Guasto nostro" in words
    assert "600 / 600" in words
