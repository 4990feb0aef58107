"""Reading what was given out: documents, how a record stands, the lists of revoked and suspended."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Max, OuterRef, Subquery
from django.urls import reverse

from lms.signing import seals

from ..credentials import bitstring, contexts, did, jose, proofs
from ..models import CompetencyRecord, Credential, Event, Form, StatusList, StatusPlace, Suspension
from ..rules import digest


class Standing(StrEnum):
    """What a certificate is worth now."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    ALTERED = "altered"
    UNKNOWN_ISSUER = "unknown_issuer"
    NOT_FOUND = "not_found"


def given_out(record: CompetencyRecord, form: str) -> Credential | None:
    """The newest document of this record in this form whose keys nobody withdrew."""
    for made in Credential.objects.filter(record=record, form=form).order_by("-id"):
        sealed = not made.seal_id or seals.is_known(made.seal_id)
        if sealed and did.RING.public(made.key_id):
            return made
    return None


def is_revoked(record: CompetencyRecord) -> bool:
    return CompetencyRecord.objects.filter(revokes=record).exists()


def suspension_of(record: CompetencyRecord) -> Suspension | None:
    """The suspension that holds now."""
    newest = Suspension.objects.filter(record=record).first()
    return newest if newest is not None and not newest.lifted else None


def can_be_shared(record: CompetencyRecord) -> bool:
    return record.event == Event.AWARDED and not is_revoked(record)


def standing_of(record: CompetencyRecord, *, at: datetime) -> Standing:
    """How an award stands: its text and its own signature first, then what happened to it since."""
    if not _is_whole(record):
        return Standing.ALTERED
    if is_revoked(record):
        return Standing.REVOKED
    if suspension_of(record):
        return Standing.SUSPENDED
    until = json.loads(record.content).get("valid_until")
    if until and datetime.fromisoformat(until) <= at:
        return Standing.EXPIRED
    return Standing.VALID


def _is_whole(record: CompetencyRecord) -> bool:
    """Whether the record's text is the one written, and its credential, if one was given out, the one signed."""
    if digest(record.content) != record.sha256:
        return False
    given = given_out(record, Form.JSON)
    if given is None:
        return True
    try:
        signed = json.loads(bytes(given.content))
        proofs.verify(signed, signed["proof"], did.RING.held(given.key_id))
    except (ValueError, KeyError, TypeError):
        return False
    return signed["id"] == f"urn:uuid:{record.uuid}"


# ----------------------------------------------------------------------------------------------- status lists


def list_address(found: StatusList, purpose: str) -> str:
    return f"{settings.SITE_URL}{reverse('credentials:status', args=[found.uuid, purpose])}"


def status_list(found: StatusList, purpose: str, *, at: datetime, token: bool) -> str:
    """The signed list of one purpose, as a Data Integrity document or as a token; the same all day unless it changes.

    A copy of it counts for two days: somebody who keeps an old one back cannot hide a revocation for longer.
    """
    places = StatusPlace.objects.filter(list=found)
    if purpose == "revocation":
        chosen = places.filter(record__revocation__isnull=False)
        spent = found.spent.aggregate(last=Max("at"))["last"]
        revoked = chosen.aggregate(last=Max("record__revocation__at"))["last"]
        changed = max((moment for moment in (spent, revoked) if moment), default=None)
    else:
        newest = Suspension.objects.filter(record=OuterRef("record")).order_by("-id")
        chosen = places.annotate(ended=Subquery(newest.values("lifted")[:1])).filter(ended=False)
        changed = places.aggregate(last=Max("record__suspensions__at"))["last"]
    bits = list(chosen.values_list("index", flat=True))
    if purpose == "revocation":  # what was deleted counts no more than what was revoked
        bits += found.spent.values_list("index", flat=True)
    bits.sort()
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    since = changed or found.made_at

    def signed(key_id: str) -> str:
        known = f"{found.uuid}|{purpose}|{token}|{key_id}|{day}|{since}|{bits}"
        name = f"status-list-{hashlib.sha256(known.encode()).hexdigest()}"
        text = cache.get(name)
        if text is None:
            text = _sign_list(
                found, purpose, bits, since=since, until=day + timedelta(days=2), key_id=key_id, token=token
            )
            cache.set(name, text, 24 * 3600)
        return text

    return did.RING.with_current(signed)


def _sign_list(
    found: StatusList,
    purpose: str,
    bits: list[int],
    *,
    since: datetime,
    until: datetime,
    key_id: str,
    token: bool,
) -> str:
    address = list_address(found, purpose) + (".jwt" if token else "")
    issuer = did.of_agency(found.agency.uuid)
    unsigned: dict[str, Any] = {
        "@context": [contexts.CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": _utc(since),
        "validUntil": _utc(until),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": bitstring.encode(bits),
        },
    }
    method = did.method(issuer, key_id)
    if token:
        return jose.sign(
            unsigned,
            kid=method,
            key=did.RING.held(key_id),
            signature=lambda data: did.RING.sign(data, key_id),
        )
    signed = proofs.sign(
        unsigned,
        method=method,
        created=_utc(since),
        signature=lambda data: did.RING.sign(data, key_id),
    )
    return json.dumps(signed, ensure_ascii=False, separators=(",", ":"))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
