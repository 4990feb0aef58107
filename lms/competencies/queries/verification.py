"""Verifying: by the number of a certificate, and by a file."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from ..credentials import did, jose, sandbox
from ..credentials.reading import Reading
from ..models import CompetencyRecord, Credential, Form
from .credentials import Standing, standing_of
from .records import award_numbered

#: What a verdict adds to "altered".
WRAPPER = "wrapper"  # the credential inside is genuine, the picture or paper around it is not the one we gave
ADDED = "added"  # something was added to the paper after it was sealed


@dataclass(frozen=True)
class Verdict:
    """What a certificate is worth, and the record it stands for where that is ours."""

    standing: Standing
    record: CompetencyRecord | None = None
    note: str = ""
    reading: Reading = field(default_factory=Reading)

    @property
    def problem(self) -> str:
        """Why the file could not be read at all; empty when there is a verdict."""
        return self.reading.problem

    @property
    def issuer(self) -> str:
        """Who the file says issued it: a name, else an identifier. Nobody vouches for it."""
        issuer = self.reading.document.get("issuer")
        found = (issuer.get("name") or issuer.get("id")) if isinstance(issuer, dict) else issuer
        # JSON can spell half a character (\\ud800), which no page can hold.
        return found[:200].encode(errors="replace").decode() if isinstance(found, str) else ""


def verify_number(uuid: UUID, *, at: datetime) -> Verdict:
    """How the certificate with this number stands."""
    record = award_numbered(uuid)
    if record is None:
        return Verdict(Standing.NOT_FOUND)
    return Verdict(standing_of(record, at=at), record)


def verify_file(data: bytes, *, at: datetime) -> Verdict:
    """How the certificate in this file stands. The file is opened in a process of its own; nothing is fetched."""
    return verdict(sandbox.read(data, did.known()), data, at=at)


def verdict(reading: Reading, data: bytes, *, at: datetime) -> Verdict:
    """From what was read to what it is worth: form, signature, what we gave out, and what happened since."""
    if reading.problem:
        return Verdict(Standing.NOT_FOUND, reading=reading)
    if reading.signature == "broken":
        return Verdict(Standing.ALTERED, reading=reading)
    if reading.signature != "ours":
        expired = _is_past(reading.document.get("validUntil"), at)
        return Verdict(Standing.EXPIRED if expired else Standing.UNKNOWN_ISSUER, reading=reading)
    record = _record_of(reading.document)
    if record is None:
        return Verdict(Standing.NOT_FOUND, reading=reading)
    if not _was_given_out(record, reading):
        return Verdict(Standing.ALTERED, reading=reading)
    if note := _changed_around(record, reading, data):
        return Verdict(Standing.ALTERED, record, note, reading)
    return Verdict(standing_of(record, at=at), record, reading=reading)


def _record_of(document: dict[str, Any]) -> CompetencyRecord | None:
    try:
        return award_numbered(UUID(str(document.get("id", "")).removeprefix("urn:uuid:")))
    except ValueError:
        return None


def _was_given_out(record: CompetencyRecord, reading: Reading) -> bool:
    """Whether the document says what one of ours says, member for member: a signature alone ignores what it skips."""
    for given in Credential.objects.filter(record=record, form__in=[Form.JSON, Form.TOKEN]):
        text = bytes(given.content).decode()
        ours = jose.document_of(jose.parts(text)[1]) if given.form == Form.TOKEN else json.loads(text)
        if ours == reading.document:
            return True
    return False


def _changed_around(record: CompetencyRecord, reading: Reading, data: bytes) -> str:
    """Whether a picture or a paper is another than the one we gave, though what it carries is genuine."""
    if reading.kind not in {"png", "svg", "pdf"}:
        return ""
    exact = Credential.objects.filter(
        record=record, form=reading.kind, sha256=hashlib.sha256(data).hexdigest()
    )
    if exact.exists():
        return ""
    if reading.kind == "pdf":
        for given in Credential.objects.filter(record=record, form=Form.PAPER):
            if data.startswith(bytes(given.content)):
                return ADDED
    return WRAPPER


def _is_past(until: Any, at: datetime) -> bool:
    try:
        return isinstance(until, str) and datetime.fromisoformat(until) <= at
    except (ValueError, TypeError):
        return False
