"""Absences: asked to be justified, proven by papers, decided by somebody. Minutes never move."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.audit.actions import record, record_list
from lms.enrolments.access import may
from lms.errors import Refused
from lms.people.rules import Data, Detail
from lms.people.sealing import InvalidToken, seal_bytes, unseal_bytes

from .. import access_absences as access
from ..models import (
    Justification,
    JustificationPaper,
    JustificationState,
    JustifiedClass,
    Register,
    RegisterPage,
)
from ..notices import justification_decided
from ..queries.absences import classes_to_justify
from ..queries.policies import policy_for
from ..reasons import HEALTH, REASONS

#: How a paper may begin, and what it then is. An extension is only a wish.
BEGINNINGS = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
MOST_BYTES = 10 * 1024 * 1024
MOST_PAPERS = 10


def ask_justification(
    enrolment: Any,
    sessions: Iterable[Any],
    *,
    reason: str,
    by: Any,
    at: datetime,
    note: str = "",
    paper_seen: bool = False,
) -> Justification:
    """Ask that the absence from some classes be justified: by the person, or entered for them by who may.

    `paper_seen`: who enters it has seen the document on paper. The same request twice, while it waits, is one.
    Locks the enrolment.
    """
    wanted = sorted(sessions, key=lambda session: (session.starts_at, session.pk))
    if not wanted:
        raise Refused("justification.no_class", _("Choose at least one class."), status=400)
    if enrolment.person_id != by.pk and not may(by, enrolment.person, Data.JUSTIFICATION, "propose"):
        raise Refused(
            "justification.not_yours", _("You cannot enter a justification for this person."), status=403
        )
    policy = policy_for(enrolment.edition, on=_day(wanted[0].starts_at))
    if reason not in policy.justification_reasons:
        raise Refused(
            "justification.reason",
            _("The rules of this edition do not accept this reason. Choose one of the list."),
            status=400,
        )
    with transaction.atomic():
        enrolment = type(enrolment).objects.select_for_update().get(pk=enrolment.pk)
        allowed = {session.pk for session in classes_to_justify(enrolment)}
        if not {session.pk for session in wanted} <= allowed:
            raise Refused(
                "justification.class",
                _("One of these classes is not a class of this person, or it was attended to its end."),
                status=400,
            )
        if same := _open_about(enrolment, wanted):
            if same.asked_by_id == by.pk and same.reason == reason and same.state == JustificationState.ASKED:
                return same
            raise Refused(
                "justification.already",
                _("One of these classes has a justification already: decide on that one first."),
            )
        deadline = _day(wanted[0].ends_at) + timedelta(days=policy.justification_deadline_days)
        row = Justification.objects.create(
            enrolment=enrolment,
            reason=reason,
            note=note.strip()[:500],
            asked_by=by,
            asked_at=at,
            late=_day(at) > deadline,
            policy_version=policy.version,
        )
        JustifiedClass.objects.bulk_create(
            JustifiedClass(justification=row, session=session) for session in wanted
        )
        record("write.justification", by=by, subject=enrolment.person, target=row, at=at)
        if paper_seen:
            note_paper_seen(row, by=by, at=at)
    return row


def _open_about(enrolment: Any, sessions: list[Any]) -> Justification | None:
    rows = Justification.objects.filter(
        enrolment=enrolment,
        classes__session__in=sessions,
        state__in=[JustificationState.ASKED, JustificationState.ACCEPTED],
    )
    return rows.order_by("-asked_at", "-id").first()


def note_paper_seen(row: Justification, *, by: Any, at: datetime) -> Justification:
    """Note that somebody saw the document on paper. Safe to call twice: the first to see it stays.

    Papers about health are for who may read them, on paper as on the screen.
    """
    if not may_note_paper(row, by=by):
        raise Refused(
            "justification.paper_not_yours",
            _(
                "Papers about health are not for you. Say to the person to give the document to who follows "
                "them, or to send it from their page."
            ),
            status=403,
        )
    if row.paper_seen_at is None:
        row.paper_seen_by, row.paper_seen_at = by, at
        row.save(update_fields=["paper_seen_by", "paper_seen_at"])
        record("read.justification_paper", by=by, subject=row.enrolment.person, target=row, at=at)
    return row


def may_note_paper(row: Justification, *, by: Any) -> bool:
    """Whether this person may see the document on paper: a tutor may, unless it is about health."""
    if row.enrolment.person_id == by.pk:
        return False
    if row.reason in HEALTH:
        return may(by, row.enrolment.person, Data.HEALTH_DOCUMENT).detail is Detail.FULL
    return bool(may(by, row.enrolment.person, Data.JUSTIFICATION, "approve"))


def accept_justification(row: Justification, *, by: Any, at: datetime, why: str = "") -> Justification:
    """Accept it: its classes become justified, and stay missed.

    Refused without the document that the rules want, and for a late one without a why. Safe to call twice by the
    same person. Locks the row.
    """
    return _decide(row, JustificationState.ACCEPTED, by=by, at=at, why=why)


def refuse_justification(row: Justification, *, by: Any, at: datetime, why: str) -> Justification:
    """Do not accept it, with the reason, which the person reads. Safe to call twice by the same person."""
    return _decide(row, JustificationState.REFUSED, by=by, at=at, why=why)


def _decide(row: Justification, state: str, *, by: Any, at: datetime, why: str) -> Justification:
    with transaction.atomic():
        row = (
            Justification.objects.select_for_update(of=("self",))
            .select_related("enrolment__person", "enrolment__edition", "decided_by")
            .get(pk=row.pk)
        )
        if not access.view_for(by, row).decide:
            raise Refused(
                "justification.not_yours_to_decide",
                _("Somebody else decides on this one: who follows the person, or the tutor of the class."),
                status=403,
            )
        if row.state != JustificationState.ASKED:
            if row.state == state and row.decided_by_id == by.pk:
                return row
            raise _already_decided(row)
        _refuse_unproven(row, state, why)
        row.state, row.decided_by, row.why = state, by, why.strip()[:500]
        row.decided_at = _after_closed_pages(row, at)
        row.save(update_fields=["state", "decided_by", "decided_at", "why"])
        record("write.justification_decided", by=by, subject=row.enrolment.person, target=row, at=at)
        justification_decided(row, at=at)
    return row


def _after_closed_pages(row: Justification, at: datetime) -> datetime:
    """Never before a page, or a register, that was closed meanwhile without this decision. Locks the register."""
    register = Register.objects.select_for_update().filter(edition=row.enrolment.edition_id).first()
    if register is None:
        return at
    pages = RegisterPage.objects.filter(session__in=row.sessions.all(), closed_at__isnull=False)
    closed = [*pages.values_list("closed_at", flat=True), register.closed_at]
    return max([at, *(moment for moment in closed if moment is not None)])


def _refuse_unproven(row: Justification, state: str, why: str) -> None:
    if state == JustificationState.REFUSED:
        if not why.strip():
            raise Refused(
                "justification.no_why", _("Say why it is not accepted: the person reads it."), status=400
            )
        return
    policy = policy_for(row.enrolment.edition, on=_day(row.asked_at))
    proven = row.paper_seen_at is not None or row.papers.exists()
    if row.reason in policy.justification_evidence and not proven:
        raise Refused(
            "justification.no_paper",
            _("“%(reason)s” needs a document. Add it, or note that you saw it on paper; then accept.")
            % {"reason": REASONS[row.reason].label},
        )
    if row.late and not why.strip():
        raise Refused(
            "justification.late",
            _("It was asked after the days allowed. You can accept it: say why."),
            status=400,
        )


def _already_decided(row: Justification) -> Refused:
    when = date_format(timezone.localtime(row.decided_at), "DATETIME_FORMAT")
    return Refused(
        "justification.decided",
        _("%(who)s decided on this on %(when)s. Nothing was changed now.")
        % {"who": row.decided_by, "when": when},
    )


def attach_paper(
    row: Justification, *, name: str, content: bytes, by: Any, at: datetime
) -> JustificationPaper:
    """Seal a document and keep it with a justification. The same file twice is one. Locks the row."""
    kind = next((kind for sign, kind in BEGINNINGS if content.startswith(sign)), "")
    if not kind:
        raise Refused("paper.kind", _("Send a PDF, or a photo as JPEG or PNG."), status=400)
    must_fit_paper(len(content))
    if not access.view_for(by, row).attach:
        raise Refused("paper.not_yours", _("You cannot add documents to this justification."), status=403)
    digest = sha256(content).hexdigest()
    with transaction.atomic():
        row = (
            Justification.objects.select_for_update(of=("self",))
            .select_related("enrolment__person")
            .get(pk=row.pk)
        )
        if same := row.papers.filter(sha256=digest).first():
            return same
        if row.papers.count() >= MOST_PAPERS:
            raise Refused("paper.too_many", _("There are ten documents already: no more fit."), status=400)
        paper = JustificationPaper(
            justification=row,
            name=name.strip()[-120:] or "documento",
            kind=kind,
            size=len(content),
            sha256=digest,
            added_by=by,
            added_at=at,
        )
        paper.sealed.save(f"absences/{uuid4().hex}", ContentFile(seal_bytes(content)), save=False)
        try:
            paper.save()
        except Exception:
            paper.sealed.delete(save=False)
            raise
        record("write.justification_paper", by=by, subject=row.enrolment.person, target=paper, at=at)
    return paper


def must_fit_paper(size: int) -> None:
    """Refuse a file that is too large, before it is read."""
    if size > MOST_BYTES:
        raise Refused(
            "paper.too_large",
            _("This file is too large: the most is 10 MB. Send a smaller photo."),
            status=400,
        )


def note_reading(rows: Iterable[Justification], *, by: Any, at: datetime) -> None:
    """Tell each person that their absence was read, at most once a day by the same reader."""
    record_list(
        [("read.justification", row.enrolment.person) for row in rows],
        by=by,
        purpose=_("To decide on the absence"),
        at=at,
    )


def open_paper(paper: JustificationPaper, *, by: Any, purpose: str, at: datetime) -> bytes:
    """The document in clear, for who may read it. Each call leaves an audit entry with its purpose."""
    row = paper.justification
    view = access.view_for(by, row)
    if not view.papers:
        raise Refused("paper.not_yours", _("You cannot open this document."), status=403)
    if view.logged and len(purpose.strip()) < 3:
        raise Refused("paper.no_purpose", _("Say why you open it. It is recorded."), status=400)
    record(
        "read.justification_paper",
        by=by,
        subject=row.enrolment.person,
        target=paper,
        purpose=purpose.strip(),
        at=at,
    )
    with paper.sealed.open("rb") as file:
        try:
            content = unseal_bytes(file.read())
        except InvalidToken:
            content = b""
    if sha256(content).hexdigest() != paper.sha256:
        raise Refused(
            "paper.damaged",
            _("This document cannot be read any more. Ask the person for it again."),
            status=500,
        )
    return content


def _day(at: datetime) -> Any:
    return timezone.localtime(at).date()
