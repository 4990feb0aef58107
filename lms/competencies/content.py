"""The content of a record: what the consortium, and later a wallet, can read.

Fields and their mapping to Open Badges and ELM: docs/decisions/0041-one-immutable-record.md. Never inside:
a name, a codice fiscale, a measure, a municipality, an absence or its reason.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from .models import CompetencyRecord, Event, RecordKind
from .rules import Evidence, digest

VERSION = 1
#: Of an award that puts another one right: it has one field more, `rectifies`. Nothing else is different.
RECTIFYING_VERSION = 2


def urn(uuid: UUID) -> str:
    return f"urn:uuid:{uuid}"


def of_award(
    uuid: UUID,
    enrolment: Any,
    competency: Any,
    level: Any,
    evidence: Evidence,
    *,
    subject: UUID,
    at: datetime,
    rectifies: UUID | None = None,
) -> dict[str, Any]:
    """The content of an award; `competency` is None for a certificate of attendance."""
    edition = enrolment.edition
    course = edition.course
    kind = RecordKind.TRANSPARENCY if competency else RecordKind.ATTENDANCE
    told = {
        "type": "CompetencyRecord",
        "version": VERSION,
        "record_id": urn(uuid),
        "event": Event.AWARDED.value,
        "kind": kind.value,
        "subject": {"id": urn(subject)},
        "issuer": {"id": urn(edition.agency.uuid), "name": edition.agency.name},
        "language": course.language,
        "title": competency.title if competency else edition.title,
        "description": competency.description if competency else course.summary,
        "competency": _competency(competency),
        "framework": _framework(competency.framework) if competency else None,
        "level": {"code": level.code, "title": level.title, "position": level.position} if level else None,
        "course": {
            "code": course.code or course.slug,
            "title": course.title,
            "edition": edition.code,
            "cup": edition.cup,
            "notice": edition.notice,
            "mode": edition.mode,
            "starts_on": edition.starts_on.isoformat(),
            "ends_on": edition.ends_on.isoformat(),
        },
        "learning": {
            "planned": f"PT{evidence.minutes_planned}M",
            "done": f"PT{evidence.minutes_done}M",
            "live": f"PT{evidence.minutes_live}M",
            "own_time": f"PT{evidence.minutes_study}M",
            "percent": evidence.percent,
            "minimum_percent": evidence.minimum_percent,
        },
        "assessment": [_assessment(quiz) for quiz in evidence.quizzes if quiz.tried],
        "evidence": _evidence(enrolment, evidence),
        "valid_from": at.isoformat(),
        "valid_until": None,
        "basis": "D.Lgs. 13/2013",
    }
    return told | {"version": RECTIFYING_VERSION, "rectifies": urn(rectifies)} if rectifies else told


def of_revocation(
    uuid: UUID, award: CompetencyRecord, *, subject: UUID, reason: str, at: datetime
) -> dict[str, Any]:
    """The content of a revocation: which record, since when, and the reason from the closed list."""
    return {
        "type": "CompetencyRecord",
        "version": VERSION,
        "record_id": urn(uuid),
        "event": Event.REVOKED.value,
        "kind": award.kind,
        "subject": {"id": urn(subject)},
        "revokes": urn(award.uuid),
        "reason": reason,
        "valid_from": at.isoformat(),
    }


def of_deletion(uuid: UUID, record: UUID, *, reason: str, at: datetime) -> dict[str, Any]:
    """The content of a tombstone: which record to forget, and why. Not whose it was."""
    return {
        "type": "CompetencyRecord",
        "version": VERSION,
        "record_id": urn(uuid),
        "event": "deleted",
        "deletes": urn(record),
        "reason": reason,
        "valid_from": at.isoformat(),
    }


def _competency(competency: Any) -> dict[str, Any] | None:
    if competency is None:
        return None
    return {
        "id": urn(competency.uuid),
        "code": competency.code,
        "title": competency.title,
        "kind": competency.kind,
        "uri": competency.uri,
    }


def _framework(framework: Any) -> dict[str, Any]:
    return {
        "id": urn(framework.uuid),
        "code": framework.code,
        "version": framework.version,
        "title": framework.title,
        "uri": framework.uri,
    }


def _assessment(quiz: Any) -> dict[str, Any]:
    return {
        "method": "quiz",
        "title": quiz.title,
        "score": quiz.score,
        "max_score": quiz.max_score,
        "passed": quiz.passed,
        "date": quiz.on,
    }


def _evidence(enrolment: Any, evidence: Evidence) -> list[dict[str, Any]]:
    """What stands behind the record, by fingerprint: whoever may see it asks the issuer."""
    hours = f"{enrolment.uuid}|{evidence.minutes_live}|{evidence.minutes_study}|{evidence.minutes_planned}"
    found = [{"type": "register", "sha256": digest(hours), "access_class": "issuer"}]
    for quiz in evidence.quizzes:
        if quiz.tried:
            text = f"{enrolment.uuid}|{quiz.key}|{quiz.score}|{quiz.max_score}|{quiz.on}"
            found.append({"type": "quiz", "sha256": digest(text), "access_class": "issuer"})
    if evidence.observation:
        found.append({"type": "observation", "sha256": evidence.observation.digest, "access_class": "issuer"})
    return found
