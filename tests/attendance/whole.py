"""A closed register with at least one row of every table that anything in it comes from."""

from datetime import timedelta
from uuid import UUID, uuid4

from lms.attendance import actions, anchors
from lms.attendance.models import Connection, Outage, Register
from lms.enrolments.actions import plan_recovery
from lms.people.proofs import Proof
from tests import factories as make
from tests.attendance.conftest import attend, minutes
from tests.factories import NOW

DAY = timedelta(days=1)
LOST = UUID("00000000-0000-4000-8000-00000000dead")
RULES = {
    "late_tolerance_min": {"value": 15, "source": "Avviso 3, art. 5", "valid_from": "2026-01-01"},
    "vidimation_required": {"value": True, "source": "Avviso 3, art. 9", "valid_from": "2026-01-01"},
}
COVER = {
    "protocol": "P-77",
    "protocol_on": NOW.date() - 20 * DAY,
    "region": "Puglia",
    "tax_code": "01234567890",
    "accreditation": "ACC-1",
    "seat": "Fasano",
    "representative": "Rita Legale",
    "activity_id": "A-9",
    "figure": "Operatore",
    "hours_presence": 10,
    "hours_online": 20,
    "hours_own": 5,
    "hours_stage": 0,
}
STAMP = {
    "kind": "office",
    "office": "Regione Puglia",
    "number": "77",
    "stamped_on": NOW.date() - 2 * DAY,
    "protocol": "AOO_137/2026",
}


def whole_register(body):
    """The register of `body`, opened, stamped, with two classes, own study, signatures, rectifications, closed."""
    director = body.training_director
    body.second = make.person("Zita", "Banchi")
    make.enrolment(body.second, body.edition)
    type(body.session).objects.filter(pk=body.session.pk).update(mode="mixed")
    body.session.refresh_from_db()
    actions.set_policy(body.edition, RULES, by=director, at=NOW - 9 * DAY)
    actions.set_particulars(body.edition, COVER, by=director, at=NOW - 9 * DAY)
    register = actions.open_register(body.edition, by=director, at=NOW - DAY)
    actions.record_vidimation(register, **STAMP, by=director, at=NOW - DAY)
    page = _held(body)
    entry = page.entries.get(kind="page")
    proof = Proof(body.trainer.pk, "password", NOW + minutes(125))
    actions.sign_page(entry, role="trainer", by=body.trainer, proof=proof, at=NOW + minutes(125))
    for n, decide in enumerate((actions.approve_amendment, actions.reject_amendment)):
        changes = [{"enrolment": str(body.enrolment.uuid), "minutes": 60 + n}]
        asked = actions.amend(page, by=body.tutor, at=NOW + DAY, reason=f"Firma {n}", changes=changes)
        decide(asked, by=director, at=NOW + DAY)
    _recovered(body)
    _studied(body)
    actions.close_study_page(register, until=NOW + 3 * DAY, by=body.tutor, at=NOW + 3 * DAY)
    actions.write_report(
        register,
        number="5",
        inspected_on=NOW.date(),
        name="Anna Ispettrice",
        office="Regione",
        text="Tutto regolare.",
        by=body.inspector,
        at=NOW + 3 * DAY,
        page=page,
    )
    actions.close_register(register, by=director, at=NOW + 4 * DAY)
    for entry in register.entries.select_related("register"):
        anchors.write_anchor(entry)
    register.refresh_from_db()
    return register


def _held(body):
    """One class in which everything happens."""
    session, trainer = body.session, body.trainer
    other = make.person("Ugo", "Sostituto", role="trainer", agency=body.training_body)
    make.staff(body.edition, other, "trainer")
    absent = make.person("Aldo", "Assente")
    body.absent = make.enrolment(absent, body.edition)
    actions.start_class(session, by=trainer, at=NOW)
    attend(session, trainer, (0, 120), role="trainer")
    attend(session, other, (30, 120), role="trainer", device="portatile")
    attend(session, body.beneficiary, (20, 50), (70, 90))
    _waits_and_loses_the_line(body)
    actions.sign_in_room(session, body.enrolment, means="qr", at=NOW)
    actions.sign_out_of_room(session, body.enrolment, means="qr", at=NOW + minutes(10))
    present = [body.enrolment.pk]
    actions.note_room(session, present=present, by=trainer, at=NOW + minutes(95))
    actions.note_room(session, present=[], by=trainer, at=NOW + minutes(100))
    actions.send_out(session, body.second, reason="Disturba", by=trainer, at=NOW + minutes(80))
    actions.let_in_again(session, body.second, by=body.tutor, at=NOW + minutes(85))
    prompt = actions.ask_presence(session, key=uuid4(), by=trainer, at=NOW + minutes(40))
    actions.answer_presence(prompt, body.beneficiary, key=uuid4(), at=NOW + minutes(41))
    actions.confirm_by_voice(prompt, body.second, by=trainer, at=NOW + minutes(42))
    actions.hand_over(session, other, by=trainer, at=NOW + minutes(60), reason="Cambio turno")
    attend(session, body.inspector, (30, 45), role="inspector", device="ispettore")
    visit = actions.open_visit(session, body.inspector, at=NOW + minutes(30))
    ticks = {str(body.enrolment.uuid): "found", str(body.absent.uuid): "not_found"}
    actions.check_learners(visit, ticks, at=NOW + minutes(33))
    actions.note_visit(
        visit, minutes_number="12/2026", note="In ordine", by=body.inspector, at=NOW + minutes(44)
    )
    asked = actions.ask_justification(
        body.absent, [session], reason="court", by=absent, at=NOW + minutes(50), paper_seen=False
    )
    actions.note_paper_seen(asked, by=body.tutor, at=NOW + minutes(55))
    actions.accept_justification(asked, by=body.tutor, at=NOW + minutes(56))
    # Nobody has decided on this one: no page says anything of it.
    actions.ask_justification(
        body.enrolment, [session], reason="court", by=body.beneficiary, at=NOW + minutes(57)
    )
    page = actions.end_class(session, by=trainer, at=NOW + minutes(120))
    actions.add_break(page, starts_at=NOW + minutes(50), ends_at=NOW + minutes(55), by=trainer, at=NOW)
    return actions.close_page(
        page, by=trainer, at=NOW + minutes(125), topic="La posta", incidents="Un guasto"
    )


def _waits_and_loses_the_line(body):
    """Someone waits at the door, is let in, is cut off by a server that is lost, and gets the time back."""
    session, trainer = body.session, body.trainer
    first = actions.record_connection(
        body.second, session, device="tablet", boot_id=LOST, role="learner", at=NOW + minutes(5)
    )
    actions.wait_at_door(first, at=NOW + minutes(5))
    actions.admit(session, [body.second], by=trainer, at=NOW + minutes(8))
    actions.record_evidence({first.pk: NOW + minutes(60)}, boot_id=LOST)
    for at in (61, 62):
        actions.reap_expired_leases(at=NOW + minutes(at))
    attend(session, body.second, (63, 120), device="tablet")
    outage = Outage.objects.get(session=session)
    actions.decide_on_outage(
        outage, given_back=True, reason="Guasto nostro", by=trainer, at=NOW + minutes(64)
    )
    actions.decide_on_gap(
        Connection.objects.get(pk=first.pk),
        given_back=True,
        reason="Anche a lei",
        by=trainer,
        at=NOW + minutes(65),
    )


def _recovered(body):
    """Who was absent makes up for it on the next day."""
    session = plan_recovery(
        body.session,
        [body.absent],
        title="Recupero",
        starts_at=NOW + DAY,
        ends_at=NOW + DAY + minutes(60),
        trainer=body.trainer,
        by=body.tutor,
        at=NOW + minutes(130),
    )
    actions.start_class(session, by=body.trainer, at=NOW + DAY)
    attend(session, body.absent.person, (0, 60))
    page = actions.end_class(session, by=body.trainer, at=NOW + DAY + minutes(60))
    actions.close_page(page, by=body.trainer, at=NOW + DAY + minutes(65))


def _studied(body):
    """One stretch that is over, and one that was still open when its page was closed."""
    key = uuid4()
    for at in (0, 5):
        actions.record_study(body.enrolment, key, 1, 60, at=NOW + DAY + minutes(200 + at))
    actions.record_study(body.enrolment, key, 1, 60, at=NOW + DAY + minutes(208), closing=True)
    for at in (0, 5):
        actions.record_study(
            body.enrolment, uuid4() if not at else key, 2, 60, at=NOW + 2 * DAY + minutes(at)
        )


def begin_another(body):
    """A register of somebody else with a class that goes on: rows that an altered key may point at."""
    director, session, learner = body.training_director, body.session, body.beneficiary
    make.edition(body.course, body.training_body)
    make.session(body.edition, body.trainer, starts_at=NOW + 5 * DAY)
    Register.objects.create(
        edition=make.edition(body.course, body.training_body), code="REG-VUOTO", opened_at=NOW
    )
    actions.set_policy(body.edition, RULES, by=director, at=NOW - 9 * DAY)
    register = actions.open_register(body.edition, by=director, at=NOW - DAY)
    actions.record_vidimation(register, **STAMP, by=director, at=NOW - DAY)
    actions.start_class(session, by=body.trainer, at=NOW)
    attend(session, learner, (0, 10))
    actions.ask_presence(session, key=uuid4(), by=body.trainer, at=NOW + minutes(40))
    actions.open_visit(session, body.inspector, at=NOW + minutes(30))
    actions.ask_justification(body.enrolment, [session], reason="court", by=learner, at=NOW + minutes(57))
