"""The papers of the demo: a register stamped and signed, own study on a page, absences asked and made up for."""

from datetime import datetime, timedelta
from typing import Any

import typst
from django.db.models import Q

from lms.attendance import actions as attendance
from lms.attendance import queries as registers
from lms.attendance.models import RegisterPage
from lms.enrolments import actions as enrolments
from lms.people.proofs import PASSWORD, Proof

from .people import Cast


def open_register(edition: Any, cast: Cast, *, at: datetime, stamped: bool) -> None:
    """The register of an edition; with its cover filled in and its stamp, where it is to be whole."""
    if stamped:
        attendance.set_particulars(
            edition,
            {
                "protocol": "DEMO/2026/0117",
                "protocol_on": at.date() - timedelta(days=20),
                "accreditation": "codice dimostrativo",
                "seat": "Fasano, via Roma 12",
                "representative": "Anna Carparelli",
                "activity_id": "attività dimostrativa 1",
            },
            by=cast.direttore,
            at=at,
        )
    register = attendance.open_register(edition, by=cast.direttore, at=at)
    if stamped:
        attendance.record_vidimation(
            register,
            kind="office",
            office="Ufficio dimostrativo della formazione",
            number="117",
            stamped_on=at.date(),
            protocol="DEMO/2026/0243",
            by=cast.direttore,
            at=at + timedelta(hours=2),
        )


def sign(entry: Any, signers: list[tuple[str, Any]], *, at: datetime) -> None:
    """Everybody signs one page in order, one after the other."""
    for hours, (role, person) in enumerate(signers):
        moment = at + timedelta(hours=hours)
        attendance.sign_page(entry, role=role, by=person, proof=Proof(person.pk, PASSWORD, moment), at=moment)


def sign_class(session: Any, cast: Cast, *, at: datetime) -> None:
    page = RegisterPage.objects.get(session=session)
    entry = page.entries.get(kind="page")
    sign(entry, [("trainer", session.trainer), ("tutor", cast.tutor), ("director", cast.direttore)], at=at)


def study_page(edition: Any, cast: Cast, *, until: datetime) -> None:
    """One page of own study, closed by the tutor and signed."""
    closed = until + timedelta(hours=12)
    page = attendance.close_study_page(edition.register, until=until, by=cast.tutor, at=closed)
    sign(page.entry, [("tutor", cast.tutor), ("director", cast.direttore)], at=closed)


def absences(edition: Any, cast: Cast, *, at: datetime) -> None:
    """Who missed the last closed classes: one reason accepted, one to decide, one class to make up for it."""
    pages = RegisterPage.objects.filter(register__edition=edition, closed_at__isnull=False)
    followed = Q(person__followed_by__professional=cast.assistente)
    mine = set(edition.enrolments.filter(followed).values_list("pk", flat=True))
    missed: dict[int, tuple[Any, Any]] = {}  # the last one of each person
    for page in pages.select_related("session").order_by("-session__starts_at"):
        for row in registers.absentees(page.session):
            if row.enrolment.pk in mine and not row.minutes:
                missed.setdefault(row.enrolment.pk, (page.session, row.enrolment))
    if len(missed) < 2:
        return
    (session, row), (other, another), *_rest = missed.values()
    asked = min(session.ends_at + timedelta(hours=20), at)
    accepted = attendance.ask_justification(
        row, [session], reason="court", by=cast.tutor, at=asked, note="Udienza al tribunale di Brindisi."
    )
    attendance.accept_justification(accepted, by=cast.tutor, at=min(asked + timedelta(hours=3), at))
    waiting = attendance.ask_justification(
        another,
        [other],
        reason="family",
        by=cast.assistente,
        at=min(other.ends_at + timedelta(hours=44), at),
        note="Il figlio era in ospedale.",
    )
    attendance.attach_paper(
        waiting, name="dichiarazione.pdf", content=declaration(), by=cast.assistente, at=waiting.asked_at
    )
    plan = at.replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=3)
    enrolments.plan_recovery(
        session,
        [row],
        title=f"Recupero: {session.title}",
        starts_at=plan,
        ends_at=plan + timedelta(hours=2),
        trainer=session.trainer,
        by=cast.tutor,
        at=at,
    )


def declaration() -> bytes:
    """A document to open: it says itself that it is one of the demo."""
    text = "= Dichiarazione\nDocumento dimostrativo: nessuna persona vera, nessun fatto vero."
    made = typst.compile(text.encode(), format="pdf")
    assert isinstance(made, bytes)
    return made
