"""Absences on pages: entered, proven, decided, made up for; each reads their part."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lms.attendance import actions, queries
from lms.attendance.models import Justification, JustificationPaper
from lms.attendance.reasons import REASONS
from lms.audit.models import Entry
from lms.enrolments.queries import next_classes
from tests import factories as make
from tests.attendance.absent import AFTER, PDF, ask, signed_in
from tests.attendance.conftest import hold, minutes
from tests.factories import NOW


def test_a_tutor_records_a_justification_and_the_trainer_sees_yes_and_no_more(body):
    client = signed_in(body.tutor)
    shown = client.get(reverse("attendance:absence_choose"), {"q": "Benef"})
    assert reverse("attendance:absence_enter", args=[body.enrolment.uuid]) in shown.content.decode()
    url = reverse("attendance:absence_enter", args=[body.enrolment.uuid])
    wrong = client.post(url, {"reason": "family", "note": "Lutto in famiglia"})
    assert wrong.status_code == 422
    assert "Lutto in famiglia" in wrong.content.decode(), "nothing is lost"
    form = {"classes": [str(body.session.uuid)], "reason": "family", "note": "Lutto", "paper_seen": "on"}
    answer = client.post(url, form)
    row = Justification.objects.get()
    assert answer.url == reverse("attendance:absence", args=[row.uuid])
    assert client.post(answer.url, {"answer": "accept"}).status_code == 302
    page = signed_in(body.trainer).get(reverse("attendance:class", args=[body.session.uuid])).content.decode()
    assert "giustificata" in page
    assert "Lutto" not in page
    assert str(REASONS["family"].label) not in page
    assert signed_in(body.trainer).get(answer.url).status_code == 404


def test_a_social_worker_enters_proves_and_decides_and_each_reads_their_part(body, world, clock):
    """The whole way over HTTP of an absence for illness, after the days allowed."""
    clock.shift(timedelta(days=9))
    worker = signed_in(body.social_worker)
    enter = reverse("attendance:absence_enter", args=[body.enrolment.uuid])
    form = {"classes": [str(body.session.uuid)], "reason": "illness", "note": "Ricovero"}
    at = worker.post(enter, form).url
    row = Justification.objects.get()
    assert row.late
    assert "oltre i giorni consentiti" in worker.get(at).content.decode()

    refused = worker.post(at, {"answer": "accept", "why": "Era ricoverata"})
    assert refused.status_code == 422, "no document yet"
    assert "Era ricoverata" in refused.content.decode(), "nothing is lost"
    add = reverse("attendance:absence_paper_add", args=[row.uuid])
    assert worker.post(add, {"paper": SimpleUploadedFile("dimissioni.pdf", PDF)}).status_code == 302
    assert worker.post(at, {"answer": "accept"}).status_code == 422, "late: it wants a why"
    assert worker.post(at, {"why": "Era ricoverata"}).status_code == 422, "no button is no decision"
    assert worker.post(at, {"answer": "accept", "why": "Era ricoverata"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.why) == ("accepted", body.social_worker, "Era ricoverata")

    paper = reverse("attendance:absence_paper", args=[JustificationPaper.objects.get().uuid])
    purpose = {"purpose": "Decidere"}
    codes = {
        role: signed_in(person).post(paper, purpose).status_code
        for side in (body, world.there)
        for role, person in side.people.items()
        if side is body or role in ("social_worker", "cpi_operator", "tutor", "training_director")
        for role in [role if side is body else f"other {role}"]
    }
    assert {role for role, code in codes.items() if code == 200} == {"beneficiary", "social_worker"}
    assert set(codes.values()) == {200, 404}

    shown = signed_in(body.tutor).get(at).content.decode()
    own = signed_in(body.beneficiary).get(at).content.decode()
    for secret in ("Ricovero", "dimissioni", str(REASONS["illness"].label)):
        assert secret not in shown
        assert secret in own or secret == str(REASONS["illness"].label)
    for role in ("trainer", "training_director", "inspector"):
        page = signed_in(body.people[role]).get(reverse("attendance:class", args=[body.session.uuid]))
        for secret in ("Ricovero", "dimissioni", "malattia", "Era ricoverata"):
            assert secret not in page.content.decode(), role
    for there in world.there.people.values():
        assert signed_in(there).get(at).status_code == 404


def test_hours_made_up_for_are_counted_once_and_missed_ones_never(body, pages_of_hours):
    """Absent, justified, then an hour of recovery: what every page, paper and table says."""
    actions.accept_justification(ask(body), by=body.tutor, at=AFTER)
    assert pages_of_hours() == (0, 0, 120)
    tutor = signed_in(body.tutor)
    day = (NOW + timedelta(days=3)).date().isoformat()
    plan = {"title": "Recupero", "day": day, "start": "15:00", "end": "17:00", "mode": "online"}
    plan |= {"trainer": str(body.trainer.uuid), "people": [str(body.enrolment.uuid)]}
    answer = tutor.post(reverse("attendance:recover", args=[body.session.uuid]), plan)
    again = body.edition.sessions.get(recovery=True)
    assert answer.url == reverse("attendance:class", args=[again.uuid])
    page = hold(body, again, people=[(body.beneficiary, (0, 120))])
    actions.close_page(page, by=body.trainer, at=again.ends_at + minutes(5))
    hours = queries.minutes_of(body.enrolment)
    assert (hours.live, hours.recovered, hours.total, hours.lost) == (0, 30, 30, 120), "20 % of 150"
    assert pages_of_hours() == (30, 30, 120), "two hours in a recovery class are not two hours more"
    (line,) = queries.sheet_of(again).lines
    assert line.recovers.uuid == str(body.session.uuid)
    assert len(page.register.entries.all()) == 3


@pytest.fixture
def pages_of_hours(body):
    """(recovered, in all, lost and justified), as the closing page would have them."""

    def read():
        (row,) = queries.sums_of(body.session.register_page.register)
        assert (row.live, row.missed, row.lost_unjustified) == (0, 1, 0)
        hours = queries.minutes_of(body.enrolment)
        assert (row.minutes, row.recovered, row.planned) == (hours.total, hours.recovered, hours.planned)
        assert (row.lost_justified, row.lost_unjustified) == (hours.justified, hours.unjustified)
        return row.recovered, row.minutes, row.lost_justified

    return read


def test_a_document_goes_in_and_out_by_the_pages(body):
    row = ask(body, reason="illness")
    client = signed_in(body.social_worker)
    add = reverse("attendance:absence_paper_add", args=[row.uuid])
    file = SimpleUploadedFile("foto.exe", b"MZ")
    assert client.post(add, {"paper": file}).status_code == 422
    assert client.post(add, {"paper": SimpleUploadedFile("c.pdf", PDF)}).status_code == 302
    paper = JustificationPaper.objects.get()
    url = reverse("attendance:absence_paper", args=[paper.uuid])
    assert client.post(url).status_code == 422
    got = client.post(url, {"purpose": "Decidere"})
    assert got.content == PDF
    assert got["Content-Disposition"].startswith("attachment")
    assert "sandbox" in got["Content-Security-Policy"]
    assert client.get(url).status_code == 405


def test_a_recovery_class_is_planned_for_who_missed(body):
    other = make.person("Altra", "Allieva")
    make.enrolment(other, body.edition)
    client = signed_in(body.tutor)
    url = reverse("attendance:recover", args=[body.session.uuid])
    (absentee,) = client.get(url).context["absentees"]
    assert (absentee.enrolment, absentee.lost) == (body.enrolment, 120)
    day = (NOW + timedelta(days=3)).date().isoformat()
    form = {
        "title": "Recupero",
        "day": day,
        "start": "15:00",
        "end": "17:00",
        "trainer": str(body.trainer.uuid),
        "mode": "online",
    }
    assert client.post(url, form).status_code == 422
    answer = client.post(url, form | {"people": [str(body.enrolment.uuid)]})
    assert answer.status_code == 302
    planned = [session.title for session in next_classes(body.beneficiary, AFTER)]
    assert planned == ["Recupero"]
    assert not next_classes(other, AFTER)
    assert Entry.objects.filter(verb="write.recovery", subject=body.beneficiary).exists()
    assert "recupera" in client.get(url).context["absentees"][0].words


@pytest.mark.parametrize("role", ["tutor", "social_worker"])
def test_the_list_costs_the_same_for_two_and_for_fifty(body, role, django_assert_max_num_queries):
    def add(count):
        for number in range(count):
            learner = make.person(
                "Allieva", f"{role}{number:02d}", role="beneficiary", agency=body.consortium
            )
            make.case(body.social_worker, learner, body.consortium)
            row = make.enrolment(learner, body.edition)
            actions.ask_justification(row, [body.session], reason="court", by=body.tutor, at=AFTER)

    add(2)
    client = signed_in(body.people[role])
    url = reverse("attendance:absences")
    client.get(url)
    with django_assert_max_num_queries(40) as few:
        client.get(url)
    Entry.objects.count()
    add_more = [
        make.person("Altra", f"{role}-{n}", role="beneficiary", agency=body.consortium) for n in range(22)
    ]
    for learner in add_more:
        make.case(body.social_worker, learner, body.consortium)
        row = make.enrolment(learner, body.edition)
        actions.ask_justification(row, [body.session], reason="court", by=body.tutor, at=AFTER)
    client.get(url)
    with django_assert_max_num_queries(40) as many:
        page = client.get(url)
    assert len(page.context["rows"]) >= 24
    assert len(few) == len(many)
