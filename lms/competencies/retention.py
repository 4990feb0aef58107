"""How long records of competencies stay, and what was shown of them."""

from datetime import datetime

from django.db.models import Q

from lms.audit.retention import Rows, Rule, nothing, years_before

from .models import (
    CompetencyRecord,
    Credential,
    Decision,
    Observation,
    Proposal,
    Pseudonym,
    ReceivedDocument,
    Rectification,
    Share,
    ShareOpening,
    StatusPlace,
    Suspension,
    Tombstone,
)

_RECORD = (
    "a record is immutable and what a learner holds of it is theirs for life: it must go on being verifiable"
)


def _records(at: datetime) -> Rows:
    return CompetencyRecord.objects.filter(enrolment__edition__ends_on__lt=years_before(at, 10))


def _shares(at: datetime) -> Rows:
    day = years_before(at, 1)
    return Share.objects.filter(Q(expires_at__date__lt=day) | Q(withdrawn_at__date__lt=day))


RULES = [
    Rule(Share, _shares),
    Rule(ShareOpening, nothing(ShareOpening), act=None, stays="goes with its share"),
    Rule(CompetencyRecord, _records, act=None, stays=_RECORD),
    Rule(
        Tombstone,
        lambda at: Tombstone.objects.filter(at__date__lt=years_before(at, 10)),
        act=None,
        stays="it says only that a record was deleted, to whoever still holds a copy",
    ),
    Rule(
        ReceivedDocument,
        lambda at: ReceivedDocument.objects.filter(enrolment__edition__ends_on__lt=years_before(at, 10)),
        act=None,
        stays="the person's own attestation, issued by another body and kept for them",
    ),
    *[
        Rule(model, nothing(model), act=None, stays="stays with its record")
        for model in (
            Suspension,
            Credential,
            StatusPlace,
            Pseudonym,
            Observation,
            Proposal,
            Decision,
            Rectification,
        )
    ],
]
