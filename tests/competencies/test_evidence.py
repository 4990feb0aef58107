"""Evidence by the rule of each goal: mapped questions, observations; proposals, rectification, documents of others."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.models import Question, QuestionCompetency
from courses.queries import outline, page_of, quiz_snapshot
from lms.assessments.actions import submit_attempt
from lms.audit.queries import entries_about
from lms.competencies import actions, queries, rules
from lms.competencies.models import (
    CompetencyRecord,
    Decision,
    Observation,
    Proposal,
    ReceivedDocument,
    Rectification,
)
from lms.competencies.rules import Evidence, QuizEvidence, Rule, SeenEvidence, missing
from lms.errors import Refused
from tests import factories as make
from tests.competencies import build
from tests.competencies.test_pages import signed_in
from tests.factories import NOW

HOURS = {"minutes_live": 720, "minutes_study": 0, "minutes_planned": 720}
PDF = b"%PDF-1.7 una prova"


@pytest.fixture(autouse=True)
def papers(settings, tmp_path):
    options = {"location": str(tmp_path / "records")}
    settings.STORAGES = settings.STORAGES | {
        "records": {"BACKEND": "courses.storage.PrivateStorage", "OPTIONS": options}
    }


class TestRules:
    """Pure: what is lacking, by the rule of the goal."""

    def quiz(self, score: str, most: str = "4", passed: bool = False) -> tuple[QuizEvidence, ...]:
        return (QuizEvidence("k", "Verifica", passed, score, most, "2026-11-20"),)

    def test_a_share_of_the_mapped_questions(self):
        weak = Evidence(**HOURS, quizzes=self.quiz("2"), mapped=True)
        assert [(gap.code, gap.percent, gap.needed) for gap in missing(weak)] == [("questions", 50, 60)]
        assert not missing(Evidence(**HOURS, quizzes=self.quiz("2.4"), mapped=True))
        assert not missing(
            Evidence(**HOURS, quizzes=self.quiz("0"), mapped=True, rule=Rule(questions_percent=0))
        )

    def test_hours_and_quizzes_may_be_left_out(self):
        nothing = Evidence(0, 0, 720, quizzes=self.quiz("0"), rule=Rule(False, 0, False))
        assert not missing(nothing)

    @pytest.mark.parametrize(("seen", "enough"), [("done", True), ("helped", False), ("", False)])
    def test_an_observation_of_doing_it_alone(self, seen, enough):
        observation = SeenEvidence(seen, "2026-11-20", "d") if seen else None
        gaps = missing(Evidence(**HOURS, rule=Rule(needs_observation=True), observation=observation))
        assert [gap.code for gap in gaps] == ([] if enough else ["observation"])


def answer_quiz(body, right: set[int]) -> None:
    """The beneficiary hands in the quiz of the course, with these questions (0, 1) right."""
    quiz = next(item for item in outline(body.course).activities if item.kind == "quiz")
    page = page_of(quiz)
    answers = {}
    for number, question in enumerate(quiz_snapshot(page)["questions"]):
        chosen = next(a["key"] for a in question["answers"] if a["correct"] == (number in right))
        answers[question["key"]] = [chosen]
    submit_attempt(body.enrolment, page, answers, key=uuid4(), at=NOW)


def test_only_the_mapped_questions_speak_for_a_goal(world):
    body = world.here
    first, second = build.goal(body.course, "1.1"), build.goal(body.course, "1.2")
    questions = list(Question.objects.filter(page__path__startswith=body.course.path).order_by("sort_order"))
    QuestionCompetency.objects.create(question=questions[0], competency=first.competency)
    answer_quiz(body, right={0})
    goals = queries.goals_of(body.course)
    found = queries.evidence_of_goals([body.enrolment], goals)
    one = found[body.enrolment.pk, first.competency_id]
    assert (one.mapped, one.questions_percent, one.quizzes[0].max_score, one.quizzes[0].passed) == (
        True,
        100,
        "1",
        True,
    )
    other = found[body.enrolment.pk, second.competency_id]
    assert (other.mapped, other.quizzes[0].passed) == (False, False)
    answer_quiz(body, right={1})  # worse for the first question: the better attempt still counts
    assert queries.evidence_for(body.enrolment, goals[0]).questions_percent == 100


def test_evidence_costs_the_same_for_two_people_and_for_ten(world):
    body = world.here
    aimed = build.goal(body.course)
    question = Question.objects.filter(page__path__startswith=body.course.path).first()
    QuestionCompetency.objects.create(question=question, competency=aimed.competency)
    goals = queries.goals_of(body.course)

    def cost(number: int) -> int:
        rows = list(body.edition.enrolments.select_related("edition__course")[:number])
        with CaptureQueriesContext(connection) as made:
            assert len(queries.evidence_of_goals(rows, goals)) == number
        return len(made)

    for _ in range(9):
        make.enrolment(make.person("Altra"), body.edition)
    cost(1)  # the outline of the course is kept from then on
    assert cost(2) == cost(10)


def test_an_observation_is_written_once_and_stays_in_the_house(world):
    body = world.here
    aimed = build.goal(body.course)
    what = {
        "level": aimed.level,
        "seen": "done",
        "text": "Ha cercato da sola.",
        "seen_on": NOW.date(),
        "at": NOW,
    }
    for _ in range(2):
        actions.observe(body.enrolment, aimed.competency, by=body.trainer, **what)
    assert Observation.objects.count() == 1
    for person in (body.tutor, body.beneficiary, world.there.trainer):
        with pytest.raises(Refused, match="not_yours"):
            actions.observe(body.enrolment, aimed.competency, by=person, **what)
    evidence = queries.evidence_for(body.enrolment, queries.goals_of(body.course)[0])
    assert evidence.observation.seen == "done"
    record = build.award(body, evidence=rules.Evidence(**HOURS, observation=evidence.observation))
    assert "Ha cercato" not in record.content
    assert '"observation"' in record.content
    assert '"version":1' in record.content


def test_whoever_proposed_does_not_award(world):
    body = world.here
    aimed = build.goal(body.course)
    what = {"level": aimed.level, "evidence": build.ENOUGH, "at": NOW}
    with pytest.raises(Refused, match="no_proposal"):
        actions.award(body.enrolment, aimed.competency, by=body.training_director, **what)
    actions.propose(body.enrolment, aimed.competency, by=body.training_director, **what)
    with pytest.raises(Refused, match="two_people"):
        actions.award(body.enrolment, aimed.competency, by=body.training_director, **what)
    assert not CompetencyRecord.objects.exists()


def test_a_decision_stands_beside_its_record(world):
    record = build.award(world.here)
    decision = Decision.objects.get()
    assert (decision.record, decision.outcome) == (record, "awarded")
    with pytest.raises(Refused, match="awarded"):
        actions.send_back(decision.proposal, reason="x", by=world.here.training_director, at=NOW)


def test_putting_right_adds_three_rows(world):
    body = world.here
    wrong = build.award(body)
    higher = wrong.level.framework.levels.get(code="2")
    what = {
        "level": higher,
        "code": "wrong_level",
        "reason": "Era il secondo livello",
        "evidence": build.ENOUGH,
    }
    with pytest.raises(Refused, match="not_yours"):
        actions.rectify(wrong, by=body.trainer, at=NOW, **what)
    later = NOW + timedelta(days=1)
    right = actions.rectify(wrong, by=body.training_director, at=later, **what)
    assert actions.rectify(wrong, by=body.training_director, at=later, **what) == right
    assert f'"rectifies":"urn:uuid:{wrong.uuid}"' in right.content
    assert '"version":2' in right.content
    assert "secondo livello" not in right.content
    assert list(CompetencyRecord.objects.standing()) == [right]
    assert CompetencyRecord.objects.get(revokes=wrong).reason == "wrong_level"
    page = signed_in(body.beneficiary).get(reverse("competencies:record", args=[wrong.uuid])).text
    assert str(right.uuid) in page


def receive(body, **given):
    what = {
        "kind": "certificazione_III",
        "competency": None,
        "level": None,
        "title": "Operatore della pulizia",
        "body": "Ente titolato di prova",
        "body_code": "ET-1",
        "number": "12/2026",
        "issued_on": date(2026, 11, 20),
        "document": PDF,
        "by": body.tutor,
        "at": NOW,
    }
    return actions.receive(body.enrolment, **(what | given))


def test_after_midnight_the_day_that_has_begun_here_is_no_day_to_come(world):
    """Half past midnight in Rome is still the day before in UTC."""
    body, today = world.here, date(2026, 11, 25)
    at = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    aimed = build.goal(body.course)
    what = {"level": aimed.level, "seen": "done", "text": "Ha cercato da sola.", "seen_on": today, "at": at}
    seen = actions.observe(body.enrolment, aimed.competency, by=body.trainer, **what)
    assert (seen.seen_on, receive(body, issued_on=today, at=at).issued_on) == (today, today)
    with pytest.raises(Refused, match=r"observe\.day"):
        actions.observe(
            body.enrolment, aimed.competency, by=body.trainer, **what | {"seen_on": date(2026, 11, 26)}
        )
    with pytest.raises(Refused, match=r"received\.day"):
        receive(body, number="13", issued_on=date(2026, 11, 26), at=at)


class TestReceived:
    def test_it_is_recorded_once_and_sealed(self, world):
        row = receive(world.here)
        assert receive(world.here) == row
        with row.file.open("rb") as sealed:
            assert b"una prova" not in sealed.read()
        assert not CompetencyRecord.objects.exists()  # nothing of ours is issued by it
        answer = signed_in(world.here.beneficiary).get(reverse("competencies:received_file", args=[row.uuid]))
        assert answer.content == PDF
        assert "write.attestation_received" in [entry.verb for entry in entries_about(world.here.beneficiary)]

    def test_correcting_and_taking_out_are_rows(self, world):
        row = receive(world.here)
        with pytest.raises(Refused, match="reason"):
            receive(world.here, about=row, number="13/2026")
        second = receive(world.here, about=row, number="13/2026", reason="Numero sbagliato")
        with pytest.raises(Refused, match="corrected"):
            actions.take_out(row, reason="x", by=world.here.tutor, at=NOW)
        assert queries.received_of(world.here.beneficiary) == [second]
        actions.take_out(second, reason="Di un'altra persona", by=world.here.training_director, at=NOW)
        assert queries.received_of(world.here.beneficiary) == []
        assert ReceivedDocument.objects.count() == 3

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"document": b"MZ"}, "type"),
            ({"kind": "frequenza"}, "kind"),
            ({"issued_on": date(2027, 1, 1)}, "day"),
        ],
    )
    def test_what_is_refused(self, world, change, code):
        with pytest.raises(Refused, match=code):
            receive(world.here, **change)

    def test_only_who_runs_the_edition_records(self, world):
        for person in (world.here.trainer, world.here.beneficiary, world.there.tutor):
            with pytest.raises(Refused, match="not_yours"):
                receive(world.here, by=person)

    def test_from_the_page(self, world):
        client = signed_in(world.here.tutor)
        url = reverse("competencies:received", args=[world.here.edition.code, world.here.enrolment.uuid])
        form = {
            "kind": "validazione_II",
            "title": "UC 394-1",
            "body": "Ente titolato",
            "number": "7",
            "issued_on": "2026-11-02",
        }
        wrong = client.post(url, form | {"document": SimpleUploadedFile("a.pdf", b"no")})
        assert wrong.status_code == 200
        assert client.post(url, form | {"document": SimpleUploadedFile("a.pdf", PDF)}).status_code == 302
        row = ReceivedDocument.objects.get()
        assert row.title in client.get(url).text
        change = reverse("competencies:correct", args=[row.uuid])
        again = form | {"number": "8", "reason": "Numero sbagliato"}
        assert client.post(change, again).status_code == 302
        newest = ReceivedDocument.objects.get(about=row)
        assert (newest.number, newest.sha256) == ("8", row.sha256)
        assert row.title in signed_in(world.here.beneficiary).get(reverse("competencies:mine")).text


@pytest.mark.parametrize("model", [Proposal, Decision, Observation, Rectification, ReceivedDocument])
def test_the_database_refuses_to_change_what_was_written(world, model):
    body = world.here
    wrong = build.award(body)
    aimed = body.course.goals.get()
    actions.observe(
        body.enrolment,
        aimed.competency,
        level=aimed.level,
        seen="done",
        text="x",
        seen_on=NOW.date(),
        by=body.trainer,
        at=NOW,
    )
    actions.rectify(
        wrong,
        level=wrong.level.framework.levels.get(code="2"),
        code="mistake",
        reason="x",
        evidence=build.ENOUGH,
        by=body.training_director,
        at=NOW,
    )
    receive(body)
    row = model.objects.first()
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET by_id = by_id + 1")
