"""Deleting a record for good, and leaving what tells everybody who has a copy."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from lms.audit.actions import record as audit
from lms.errors import Refused

from .. import content, rules
from ..models import (
    CompetencyRecord,
    Credential,
    DeletionReason,
    Pseudonym,
    SpentPlace,
    StatusPlace,
    Suspension,
    Tombstone,
)
from .records import lock, sequence_and_tell


def delete_record(record: CompetencyRecord, *, reason: str, by: Any, at: datetime) -> list[Tombstone]:
    """Delete a record, what revokes it and every document made of it; a tombstone for each record stays.

    The enrolment is locked. Whoever calls twice finds no record the second time. The person's pseudonym goes with
    the last record, which makes copies that others keep anonymous.
    """
    if reason not in DeletionReason.values:
        raise Refused("delete.reason", _("Choose the reason from the list."), status=400)
    with transaction.atomic():
        lock(record.enrolment)
        found = CompetencyRecord.objects.select_for_update(of=("self",)).filter(pk=record.pk).first()
        if found is None:
            return []
        chain = [found]
        while revoking := CompetencyRecord.objects.filter(revokes=chain[-1]).first():
            chain.append(revoking)
        stones = [_tombstone(each, reason, by, at) for each in chain]
        gone = [each.pk for each in chain]
        for place in StatusPlace.objects.filter(record__in=gone):
            SpentPlace.objects.create(list_id=place.list_id, index=place.index, at=at)
        for kind in (StatusPlace, Credential, Suspension):
            kind.objects.filter(record__in=gone).delete()
        try:
            for each in reversed(chain):
                CompetencyRecord.objects.filter(pk=each.pk).delete()
        except ProtectedError as error:
            raise Refused(
                "delete.held", _("Something else still refers to this record. Nothing was deleted.")
            ) from error
        if not CompetencyRecord.objects.filter(person=record.person).exists():
            Pseudonym.objects.filter(person=record.person).delete()
        audit("write.competency_deleted", by=by, subject=record.person, target=record, purpose=reason, at=at)
        transaction.on_commit(sequence_and_tell)
    return stones


def _tombstone(record: CompetencyRecord, reason: str, by: Any, at: datetime) -> Tombstone:
    key = uuid.uuid4()
    text = rules.canonical(content.of_deletion(key, record.uuid, reason=reason, at=at))
    return Tombstone.objects.create(
        uuid=key,
        record_uuid=record.uuid,
        record_seq=record.feed_seq,
        person=record.person,
        edition=record.enrolment.edition,
        reason=reason,
        content=text,
        sha256=rules.digest(text),
        by=by,
        at=at,
    )
