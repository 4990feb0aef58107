"""The pages: what a trainer, a learner and a social worker see and do."""

import pytest
from django.test import Client
from django.urls import reverse

from lms.audit.queries import entries_about
from lms.competencies import queries, rules
from lms.competencies.models import CompetencyRecord, Proposal
from lms.competencies.queries import evidence
from tests import factories as make
from tests.competencies import build


@pytest.fixture
def enough(monkeypatch):
    """Everybody has done enough: how hours and marks come about is shown in their own tests and the journeys."""
    monkeypatch.setattr(
        evidence, "evidence_of_many", lambda rows: dict.fromkeys([row.pk for row in rows], build.ENOUGH)
    )


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def award_url(body) -> str:
    return reverse(
        "competencies:award", args=[body.edition.code, body.enrolment.uuid, build.competency().uuid]
    )


def test_a_trainer_proposes_and_the_director_awards_from_the_page(world, enough):
    build.goal(world.here.course)
    trainer, director = signed_in(world.here.trainer), signed_in(world.here.training_director)
    url, seen = award_url(world.here), rules.evidence_digest(build.ENOUGH)
    page = trainer.get(url)
    assert page.status_code == 200
    assert seen in page.text
    assert 'name="confirm"' not in page.text
    assert 'name="confirm"' not in director.get(url).text, "nothing is proposed yet"
    assert trainer.post(url, {"seen": seen, "confirm": "on"}).status_code == 403
    for _ in range(2):
        assert trainer.post(f"{url}proponi/", {"seen": seen, "note": "Lo sa fare."}).status_code == 302
    assert Proposal.objects.count() == 1
    assert not CompetencyRecord.objects.exists()
    waiting = director.get(reverse("competencies:to_decide"))
    assert url in waiting.text
    assert "Lo sa fare." in director.get(url).text
    assert director.post(url, {"seen": seen}).status_code == 200, "without the box nothing happens"
    assert not CompetencyRecord.objects.exists()
    for _ in range(2):
        assert director.post(url, {"seen": seen, "confirm": "on"}).status_code == 302
    assert CompetencyRecord.objects.get().by == world.here.training_director
    assert url not in director.get(reverse("competencies:to_decide")).text


def test_a_proposal_is_sent_back_with_its_reason(world, enough):
    build.goal(world.here.course)
    trainer, director = signed_in(world.here.trainer), signed_in(world.here.training_director)
    url, seen = award_url(world.here), rules.evidence_digest(build.ENOUGH)
    trainer.post(f"{url}proponi/", {"seen": seen})
    back = reverse("competencies:send_back", args=[Proposal.objects.get().uuid])
    assert director.post(back, {"reason": ""}).status_code == 400
    assert trainer.post(back, {"reason": "x"}).status_code == 404
    assert director.post(back, {"reason": "Manca una prova"}).status_code == 302
    assert "Manca una prova" in trainer.get(url).text
    assert trainer.post(f"{url}proponi/", {"seen": seen}).status_code == 302
    assert Proposal.objects.count() == 2


def test_evidence_that_changed_is_shown_again(world, enough):
    build.goal(world.here.course)
    answer = signed_in(world.here.trainer).post(f"{award_url(world.here)}proponi/", {"seen": "old"})
    assert answer.status_code == 409
    assert rules.evidence_digest(build.ENOUGH) in answer.text
    assert not CompetencyRecord.objects.exists()


def test_too_little_evidence_shows_what_is_missing_and_no_button(world):
    build.goal(world.here.course)
    client = signed_in(world.here.trainer)
    page = client.get(award_url(world.here)).text
    assert "Verifica" in page
    assert 'name="confirm"' not in page
    found = queries.evidence_for(world.here.enrolment)
    form = {"seen": rules.evidence_digest(found), "confirm": "on"}
    assert client.post(f"{award_url(world.here)}proponi/", form).status_code == 409
    assert not CompetencyRecord.objects.exists()


def test_attendance_is_certified_from_the_page(world, enough):
    url = reverse("competencies:attendance", args=[world.here.edition.code, world.here.enrolment.uuid])
    form = {"seen": rules.evidence_digest(build.ENOUGH), "confirm": "on"}
    assert signed_in(world.here.trainer).post(url, form).status_code == 302
    assert CompetencyRecord.objects.get().kind == "frequenza"


def test_a_tutor_sees_the_evidence_and_cannot_award(world, enough):
    build.goal(world.here.course)
    client = signed_in(world.here.tutor)
    assert 'name="confirm"' not in client.get(award_url(world.here)).text
    form = {"seen": rules.evidence_digest(build.ENOUGH), "confirm": "on"}
    assert client.post(award_url(world.here), form).status_code == 403
    assert not CompetencyRecord.objects.exists()


def test_a_trainer_revokes_from_the_page(world):
    record = build.award(world.here)
    client = signed_in(world.here.trainer)
    url = reverse("competencies:revoke", args=[record.uuid])
    assert client.post(url, {"reason": "", "note": ""}).status_code == 400
    assert client.post(url, {"reason": "mistake", "note": "riga sbagliata"}).status_code == 302
    page = client.get(reverse("competencies:record", args=[record.uuid])).text
    assert reverse("competencies:revoke", args=[record.uuid]) not in page


def test_reading_another_person_s_record_is_noted_and_one_s_own_is_not(world):
    record = build.award(world.here)
    url = reverse("competencies:record", args=[record.uuid])
    before = entries_about(world.here.beneficiary).count()
    signed_in(world.here.beneficiary).get(url)
    assert entries_about(world.here.beneficiary).count() == before
    signed_in(world.here.social_worker).get(url)
    signed_in(world.here.social_worker).get(
        reverse("competencies:person", args=[world.here.beneficiary.uuid])
    )
    read = entries_about(world.here.beneficiary).filter(verb__startswith="read.")
    assert {entry.verb for entry in read} == {"read.competency_record", "read.competency_records"}


def test_my_competencies_in_plain_words(world):
    client = signed_in(world.here.beneficiary)
    assert client.get(reverse("competencies:mine")).status_code == 200
    build.award(world.here)
    page = client.get(reverse("competencies:mine")).text
    assert "Cercare informazioni" in page
    assert "levels__step--reached" in page
    other = signed_in(world.there.beneficiary).get(reverse("competencies:mine")).text
    assert "Cercare informazioni" not in other


def test_the_export_is_a_table_of_the_edition(world):
    build.award(world.here)
    world.here.beneficiary.last_name = "=cmd()"
    world.here.beneficiary.save()
    url = reverse("competencies:edition_csv", args=[world.here.edition.code])
    text = signed_in(world.here.trainer).get(url).content.decode()
    assert "'=cmd()" in text
    assert "Cercare informazioni" in text


def test_filters(world):
    build.award(world.here)
    make.enrolment(world.here.stranger, world.here.edition)
    client = signed_in(world.here.trainer)
    url = reverse("competencies:edition", args=[world.here.edition.code])

    def names(**query):
        return [row.enrolment.person.first_name for row in client.get(url, query).context["rows"]]

    assert names() == ["Beneficiary", "Sconosciuta"]
    assert names(search="scono") == ["Sconosciuta"]
    assert names(show="awarded") == ["Beneficiary"]
    assert names(show="todo") == ["Sconosciuta"]
    assert names(search="zzz") == []


def test_the_list_costs_the_same_for_two_and_for_fifty(world, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    build.award(world.here)
    make.enrolment(world.here.stranger, world.here.edition)
    client = signed_in(world.here.trainer)
    url = reverse("competencies:edition", args=[world.here.edition.code])
    client.get(url)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries_made:
            assert client.get(url).status_code == 200
        return len(queries_made)

    few = cost()
    for _ in range(48):
        build.award(world.here, person=make.enrolment(make.person("Altra"), world.here.edition))
    assert cost() == few
