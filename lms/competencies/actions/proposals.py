"""What a trainer saw and proposes, what is sent back, and putting an award right."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record as audit
from lms.enrolments.queries import local_day
from lms.errors import Refused

from .. import queries
from ..models import (
    CompetencyRecord,
    Decision,
    Event,
    Observation,
    Outcome,
    Proposal,
    Rectification,
    Seen,
)
from ..rules import Evidence, evidence_digest
from .records import (
    lock,
    refuse_stranger,
    refuse_who_does_not_decide,
    refuse_without_grounds,
    revoke,
    write_award,
)


def observe(
    enrolment: Any, competency: Any, *, level: Any, seen: str, text: str, seen_on: date, by: Any, at: datetime
) -> Observation:
    """Write what a trainer saw the person do. The same words twice in a row are one row. Locks the enrolment."""
    refuse_stranger(by, enrolment)
    if seen not in Seen.values or not text.strip():
        raise Refused("observe.empty", _("Choose what you saw, and write what the person did."), status=400)
    if seen_on > local_day(at):
        raise Refused("observe.day", _("The day cannot be in the future."), status=400)
    words = {"level": level, "seen": seen, "text": text.strip(), "seen_on": seen_on, "by": by}
    with transaction.atomic():
        lock(enrolment)
        last = Observation.objects.filter(enrolment=enrolment, competency=competency).first()
        if last is not None and all(getattr(last, name) == value for name, value in words.items()):
            return last
        row = Observation.objects.create(enrolment=enrolment, competency=competency, at=at, **words)
        audit("write.competency_observed", by=by, subject=enrolment.person, target=row, at=at)
    return row


def propose(
    enrolment: Any, competency: Any, *, level: Any, evidence: Evidence, by: Any, at: datetime, note: str = ""
) -> Proposal:
    """Propose that this person be awarded this, on the evidence seen. Nothing is awarded by it.

    Safe to call twice: the proposal that is open is returned. Locks the enrolment.
    """
    refuse_stranger(by, enrolment)
    refuse_without_grounds(enrolment, competency, level, evidence)
    with transaction.atomic():
        lock(enrolment)
        if queries.standing_award(enrolment, queries.Goal(competency, level)) is not None:
            raise Refused("propose.awarded", _("This was awarded already."))
        known = queries.open_proposal(enrolment, competency, level)
        if known is not None:
            return known
        row = Proposal.objects.create(
            enrolment=enrolment,
            competency=competency,
            level=level,
            note=note.strip(),
            evidence=evidence_digest(evidence),
            by=by,
            at=at,
        )
        audit("write.competency_proposed", by=by, subject=enrolment.person, target=row, at=at)
    return row


def send_back(proposal: Proposal, *, reason: str, by: Any, at: datetime) -> Decision:
    """Send a proposal back to the trainer, with a reason. Safe to call twice. Locks the enrolment."""
    refuse_who_does_not_decide(by, proposal.enrolment)
    if not reason.strip():
        raise Refused("send_back.reason", _("Write what is missing, so that the trainer knows."), status=400)
    with transaction.atomic():
        lock(proposal.enrolment)
        known = Decision.objects.filter(proposal=proposal).first()
        if known is not None:
            if known.outcome != Outcome.RETURNED:
                raise Refused("send_back.awarded", _("This was awarded already."))
            return known
        row = Decision.objects.create(
            proposal=proposal, outcome=Outcome.RETURNED, reason=reason.strip(), by=by, at=at
        )
        audit("write.proposal_sent_back", by=by, subject=proposal.enrolment.person, target=proposal, at=at)
    return row


def rectify(
    record: CompetencyRecord,
    *,
    level: Any,
    code: str,
    reason: str,
    evidence: Evidence,
    by: Any,
    at: datetime,
) -> CompetencyRecord:
    """Put an award right: it is revoked for a reason of the closed list, and another takes its place.

    Three rows in one transaction: the revocation, the new award, which names the wrong one, and the reason in words,
    which stays here. Safe to call twice. Locks the enrolment.
    """
    enrolment = record.enrolment
    refuse_who_does_not_decide(by, enrolment)
    if record.event != Event.AWARDED or record.competency is None:
        raise Refused("rectify.not_an_award", _("Only the award of a competency is put right."))
    if not reason.strip():
        raise Refused("rectify.reason", _("Write what was wrong."), status=400)
    refuse_without_grounds(enrolment, record.competency, level, evidence)
    with transaction.atomic():
        lock(enrolment)
        done = Rectification.objects.filter(wrong=record).select_related("right").first()
        if done is not None:
            return done.right
        if hasattr(record, "revocation"):
            raise Refused("rectify.revoked", _("This record was revoked already. Propose the award again."))
        other = queries.standing_award(enrolment, queries.Goal(record.competency, level))
        if other is not None and other != record:
            raise Refused(
                "rectify.there", _("At this level it was awarded already. Revoke the wrong record.")
            )
        revoke(record, reason=code, by=by, at=at, note=reason.strip()[:500])
        right = write_award(
            enrolment, record.competency, level, evidence, by=by, at=at, rectifies=record.uuid
        )
        Rectification.objects.create(wrong=record, right=right, reason=reason.strip(), by=by, at=at)
    return right
