"""Hours of one learner over an edition: late enrolment, justified absences, recovery classes."""

from datetime import timedelta

import pytest

from lms.attendance import actions, queries
from lms.attendance.models import Justification, JustifiedClass
from lms.enrolments.models import RecoveryPlace
from lms.enrolments.queries import next_classes
from lms.errors import Refused
from tests import factories as make
from tests.attendance.conftest import attend, hold, minutes
from tests.factories import NOW


def set_policy(body, **values):
    entries = {
        name: {"value": value, "source": "Avviso 3, art. 4", "valid_from": "2026-01-01"}
        for name, value in values.items()
    }
    return actions.set_policy(body.edition, entries, by=body.training_director, at=NOW)


def closed(body, session=None, *spans):
    page = hold(body, session, people=[(body.beneficiary, *spans)] if spans else [])
    return actions.close_page(page, by=body.trainer, at=page.session.ends_at + minutes(5))


def justify(body, session, state="accepted"):
    row = Justification.objects.create(
        enrolment=body.enrolment,
        reason="court",
        state=state,
        asked_by=body.tutor,
        asked_at=NOW,
        decided_by=body.tutor if state != "asked" else None,
        decided_at=NOW if state != "asked" else None,
    )
    JustifiedClass.objects.create(justification=row, session=session)


def recovery(body, missed, *, starts_at, length=120):
    session = make.session(
        body.edition, body.trainer, starts_at=starts_at, minutes=length, recovery=True, title="Recupero"
    )
    RecoveryPlace.objects.create(
        session=session, enrolment=body.enrolment, missed=missed, made_by=body.tutor, made_at=NOW
    )
    return session


def test_a_class_before_coming_in_counts_in_the_whole_unless_the_policy_says_otherwise(world):
    body = world.here
    body.enrolment.active_from = NOW + timedelta(hours=5)
    body.enrolment.save()
    late = make.session(body.edition, body.trainer, starts_at=NOW + timedelta(days=1), minutes=60)
    study = 30
    assert queries.minutes_of(body.enrolment).planned == 120 + 60 + study
    set_policy(body, late_enrolment_reduces_total=True)
    assert queries.minutes_of(body.enrolment).planned == 60 + study
    assert late.pk


@pytest.mark.parametrize(("state", "justified"), [("accepted", 90), ("asked", 0), ("refused", 0)])
def test_a_justified_hour_never_becomes_an_attended_one(world, state, justified):
    body = world.here
    closed(body, None, (0, 30))
    before = queries.minutes_of(body.enrolment)
    justify(body, body.session, state)
    after = queries.minutes_of(body.enrolment)
    assert (after.live, after.total, after.lost) == (before.live, before.total, before.lost) == (30, 30, 90)
    assert (after.justified, after.unjustified) == (justified, 90 - justified)
    assert queries.justified_in(body.session) == ({str(body.enrolment.uuid)} if justified else set())


def test_a_break_is_not_lost_time(world):
    body = world.here
    page = hold(body)
    actions.add_break(page, starts_at=NOW + minutes(50), ends_at=NOW + minutes(65), by=body.trainer, at=NOW)
    actions.close_page(page, by=body.trainer, at=NOW + minutes(125))
    assert queries.minutes_of(body.enrolment).lost == 105


def agree(body):
    """The short way of a home and the whole reckoning say the same."""
    hours = queries.minutes_of(body.enrolment)
    policies = queries.policies_of([body.edition.pk])
    short = queries.totals_by_enrolment([body.enrolment.pk], {body.enrolment.pk: body.edition}, policies)
    assert (short[body.enrolment.pk].total, short[body.enrolment.pk].planned) == (hours.total, hours.planned)


def test_a_recovery_class_makes_up_for_the_missed_one_within_the_share_allowed(world):
    body = world.here
    closed(body, None, (0, 30))
    agree(body)
    again = recovery(body, body.session, starts_at=NOW + timedelta(days=2))
    assert queries.minutes_of(body.enrolment).planned == 120 + 30, "it adds no planned hours"
    closed(body, again, (0, 120))
    hours = queries.minutes_of(body.enrolment)
    assert (hours.live, hours.recovered, hours.total) == (30, 30, 60), "20 % of 150"
    agree(body)
    set_policy(body, recovery_allowed_pct=100)
    hours = queries.minutes_of(body.enrolment)
    assert (hours.live, hours.recovered, hours.lost) == (30, 90, 90), "only what was lost"
    assert queries.recovered_in(again) == {str(body.enrolment.uuid): body.session}


def test_only_who_has_a_place_is_expected_in_a_recovery_class(world):
    body = world.here
    other = make.person("Altra")
    make.enrolment(other, body.edition)
    closed(body)
    again = recovery(body, body.session, starts_at=NOW + timedelta(days=2))
    assert again in next_classes(body.beneficiary, NOW + timedelta(days=1))
    assert again not in next_classes(other, NOW + timedelta(days=1))
    with pytest.raises(Refused, match="not_enrolled"):
        attend(again, other, (0, 10))
    closed(body, again, (0, 60))
    assert [line.person for line in queries.sheet_of(again).lines] == [str(body.beneficiary.uuid)]


def test_hours_of_many_with_absences_and_recoveries_cost_the_same(world, django_assert_max_num_queries):
    body = world.here
    closed(body)
    closed(body, recovery(body, body.session, starts_at=NOW + timedelta(days=2)), (0, 60))
    justify(body, body.session)
    ids = [body.enrolment.pk]
    queries.hours_by_enrolment(ids)
    with django_assert_max_num_queries(20) as one:
        queries.hours_by_enrolment(ids)
    ids += [make.enrolment(make.person(f"N{n}"), body.edition).pk for n in range(30)]
    with django_assert_max_num_queries(20) as many:
        queries.hours_by_enrolment(ids)
    assert len(one) == len(many)


def test_a_policy_holds_for_a_class_from_its_first_day(world):
    """A page that is closed late is counted by the rules of the day of its class."""
    body = world.here
    page = hold(body, people=[(body.beneficiary, (0, 50), (51, 100))])
    entry = {"value": 0, "source": "Avviso 2, art. 4", "valid_from": str((NOW + timedelta(days=1)).date())}
    actions.set_policy(body.edition, {"gap_merge_seconds": entry}, by=body.training_director, at=NOW)
    assert queries.sheet_of(body.session).lines[0].minutes == 100
    entry["valid_from"] = str(NOW.date())
    actions.set_policy(body.edition, {"gap_merge_seconds": entry}, by=body.training_director, at=NOW)
    sheet = queries.sheet_of(body.session)
    assert (sheet.lines[0].minutes, sheet.policy.version) == (99, 2)
    assert sheet.parameters["gap_merge_seconds"]["source"] == "Avviso 2, art. 4"
    assert page.closed_at is None


def test_a_paper_shows_whole_seconds_and_they_add_up(world):
    body = world.here
    third = timedelta(milliseconds=333)
    session = body.session
    actions.start_class(session, by=body.trainer, at=session.starts_at)
    connection = actions.record_connection(
        body.beneficiary,
        session,
        device="pc",
        boot_id=session.uuid,
        role="learner",
        at=session.starts_at + third,
    )
    gone = session.starts_at + minutes(60) + third
    actions.close_connection(connection.pk, reason="left", at=gone, last_evidence=gone)
    actions.end_class(session, by=body.trainer, at=session.ends_at)
    (line,) = queries.sheet_of(session).lines
    assert {each.microsecond for stay in line.stays for each in (stay.opened, stay.closed)} == {0}
    assert line.outcome.attended_seconds == 3599
    assert (line.stays[0].closed - line.stays[0].opened).total_seconds() == 3599
