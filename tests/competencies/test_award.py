"""Awarding and revoking: who may, on what evidence, once, and never undone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from lms.audit.queries import entries_about
from lms.competencies import access, actions, content, queries, rules
from lms.competencies.models import CompetencyRecord
from lms.errors import Refused
from tests.competencies import build
from tests.factories import NOW


def test_an_award_is_written_once(world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = build.award(world.here)
        again = build.award(world.here)
    assert first == again
    assert CompetencyRecord.objects.count() == 1
    assert CompetencyRecord.objects.get().feed_seq == 1
    assert rules.digest(first.content) == first.sha256


def test_another_level_is_another_award(world):
    first = build.award(world.here)
    higher = first.level.framework.levels.get(code="2")
    aimed = world.here.course.goals.get()
    second = build.award_goal(world.here, aimed, world.here.enrolment, level=higher)
    assert second != first


def test_only_who_answers_for_the_edition_awards(world):
    aimed = build.goal(world.here.course)
    what = {"level": aimed.level, "evidence": build.ENOUGH, "at": NOW}
    actions.propose(world.here.enrolment, aimed.competency, by=world.here.trainer, **what)
    for role, person in world.here.people.items():
        if role == "training_director":
            continue
        with pytest.raises(Refused) as refusal:
            actions.award(
                world.here.enrolment,
                aimed.competency,
                level=aimed.level,
                evidence=build.ENOUGH,
                by=person,
                at=NOW,
            )
        assert refusal.value.code == "award.not_yours", role
    with pytest.raises(Refused):
        actions.award(
            world.here.enrolment,
            aimed.competency,
            level=aimed.level,
            evidence=build.ENOUGH,
            by=world.there.training_director,
            at=NOW,
        )
    assert not CompetencyRecord.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"minutes_live": 0},
        {"minutes_planned": 0},
        {"quizzes": (rules.QuizEvidence("k", "Verifica", False, "1", "10", "2026-11-20"),)},
    ],
)
def test_too_little_evidence_awards_nothing(world, change):
    with pytest.raises(Refused) as refusal:
        build.award(world.here, evidence=replace(build.ENOUGH, **change))
    assert refusal.value.code == "award.evidence"
    assert not CompetencyRecord.objects.exists()


def test_a_competency_that_is_no_goal_is_refused(world):
    other = build.competency("5.4", "Altro")
    with pytest.raises(Refused) as refusal:
        actions.award(
            world.here.enrolment,
            other,
            level=None,
            evidence=build.ENOUGH,
            by=world.here.training_director,
            at=NOW,
        )
    assert refusal.value.code == "award.not_a_goal"


def test_revoking_adds_a_row_and_allows_a_new_award(world):
    award = build.award(world.here)
    later = NOW + timedelta(days=1)
    revocation = actions.revoke(award, reason="mistake", by=world.here.trainer, at=later)
    assert actions.revoke(award, reason="evidence", by=world.here.trainer, at=later) == revocation
    assert str(award.uuid) in revocation.content
    assert not CompetencyRecord.objects.standing().exists()
    second = build.award(world.here, at=later)
    assert second != award
    assert second.round == 2
    assert [record.pk for record in queries.records_of(world.here.beneficiary)] == [second.pk, award.pk]


def test_a_revocation_is_not_revoked_and_needs_a_listed_reason(world):
    award = build.award(world.here)
    with pytest.raises(Refused, match="reason"):
        actions.revoke(award, reason="assente per malattia", by=world.here.trainer, at=NOW)
    revocation = actions.revoke(award, reason="mistake", by=world.here.trainer, at=NOW)
    with pytest.raises(Refused, match="not_an_award"):
        actions.revoke(revocation, reason="mistake", by=world.here.trainer, at=NOW)
    with pytest.raises(Refused, match="not_yours"):
        actions.revoke(award, reason="mistake", by=world.there.trainer, at=NOW)


def test_a_certificate_of_attendance_needs_hours_only(world):
    hours_only = replace(build.ENOUGH, quizzes=())
    record = actions.certify_attendance(
        world.here.enrolment, evidence=hours_only, by=world.here.trainer, at=NOW
    )
    again = actions.certify_attendance(
        world.here.enrolment, evidence=hours_only, by=world.here.trainer, at=NOW
    )
    assert record == again
    assert record.kind == "frequenza"
    assert record.competency is None


def test_the_person_sees_who_awarded(world):
    build.award(world.here)
    assert "write.competency_awarded" in [entry.verb for entry in entries_about(world.here.beneficiary)]


@pytest.mark.parametrize(
    "change",
    [
        "content = 'x'",
        "feed_seq = 9, sha256 = 'x'",
        "at = '2020-01-01'",
        "feed_seq = NULL",
        "level_id = NULL",
    ],
)
def test_the_database_refuses_to_change_a_record(world, change, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        build.award(world.here)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE competencies_competencyrecord SET {change}")


def test_the_database_gives_a_place_in_the_feed_once(world):
    award = build.award(world.here)
    rows = CompetencyRecord.objects.filter(pk=award.pk)
    assert rows.update(feed_seq=5) == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(feed_seq=6)


def test_the_model_refuses_too(world):
    award = build.award(world.here)
    with pytest.raises(TypeError):
        award.save()
    with pytest.raises(TypeError):
        award.delete()
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM competencies_competencyrecord")


def test_list_and_single_fetch_agree(world):
    from django.http import Http404

    build.award(world.here)
    build.award(world.there)
    for body in (world.here, world.there):
        for role, person in body.people.items():
            listed = set(access.visible_to(person).values_list("uuid", flat=True))
            for record in CompetencyRecord.objects.all():
                try:
                    access.record_for(person, record.uuid)
                    fetched = True
                except Http404:
                    fetched = False
                assert fetched == (record.uuid in listed), (role, record)


def test_who_sees_records(world):
    """The row "competency record" of the protocol's table, and nobody of the other network."""
    build.award(world.here)
    seeing = {role for role, person in world.here.people.items() if access.visible_to(person).exists()}
    assert seeing == {
        "beneficiary",
        "trainer",
        "tutor",
        "training_director",
        "social_worker",
        "cpi_operator",
        "agency_operator",
        "consortium_coordinator",
        "inspector",
    }
    assert not [role for role, person in world.there.people.items() if access.visible_to(person).exists()]


def test_nothing_private_is_inside(world):
    """Whatever a record holds leaves the house: no name, code, contact, place, pact, absence or reason."""
    person = world.here.beneficiary
    person.first_name, person.last_name = "Zvonimira", "Kowalczykowa"
    person.email = "zvonimira@example.org"
    person.save()
    world.here.consortium.municipality = "Cisternino"
    world.here.consortium.save()
    enrolment = world.here.enrolment
    enrolment.message, enrolment.reason = "assente per malattia", "percepisce ADI"
    enrolment.referring_agency = world.here.cpi
    enrolment.save()
    award = build.award(world.here)
    revocation = actions.revoke(
        award, reason="request", note="Zvonimira era assente", by=world.here.trainer, at=NOW
    )
    secrets = [
        "Zvonimira",
        "Kowalczykowa",
        "zvonimira@",
        "Cisternino",
        "malattia",
        "assen",
        "ADI",
        "SFL",
        world.here.cpi.name,
        str(person.uuid),
        person.username,
        world.here.trainer.username,
        world.here.training_director.username,
    ]
    for record in (award, revocation):
        for secret in secrets:
            assert secret.lower() not in record.content.lower(), (secret, record.event)
    assert content.urn(person.pseudonym.uuid) in award.content


def test_one_person_has_one_pseudonym(world):
    first = build.award(world.here)
    second = build.award(world.here, "1.2")
    assert first.person.pseudonym == second.person.pseudonym
    assert first.person.pseudonym.uuid != first.person.uuid
