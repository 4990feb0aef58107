"""Door, removals, prompts, substitutions, inspectors: what is stored and what it never does to minutes."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse

from lms.attendance import access, actions, files, papers, queries, tables
from lms.attendance.models import InspectorPass, PresencePrompt, Removal, VisitCheck
from lms.errors import Refused
from tests import factories as make
from tests.attendance.conftest import BOOT, minutes
from tests.attendance.test_papers import text_of


def connect(body, person, start, *, waits=False):
    at = body.session.starts_at + minutes(start)
    row = actions.record_connection(
        person, body.session, device="telefono", boot_id=BOOT, role="learner", at=at
    )
    if waits:
        actions.wait_at_door(row, at=at)
    return row


def close(row, body, end):
    at = body.session.starts_at + minutes(end)
    actions.close_connection(row.pk, reason="left", at=at, last_evidence=at)


def line_of(body, person=None):
    person = person or body.beneficiary
    return next(line for line in queries.sheet_of(body.session).lines if line.person == str(person.uuid))


@pytest.fixture
def here(world, django_capture_on_commit_callbacks):
    """A class that is on from minute 0; `at(n)` is its minute n."""
    body = world.here
    with django_capture_on_commit_callbacks(execute=True):  # the anchor of its register
        actions.start_class(body.session, by=body.trainer, at=body.session.starts_at)
    return body


def at(body, n):
    return body.session.starts_at + minutes(n)


def end(body, n=120):
    return actions.end_class(body.session, by=body.trainer, at=at(body, n))


# ------------------------------------------------------------------------------------------ the door


def test_waiting_is_stored_and_counts_nothing(here):
    row = connect(here, here.beneficiary, 0, waits=True)
    assert queries.people_connected(here.session, since=at(here, 0)) == []
    ((who, since),) = queries.people_waiting(here.session, since=at(here, 0))
    assert (who, since) == (here.beneficiary, at(here, 0))
    assert not queries.was_let_in(here.session, here.beneficiary)
    assert actions.admit(here.session, [here.beneficiary], by=here.trainer, at=at(here, 9)) == [
        here.beneficiary
    ]
    assert actions.admit(here.session, [here.beneficiary], by=here.trainer, at=at(here, 20)) == []
    assert queries.was_let_in(here.session, here.beneficiary)
    close(row, here, 120)
    end(here)
    line = line_of(here)
    assert (line.minutes, line.waited_seconds) == (111, 540)
    assert line.outcome.first_in == at(here, 9)


def test_who_is_never_let_in_is_absent_and_the_wait_is_not_lost(here):
    row = connect(here, here.beneficiary, 0, waits=True)
    close(row, here, 60)
    page = end(here)
    line = line_of(here)
    assert (line.minutes, line.outcome.status, line.waited_seconds) == (0, "absent", 3600)
    closed = actions.close_page(page, by=here.trainer, at=at(here, 121))
    frozen = line_of(here)
    assert (frozen.minutes, frozen.waited_seconds, frozen.held_out) == (0, 3600, line.held_out)
    assert closed.number == 1


def test_sent_out_and_let_in_again(here):
    row = connect(here, here.beneficiary, 0)
    with pytest.raises(Refused, match="no_reason"):
        actions.send_out(here.session, here.beneficiary, reason="  ", by=here.trainer, at=at(here, 50))
    for _twice in range(2):
        actions.send_out(here.session, here.beneficiary, reason="Disturba", by=here.trainer, at=at(here, 50))
    assert Removal.objects.count() == 1
    assert queries.removal_of(here.session, here.beneficiary).reason == "Disturba"
    close(row, here, 50.5)  # its socket answered once more before it was cut
    assert actions.let_in_again(here.session, here.beneficiary, by=here.tutor, at=at(here, 51))
    assert not actions.let_in_again(here.session, here.beneficiary, by=here.tutor, at=at(here, 60))
    close(connect(here, here.beneficiary, 51.2), here, 120)
    end(here)
    line = line_of(here)
    # 0–50 and 51.2–120; of the gap only the 12 seconds after being let in again are a reconnection
    assert (line.outcome.attended_seconds, line.outcome.merged_seconds) == (50 * 60 + 68.8 * 60, 12)
    (record,) = [r for r in queries.classes_of(here.enrolment) if r.session == here.session]
    assert record.minutes == line.minutes, "the learner's own page says the same"


def test_refused_at_the_door(here):
    connect(here, here.beneficiary, 5, waits=True)
    actions.send_out(
        here.session, here.beneficiary, reason="Non è in elenco", by=here.trainer, at=at(here, 6)
    )
    assert queries.people_waiting(here.session, since=at(here, 0)) == []
    actions.let_in_again(here.session, here.beneficiary, by=here.trainer, at=at(here, 8))
    assert queries.was_let_in(here.session, here.beneficiary), "let in again is let in"


# ------------------------------------------------------------------------------------------ prompts


def test_a_prompt_is_asked_once_answered_once_and_changes_no_minute(here):
    inside, silent, gone = here.beneficiary, make.person("Zita", "B"), make.person("Aldo", "A")
    for person in (silent, gone):
        make.enrolment(person, here.edition)
    rows = [connect(here, inside, 0), connect(here, silent, 0)]
    close(connect(here, gone, 0), here, 10)
    key = uuid4()
    prompt = actions.ask_presence(here.session, key=key, by=here.trainer, at=at(here, 20))
    assert actions.ask_presence(here.session, key=key, by=here.trainer, at=at(here, 21)) == prompt
    with pytest.raises(Refused) as refused:
        actions.ask_presence(here.session, key=uuid4(), by=here.trainer, at=at(here, 21))
    assert refused.value.code == "prompt.stands"
    with pytest.raises(Refused):
        actions.answer_presence(prompt, inside, key=uuid4(), at=at(here, 19))
    first = actions.answer_presence(prompt, inside, key=uuid4(), at=at(here, 21))
    again = actions.answer_presence(prompt, inside, key=uuid4(), at=at(here, 40))  # from another device
    assert again == first
    for row in rows:
        close(row, here, 120)
    end(here)
    (asked,) = queries.prompts_of(here.session)
    assert {a.name: a.verdict for a in asked.answers} == {
        queries.name_of(inside): "answered",
        queries.name_of(silent): "unanswered",
    }, "who had gone was not asked"
    assert [a.name for a in asked.silent] == [queries.name_of(silent)]
    assert line_of(here, silent).minutes == line_of(here).minutes == 120
    with pytest.raises(Refused):
        actions.confirm_by_voice(prompt, here.trainer, by=here.trainer, at=at(here, 60))
    actions.confirm_by_voice(prompt, silent, by=here.trainer, at=at(here, 60))
    actions.confirm_by_voice(prompt, inside, by=here.trainer, at=at(here, 60))
    (asked,) = queries.prompts_of(here.session)
    assert {a.name: (a.verdict, a.confirmed_by) for a in asked.answers} == {
        queries.name_of(inside): ("answered", ""),
        queries.name_of(silent): ("voice", queries.name_of(here.trainer)),
    }


def test_a_late_answer_is_kept_as_late(here):
    row = connect(here, here.beneficiary, 0)
    prompt = actions.ask_presence(here.session, key=uuid4(), by=here.trainer, at=at(here, 20))
    actions.answer_presence(prompt, here.beneficiary, key=uuid4(), at=prompt.deadline + timedelta(seconds=1))
    close(row, here, 120)
    page = end(here)
    (asked,) = queries.prompts_of(here.session)
    assert asked.answers[0].verdict == "late"
    actions.close_page(page, by=here.trainer, at=at(here, 121))
    with pytest.raises(Refused) as refused:
        actions.confirm_by_voice(prompt, here.beneficiary, by=here.trainer, at=at(here, 122))
    assert refused.value.code == "page.closed"


def test_the_policy_asks_by_itself_once_whoever_looks(here):
    assert actions.ask_when_due(here.session, at=at(here, 29)) is None
    assert actions.ask_when_due(here.session, at=at(here, 30.1)) is not None
    for later in (30.2, 36, 59):
        assert actions.ask_when_due(here.session, at=at(here, later)) is None
    end(here, 80)
    assert actions.ask_when_due(here.session, at=at(here, 95)) is None
    assert PresencePrompt.objects.count() == 1
    (asked,) = queries.prompts_of(here.session)
    assert asked.asked_by == ""


# ------------------------------------------------------------------------------------- substitutions


@pytest.fixture
def second(world):
    person = make.person("Sara", "Seconda", role="trainer", agency=world.here.training_body)
    make.staff(world.here.edition, person, "trainer")
    return person


def test_both_trainers_stand_with_their_times_and_only_one_leads(here, second, world):
    assert queries.leads(here.trainer, here.session)
    assert access.substitutes_for(here.session, at=at(here, 30)) == [second]
    with pytest.raises(Http404):
        access.class_for(second, here.session.uuid)
    given = actions.hand_over(here.session, second, by=here.trainer, at=at(here, 40), reason="Senza linea")
    assert actions.hand_over(here.session, second, by=here.trainer, at=at(here, 41)) is None
    assert given.giver == here.trainer
    assert not queries.leads(here.trainer, here.session)
    assert queries.leader_of(here.session) == second
    assert access.powers(second, access.class_for(second, here.session.uuid)).signs
    assert access.powers(here.trainer, access.class_for(here.trainer, here.session.uuid)).signs
    page = end(here)
    found = [
        (each.person, each.start, each.end, each.reason) for each in queries.leaders_of(here.session, page)
    ]
    assert found == [
        (here.trainer, at(here, 0), at(here, 40), ""),
        (second, at(here, 40), at(here, 120), "Senza linea"),
    ]
    with pytest.raises(Refused):
        actions.hand_over(here.session, here.trainer, by=second, at=at(here, 121))


def test_who_may_hand_over(here, second, world):
    def may(person, n):
        return access.may_hand_over(person, here.session, at=at(here, n))

    close(connect_trainer(here), here, 30)
    assert may(here.trainer, 5)
    assert may(here.training_director, 5)
    assert not may(second, 5)
    assert not may(here.tutor, 39)
    assert may(here.tutor, 41), "the trainer has been missing for ten minutes"
    for stranger in (here.beneficiary, here.inspector, world.there.tutor, world.there.training_director):
        assert not may(stranger, 60)


def connect_trainer(body):
    return actions.record_connection(
        body.trainer, body.session, device="pc", boot_id=BOOT, role="trainer", at=at(body, 0)
    )


# ---------------------------------------------------------------------------------------- inspectors


def test_a_guest_sees_one_class_until_the_pass_is_over_or_revoked(here, world, monkeypatch):
    other = make.session(here.edition, here.trainer, title="Un'altra")
    now = at(here, 10)
    monkeypatch.setattr(access.timezone, "now", lambda: now)
    held, token = actions.make_pass(
        here.session, name="Piera Ispettrice", office="Regione Puglia", by=here.training_director, at=now
    )
    guest = held.person
    assert not guest.has_usable_password()
    assert token not in str(vars(held)), "only a digest is kept"
    assert access.pass_of_guest(token) == held
    assert access.class_to_enter(guest, here.session.uuid) == here.session
    assert access.class_for(guest, here.session.uuid) == here.session
    assert access.tasks_in(guest, here.session) == {"inspector"}
    powers = access.powers(guest, here.session)
    assert (powers.signs, powers.decides, powers.inspects) == (False, False, True)
    for session in (other, world.there.session):
        with pytest.raises(Http404):
            access.class_to_enter(guest, session.uuid)
    with pytest.raises(Http404):
        access.pass_of_guest(token[:-1])

    monkeypatch.setattr(access.timezone, "now", lambda: now + timedelta(hours=25))
    for door in (access.class_to_enter, access.class_for):
        with pytest.raises(Http404):
            door(guest, here.session.uuid)
    with pytest.raises(Http404):
        access.pass_of_guest(token)
    assert actions.close_expired_guests(at=now + timedelta(hours=25)) == 1
    assert actions.close_expired_guests(at=now + timedelta(hours=25)) == 0

    monkeypatch.setattr(access.timezone, "now", lambda: now)
    again, token = actions.make_pass(
        here.session, name="P. I.", office="ARPAL", by=here.training_director, at=now
    )
    for _twice in range(2):
        actions.revoke_pass(again, by=here.training_director, at=now)
    with pytest.raises(Http404):
        access.pass_of_guest(token)
    with pytest.raises(Http404):
        access.class_to_enter(again.person, here.session.uuid)
    assert InspectorPass.objects.count() == 2


def test_who_may_let_inspectors_in(here, world):
    for person in (here.training_director, here.consortium_coordinator):
        assert access.class_to_open_to_inspectors(person, here.session.uuid) == here.session
    for person in (here.trainer, here.tutor, here.inspector, here.beneficiary, world.there.training_director):
        with pytest.raises(Http404):
            access.class_to_open_to_inspectors(person, here.session.uuid)
    for wrong in (
        {"name": "", "office": "INPS"},
        {"name": "X", "office": " "},
        {"name": "X", "office": "Y", "hours": 999},
    ):
        with pytest.raises(Refused):
            actions.make_pass(here.session, **wrong, by=here.training_director, at=at(here, 0))


def test_a_visit_is_recorded_with_its_checks_and_stands_on_the_page(here, world):
    close(connect(here, here.beneficiary, 0), here, 120)
    visit = actions.open_visit(here.session, here.inspector, at=at(here, 30))
    assert actions.open_visit(here.session, here.inspector, at=at(here, 50)) == visit
    for start, stop in ((30, 45), (50, 70)):
        row = actions.record_connection(
            here.inspector, here.session, device="pc", boot_id=BOOT, role="inspector", at=at(here, start)
        )
        assert queries.visits_of(here.session)[0].left_at is None
        close(row, here, stop)
    key = str(here.enrolment.uuid)
    assert actions.check_learners(visit, {key: "not_found"}, at=at(here, 40)) == 1
    assert actions.check_learners(visit, {key: "found"}, at=at(here, 41)) == 1
    assert actions.check_learners(visit, {key: "found"}, at=at(here, 42)) == 0
    for wrong in ({str(world.there.enrolment.uuid): "found"}, {key: "maybe"}):
        with pytest.raises(Refused):
            actions.check_learners(visit, wrong, at=at(here, 43))
    actions.note_visit(
        visit, minutes_number="12/2026", note="Tutto regolare", by=here.inspector, at=at(here, 71)
    )
    (seen,) = queries.visits_of(here.session)
    assert (seen.came_at, seen.left_at) == (at(here, 30), at(here, 70))
    assert (seen.minutes_number, seen.found, seen.checks[0].name) == (
        "12/2026",
        1,
        queries.name_of(here.beneficiary),
    )
    page = end(here)
    actions.close_page(page, by=here.trainer, at=at(here, 121))
    with pytest.raises(Refused):
        actions.check_learners(visit, {key: ""}, at=at(here, 122))
    assert VisitCheck.objects.count() == 1
    entry = page.entries.get(kind="page")
    for said in ("12/2026", "Tutto regolare", '"led_by"', '"prompts"'):
        assert said in entry.content


def test_closing_a_page_with_everything_on_it_verifies(here, second, django_capture_on_commit_callbacks):
    row = connect(here, here.beneficiary, 0, waits=True)
    actions.admit(here.session, [here.beneficiary], by=here.trainer, at=at(here, 3))
    prompt = actions.ask_presence(here.session, key=uuid4(), by=here.trainer, at=at(here, 20))
    actions.answer_presence(prompt, here.beneficiary, key=uuid4(), at=at(here, 21))
    actions.hand_over(here.session, second, by=here.training_director, at=at(here, 60))
    close(row, here, 120)
    with django_capture_on_commit_callbacks(execute=True):
        page = actions.close_page(end(here), by=here.trainer, at=at(here, 121))
    live = queries.sheet_of(here.session)
    assert live.closed
    assert line_of(here).minutes == 117
    assert queries.verify(page.register).intact


def test_page_paper_and_tables_draw_all_of_it(
    here, second, django_capture_on_commit_callbacks, django_assert_max_num_queries
):
    """Who led, who was asked, who inspected, who waited and was sent out: on the page before and after closing."""
    row = connect(here, here.beneficiary, 0, waits=True)
    actions.admit(here.session, [here.beneficiary], by=here.trainer, at=at(here, 3))
    actions.ask_presence(here.session, key=uuid4(), by=here.trainer, at=at(here, 20))
    actions.hand_over(here.session, second, by=here.training_director, reason="Un malore", at=at(here, 60))
    visit = actions.open_visit(here.session, here.inspector, at=at(here, 30))
    actions.check_learners(visit, {str(here.enrolment.uuid): "found"}, at=at(here, 41))
    actions.note_visit(visit, minutes_number="12/2026", note="Regolare", by=here.inspector, at=at(here, 71))
    actions.send_out(here.session, here.beneficiary, reason="Disturba", by=here.trainer, at=at(here, 100))
    close(row, here, 100)
    page = end(here)
    client = Client()
    client.force_login(here.tutor)
    url = reverse("attendance:class", args=[here.session.uuid])
    client.get(url)
    with django_assert_max_num_queries(18):  # eleven, and one or two for each of six rare things
        before = client.get(url).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        page = actions.close_page(page, by=here.trainer, at=at(here, 121))
    with django_assert_max_num_queries(15):
        after = client.get(url).content.decode()
    learner = queries.name_of(here.beneficiary)
    for html in (before, after):
        text = " ".join(re.sub("<[^>]+>", " ", html).split())
        for said in (
            f"{queries.name_of(second)}, dalle 16:00 alle 17:00 (Un malore)",
            "0 su 1 hanno confermato",
            f"Non hanno risposto: {learner}",
            "verbale n. 12/2026",
            "1 su 1",
            "Ha atteso 3 minuti alla porta",
            "È stato fatto uscire (16:40–)",
            "Ha confermato la presenza 0 volte su 1",
        ):
            assert said in text, said
    paper = text_of(papers.class_pdf(here.session, at=at(here, 130)))
    for said in ("Un malore", "Non hanno risposto", "12/2026", "16:40:00", "0 su 1"):
        assert said in paper, said
    header, rows = tables.class_table(here.session)
    learners = [dict(zip(header, row, strict=True)) for row in rows if row[7] == "allievo"]
    assert [(r["conferme chieste"], r["conferme date"], r["secondi alla porta"]) for r in learners] == [
        (1, 0, 180)
    ]
    assert learners[0]["allontanato"].startswith("2026-11-24T16:40:00+01:00/")
    led = {
        row[6]: dict(zip(header, row, strict=True))["lezione tenuta"] for row in rows if row[7] == "docente"
    }
    assert led[queries.name_of(second)].endswith("T16:00:00+01:00/2026-11-24T17:00:00+01:00")
    kinds = [each["che cosa"] for each in json.loads(files.register_json(page.register))["events"]]
    assert kinds == [
        "lezione tenuta",
        "lezione tenuta",
        "conferma di presenza",
        "ispezione",
        "riscontro dell'ispettore",
    ]
