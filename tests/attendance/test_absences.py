"""Absences: asked, proven, decided; who knows what of them; papers sealed; recovery classes."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from lms.attendance import access_absences as access
from lms.attendance import actions, queries
from lms.attendance.models import Justification, JustificationPaper
from lms.attendance.reasons import REASONS
from lms.attendance.rules import REASON_CODES
from lms.audit.models import Entry
from lms.enrolments.access import may
from lms.errors import Refused
from lms.notifications.models import Notification
from lms.people.rules import Data, Detail
from tests import factories as make
from tests.attendance.absent import AFTER, PDF, ask, signed_in
from tests.attendance.conftest import hold, minutes
from tests.factories import NOW


def test_the_law_s_seven_reasons_are_data():
    assert tuple(REASONS) == REASON_CODES
    assert {code for code, reason in REASONS.items() if reason.health} == {"illness", "pregnancy"}
    assert all(str(reason.label) and str(reason.plain) for reason in REASONS.values())


def test_asked_by_a_tutor_accepted_by_a_tutor_and_no_minute_moves(body):
    row = ask(body)
    assert (row.state, row.late, row.policy_version) == ("asked", False, 0)
    assert queries.justified_in(body.session) == frozenset()
    actions.accept_justification(row, by=body.tutor, at=AFTER)
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.decided_at) == ("accepted", body.tutor, AFTER)
    assert queries.justified_in(body.session) == {str(body.enrolment.uuid)}
    hours = queries.minutes_of(body.enrolment)
    assert (hours.live, hours.total, hours.lost, hours.justified) == (0, 0, 120, 120)
    (told,) = Notification.objects.filter(recipient=body.beneficiary, subject__contains="giustificata")
    assert "tribunale" not in told.subject + told.body, "a phone is read over shoulders"
    verbs = set(
        Entry.objects.filter(subject=body.beneficiary, actor=body.tutor).values_list("verb", flat=True)
    )
    assert {"write.justification", "write.justification_decided"} <= verbs


def test_the_closed_page_says_what_was_known_when_it_was_closed(body):
    actions.accept_justification(ask(body), by=body.tutor, at=AFTER)
    register = body.session.register_page.register
    assert queries.verify(register).intact or {
        finding.fault.code for finding in queries.verify(register).findings
    } == {"unanchored"}
    (line,) = queries.sheet_of(body.session).lines
    assert (line.minutes, line.justified) == (0, False)


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"reason": "holiday"}, "justification.reason"),
        ({"by": "trainer"}, "justification.not_yours"),
        ({"by": "agency_operator"}, "justification.not_yours"),
        ({"by": "stranger"}, "justification.not_yours"),
        ({"session": "there"}, "justification.class"),
        ({"session": None}, "justification.no_class"),
    ],
)
def test_what_cannot_be_asked(body, world, broken, code):
    by = body.people[broken["by"]] if "by" in broken else body.tutor
    session = {"there": [world.there.session], None: []}.get(broken.get("session", ""), [body.session])
    with pytest.raises(Refused) as refused:
        actions.ask_justification(
            body.enrolment, session, reason=broken.get("reason", "court"), by=by, at=AFTER
        )
    assert refused.value.code == code
    assert not Justification.objects.exists()


def test_twice_is_once_and_another_for_the_same_class_is_refused(body):
    assert ask(body) == ask(body)
    with pytest.raises(Refused, match=r"justification\.already"):
        ask(body, by=body.social_worker, reason="family")
    row = Justification.objects.get()
    actions.refuse_justification(row, by=body.social_worker, at=AFTER, why="Non c'è la citazione.")
    assert ask(body, reason="family").state == "asked", "after a no one may ask again"


def test_a_class_attended_to_its_end_needs_no_reason(world):
    here = world.here
    actions.close_page(
        hold(here, people=[(here.beneficiary, (0, 120))]), by=here.trainer, at=NOW + minutes(125)
    )
    with pytest.raises(Refused, match=r"justification\.class"):
        ask(here)


def test_after_the_days_allowed_it_is_late_and_a_why_is_wanted(body):
    in_time = NOW.replace(hour=23) + timedelta(days=5)
    assert not ask(body, at=in_time).late
    Justification.objects.all()[0].classes.all().delete()
    Justification.objects.all().delete()
    row = ask(body, at=in_time + timedelta(hours=2))
    assert row.late
    with pytest.raises(Refused, match=r"justification\.late"):
        actions.accept_justification(row, by=body.tutor, at=AFTER)
    assert (
        actions.accept_justification(row, by=body.tutor, at=AFTER, why="Era in ospedale.").state == "accepted"
    )


def test_a_reason_that_needs_a_document_is_not_accepted_without(body):
    row = ask(body, reason="family")
    with pytest.raises(Refused, match=r"justification\.no_paper"):
        actions.accept_justification(row, by=body.tutor, at=AFTER)
    actions.note_paper_seen(row, by=body.tutor, at=AFTER)
    assert actions.accept_justification(row, by=body.tutor, at=AFTER).state == "accepted"


def test_the_rules_of_the_edition_say_which_reasons_and_papers(body):
    entry = {"source": "Avviso 3/2026, art. 9", "valid_from": "2026-01-01"}
    actions.set_policy(
        body.edition,
        {
            "justification_reasons": {"value": ["illness", "court"], **entry},
            "justification_evidence": {"value": ["court"], **entry},
        },
        by=body.training_director,
        at=NOW,
    )
    with pytest.raises(Refused, match=r"justification\.reason"):
        ask(body, reason="family")
    row = ask(body)
    assert row.policy_version == 1
    with pytest.raises(Refused, match=r"justification\.no_paper"):
        actions.accept_justification(row, by=body.tutor, at=AFTER)


def test_a_refusal_says_why_and_the_second_to_decide_is_told_who_was_first(body):
    row = ask(body)
    with pytest.raises(Refused, match=r"justification\.no_why"):
        actions.refuse_justification(row, by=body.tutor, at=AFTER, why=" ")
    actions.refuse_justification(row, by=body.tutor, at=AFTER, why="La citazione è di un altro giorno")
    again = actions.refuse_justification(row, by=body.tutor, at=AFTER, why="altro")
    assert again.why == "La citazione è di un altro giorno", "twice is once"
    with pytest.raises(Refused, match=str(body.tutor)):
        actions.accept_justification(row, by=body.social_worker, at=AFTER)


# ------------------------------------------------------------------------------ who knows what


def test_what_each_role_knows_of_it_is_what_the_table_says(body, world):
    """The quick answer of lists is the matrix's answer, for both reasons, every role, both networks."""
    rows = [ask(body), ask_another(body, "illness")]
    for side in (world.here, world.there):
        for role, reader in side.people.items():
            standing = access.standing_of(reader)
            for row in rows:
                health = row.reason == "illness"
                grant = may(reader, row.enrolment.person, Data.JUSTIFICATION)
                view = access.view_of(row, standing)
                full = grant.detail is Detail.FULL
                assert view.reason == (full or (grant.detail is Detail.PARTLY and not health)), role
                papers = may(reader, row.enrolment.person, Data.HEALTH_DOCUMENT).detail is Detail.FULL
                assert view.papers == (papers if health else full), role
                assert view.logged == grant.logged, role
                approves = bool(may(reader, row.enrolment.person, Data.JUSTIFICATION, "approve"))
                assert view.decide == (approves and (full or not health)), role
                seen = row in access.justifications_visible_to(reader)
                assert seen == (grant.detail in (Detail.FULL, Detail.PARTLY)), role


def ask_another(body, reason):
    session = make.session(body.edition, body.trainer, starts_at=NOW + timedelta(days=1))
    return actions.ask_justification(
        body.enrolment, [session], reason=reason, by=body.social_worker, at=AFTER
    )


def test_papers_of_the_employment_centre_only_under_a_service_pact(body):
    row = ask(body, reason="illness")
    assert not access.view_for(body.cpi_operator, row).papers
    body.beneficiary.followed_by.filter(professional=body.cpi_operator).update(basis_of_care="psp")
    assert access.view_for(body.cpi_operator, row).papers
    assert not access.view_for(body.tutor, row).papers


def test_a_tutor_learns_no_reason_of_health_and_does_not_decide_on_it(body):
    row = ask(body, by=body.social_worker, reason="illness", note="Ricovero in ospedale")
    page = signed_in(body.tutor).get(reverse("attendance:absence", args=[row.uuid])).content.decode()
    assert "Ricovero" not in page
    assert str(REASONS["illness"].label) not in page
    with pytest.raises(Refused, match="not_yours_to_decide"):
        actions.accept_justification(row, by=body.tutor, at=AFTER)
    with pytest.raises(Refused, match="paper_not_yours"):
        actions.note_paper_seen(row, by=body.tutor, at=AFTER)


def test_where_nobody_follows_the_person_a_tutor_decides_blindly_with_the_person_s_own_paper(body):
    body.beneficiary.followed_by.all().delete()
    row = ask(body, by=body.beneficiary, reason="illness")
    with pytest.raises(Refused, match=r"justification\.no_paper"):
        actions.accept_justification(row, by=body.tutor, at=AFTER)
    paper = actions.attach_paper(row, name="c.pdf", content=PDF, by=body.beneficiary, at=AFTER)
    with pytest.raises(Refused, match=r"paper\.not_yours"):
        actions.open_paper(paper, by=body.tutor, purpose="Curiosità", at=AFTER)
    assert actions.accept_justification(row, by=body.tutor, at=AFTER).state == "accepted"


def test_a_person_reads_their_own_and_decides_on_nothing(body):
    row = ask(body, reason="illness", by=body.beneficiary, note="Avevo la febbre")
    client = signed_in(body.beneficiary)
    page = client.get(reverse("attendance:absence", args=[row.uuid])).content.decode()
    assert "Avevo la febbre" in page
    assert (
        client.post(reverse("attendance:absence", args=[row.uuid]), {"answer": "accept"}).status_code == 404
    )


# ------------------------------------------------------------------------------------- papers


def test_a_paper_is_sealed_and_each_opening_is_noted_with_its_purpose(body):
    row = ask(body, reason="illness")
    paper = actions.attach_paper(row, name="certificato.pdf", content=PDF, by=body.social_worker, at=AFTER)
    assert actions.attach_paper(row, name="copia.pdf", content=PDF, by=body.social_worker, at=AFTER) == paper
    file = Path(paper.sealed.path)
    assert b"certificato" not in file.read_bytes()
    assert "certificato" not in file.name
    with pytest.raises(Refused, match=r"paper\.no_purpose"):
        actions.open_paper(paper, by=body.social_worker, purpose=" ", at=AFTER)
    opened = actions.open_paper(paper, by=body.social_worker, purpose="Decidere sull'assenza", at=AFTER)
    assert opened == PDF
    entry = Entry.objects.filter(verb="read.justification_paper", actor=body.social_worker).latest("id")
    assert (entry.subject, entry.purpose) == (body.beneficiary, "Decidere sull'assenza")
    file.write_bytes(file.read_bytes()[:-9] + b"altracosa")
    with pytest.raises(Refused, match=r"paper\.damaged"):
        actions.open_paper(paper, by=body.social_worker, purpose="Decidere sull'assenza", at=AFTER)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"MZ\x90\x00 un programma", "paper.kind"), (b"", "paper.kind"), (None, "paper.too_large")],
)
def test_a_paper_that_is_no_paper_is_refused(body, content, code):
    row = ask(body, reason="illness")
    if content is None:
        content = b"%PDF-" + b"0" * (10 * 1024 * 1024)
    with pytest.raises(Refused) as refused:
        actions.attach_paper(row, name="x.pdf", content=content, by=body.social_worker, at=AFTER)
    assert refused.value.code == code
    assert not JustificationPaper.objects.exists()
