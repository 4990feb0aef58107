"""Awarding, revoking, and giving each record its place in the feed."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Model
from django.utils.translation import gettext as _

from lms.audit.actions import record as audit
from lms.errors import Refused

from .. import access, content, queries, rules
from ..models import (
    CompetencyRecord,
    Decision,
    Event,
    Outcome,
    Pseudonym,
    RecordKind,
    RevocationReason,
    Tombstone,
)
from ..rules import Evidence

#: Who wants to be called once new records stand in the feed. The consortium's app adds its worker here, which
#: saves the wait for the next minute; nothing depends on it.
after_sequencing: list[Callable[[], object]] = []

# Two numbers of our own for PostgreSQL's advisory lock: "Ponte", "feed".
_SEQUENCER_LOCK = (0x706F6E74, 0x66656564)
_BATCH = 500


def award(
    enrolment: Any, competency: Any, *, level: Any, evidence: Evidence, by: Any, at: datetime
) -> CompetencyRecord:
    """Write that this person was found able to do this: the responsible person's yes to a trainer's proposal.

    Safe to call twice: the award that stands for the same enrolment, competency and level is returned. The
    enrolment is locked; the place in the feed is given after commit.
    """
    refuse_who_does_not_decide(by, enrolment)
    refuse_without_grounds(enrolment, competency, level, evidence)
    with transaction.atomic():
        lock(enrolment)
        standing = queries.standing_award(enrolment, queries.Goal(competency, level))
        if standing is not None:
            return standing
        proposal = queries.open_proposal(enrolment, competency, level)
        if proposal is None:
            raise Refused(
                "award.no_proposal",
                _("No trainer has proposed this yet. Whoever teaches proposes, then you decide."),
            )
        if proposal.by_id == by.pk:
            raise Refused(
                "award.two_people",
                _("You proposed this yourself. Somebody else who answers for the edition decides."),
                status=403,
            )
        row = write_award(enrolment, competency, level, evidence, by=by, at=at)
        Decision.objects.create(proposal=proposal, outcome=Outcome.AWARDED, record=row, by=by, at=at)
    return row


def refuse_without_grounds(enrolment: Any, competency: Any, level: Any, evidence: Evidence) -> None:
    """Refused unless the course aims at it and the evidence is enough."""
    goal = next((g for g in queries.goals_of(enrolment.edition.course) if g.competency == competency), None)
    if goal is None:
        raise Refused(
            "award.not_a_goal",
            _("This course does not aim at this competency. The course page lists those it aims at."),
        )
    if level is not None and level.framework_id != competency.framework_id:
        raise Refused("award.level", _("This level belongs to another framework."), status=400)
    refuse_gaps(rules.missing(evidence))


def refuse_gaps(gaps: tuple[rules.Missing, ...]) -> None:
    if gaps:
        raise Refused(
            "award.evidence",
            _("The evidence is not enough yet. Nothing was written. %(gaps)s")
            % {"gaps": " ".join(queries.sentence(gap) for gap in gaps)},
        )


def certify_attendance(enrolment: Any, *, evidence: Evidence, by: Any, at: datetime) -> CompetencyRecord:
    """Write the certificate of attendance of one person in one edition. Hours count, quizzes do not.

    Safe to call twice. The enrolment is locked.
    """
    refuse_stranger(by, enrolment)
    refuse_gaps(rules.hours_missing(evidence))
    return write_award(enrolment, None, None, evidence, by=by, at=at)


def revoke(
    record: CompetencyRecord, *, reason: str, by: Any, at: datetime, note: str = ""
) -> CompetencyRecord:
    """Take an award back by a row of its own; the reason is one of a closed list and travels with it.

    Safe to call twice: the revocation that exists is returned. The enrolment is locked.
    """
    refuse_stranger(by, record.enrolment)
    if record.event != Event.AWARDED:
        raise Refused("revoke.not_an_award", _("A revocation cannot be revoked. Award the competency again."))
    if reason not in RevocationReason.values:
        raise Refused("revoke.reason", _("Choose the reason from the list."), status=400)
    with transaction.atomic():
        lock(record.enrolment)
        existing = CompetencyRecord.objects.filter(revokes=record).first()
        if existing is not None:
            return existing
        key = uuid.uuid4()
        text = rules.canonical(
            content.of_revocation(key, record, subject=_subject(record.person), reason=reason, at=at)
        )
        row = CompetencyRecord.objects.create(
            uuid=key,
            event=Event.REVOKED,
            kind=record.kind,
            person=record.person,
            enrolment=record.enrolment,
            competency=record.competency,
            level=record.level,
            level_code=record.level_code,
            revokes=record,
            reason=reason,
            note=note,
            content=text,
            sha256=rules.digest(text),
            by=by,
            at=at,
        )
        audit("write.competency_revoked", by=by, subject=record.person, target=row, purpose=reason, at=at)
        transaction.on_commit(sequence_and_tell)
    return row


def assign_feed_seq() -> int:
    """Give every committed record and tombstone without a place in the feed the next one; how many were given.

    One sequencer at a time, by an advisory lock (on SQLite by its single writer): numbers become visible in
    their order, so a reader who has seen n has seen everything below n, whatever was still being written
    meanwhile. Safe to call at any time and twice.
    """
    given = 0
    while batch := _assign_batch():
        given += batch
    return given


def _assign_batch() -> int:
    """Records first: a tombstone is written after the record that it stands for."""
    kinds: tuple[type[Model], ...] = (CompetencyRecord, Tombstone)
    unsequenced = [kind._default_manager.filter(feed_seq__isnull=True) for kind in kinds]
    if not any(rows.exists() for rows in unsequenced):
        return 0
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", _SEQUENCER_LOCK)
        taken = [kind._default_manager.aggregate(last=Max("feed_seq"))["last"] for kind in kinds]
        taken.append(Tombstone.objects.aggregate(last=Max("record_seq"))["last"])  # no place is given twice
        last = max(place or 0 for place in taken)
        given = 0
        for kind, rows in zip(kinds, unsequenced, strict=True):
            for pk in list(rows.order_by("id").values_list("pk", flat=True)[: _BATCH - given]):
                given += 1
                kind._default_manager.filter(pk=pk).update(feed_seq=last + given)
    return given


def sequence_and_tell() -> None:
    assign_feed_seq()
    for call in after_sequencing:
        call()


def write_award(
    enrolment: Any,
    competency: Any,
    level: Any,
    evidence: Evidence,
    *,
    by: Any,
    at: datetime,
    rectifies: uuid.UUID | None = None,
) -> CompetencyRecord:
    """The one writer of awards; whether it may be written is asked before. Locks the enrolment."""
    level_code = level.code if level else ""
    same = CompetencyRecord.objects.awards().filter(
        enrolment=enrolment, competency=competency, level_code=level_code
    )
    with transaction.atomic():
        lock(enrolment)
        standing = same.filter(revocation__isnull=True).first()
        if standing is not None:
            return standing
        key = uuid.uuid4()
        subject = _subject(enrolment.person)
        text = rules.canonical(
            content.of_award(
                key, enrolment, competency, level, evidence, subject=subject, at=at, rectifies=rectifies
            )
        )
        row = CompetencyRecord.objects.create(
            uuid=key,
            event=Event.AWARDED,
            kind=RecordKind.TRANSPARENCY if competency else RecordKind.ATTENDANCE,
            person=enrolment.person,
            enrolment=enrolment,
            competency=competency,
            level=level,
            level_code=level_code,
            round=same.count() + 1,
            content=text,
            sha256=rules.digest(text),
            by=by,
            at=at,
        )
        audit("write.competency_awarded", by=by, subject=enrolment.person, target=row, at=at)
        transaction.on_commit(sequence_and_tell)
    return row


def refuse_stranger(by: Any, enrolment: Any) -> None:
    if not access.awards_in(by, enrolment.edition):
        raise Refused(
            "award.not_yours",
            _("Only the trainers and the training director of this edition do this."),
            status=403,
        )


def refuse_who_does_not_decide(by: Any, enrolment: Any) -> None:
    if not access.decides_in(by, enrolment.edition):
        raise Refused(
            "award.not_yours",
            _("A trainer proposes; the training director of this edition awards."),
            status=403,
        )


def lock(enrolment: Any) -> None:
    """Two who award the same thing at once go one after the other."""
    type(enrolment).objects.select_for_update().only("pk").get(pk=enrolment.pk)


def _subject(person: Any) -> uuid.UUID:
    """The pseudonym of this person, made at the first record."""
    return Pseudonym.objects.get_or_create(person=person)[0].uuid
