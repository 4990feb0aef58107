"""Recording what other bodies issued: validations and certifications, with their document sealed on disk."""

import hashlib
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record as audit
from lms.enrolments.queries import local_day
from lms.errors import Refused
from lms.people.sealing import InvalidToken, seal_bytes, unseal_bytes

from .. import access
from ..models import ReceivedDocument, ReceivedEvent, ReceivedKind
from .records import lock

LARGEST = 10 * 1024 * 1024
_TYPES = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)


def receive(
    enrolment: Any,
    *,
    kind: str,
    competency: Any,
    level: Any,
    title: str,
    body: str,
    body_code: str,
    number: str,
    issued_on: date,
    document: bytes,
    by: Any,
    at: datetime,
    about: ReceivedDocument | None = None,
    reason: str = "",
) -> ReceivedDocument:
    """Record a document of the body entitled, as it came; with `about`, in the place of one recorded wrongly.

    The same document twice for one person is one row. Locks the enrolment.
    """
    _refuse_stranger(by, enrolment)
    if kind not in ReceivedKind.values:
        raise Refused("received.kind", _("Choose what kind of document it is."), status=400)
    if issued_on > local_day(at):
        raise Refused("received.day", _("The day of issue cannot be in the future."), status=400)
    if about is not None and not reason.strip():
        raise Refused("received.reason", _("Say why it is corrected."), status=400)
    file_type = kind_of_file(document)
    digest = hashlib.sha256(document).hexdigest()
    with transaction.atomic():
        lock(enrolment)
        if about is None:
            twin = ReceivedDocument.objects.filter(
                enrolment=enrolment, sha256=digest, number=number, corrected_by__isnull=True
            ).first()
            if twin is not None:
                return twin
        else:
            _refuse_corrected(about)
        row = ReceivedDocument(
            kind=kind,
            enrolment=enrolment,
            competency=competency,
            level=level,
            title=title,
            body=body,
            body_code=body_code,
            number=number,
            issued_on=issued_on,
            file_type=file_type,
            sha256=digest,
            about=about,
            reason=reason.strip(),
            by=by,
            at=at,
        )
        row.file.save("document", ContentFile(seal_bytes(document)), save=False)
        row.save()
        audit("write.attestation_received", by=by, subject=enrolment.person, target=row, at=at)
    return row


def take_out(document: ReceivedDocument, *, reason: str, by: Any, at: datetime) -> ReceivedDocument:
    """Say that a document recorded here does not count: another row, with a reason. Safe to call twice."""
    _refuse_stranger(by, document.enrolment)
    if not reason.strip():
        raise Refused("received.reason", _("Say why it is corrected."), status=400)
    with transaction.atomic():
        lock(document.enrolment)
        known = ReceivedDocument.objects.filter(about=document).first()
        if known is not None and known.event == ReceivedEvent.WITHDRAWN:
            return known
        _refuse_corrected(document)
        copied = (
            "kind",
            "enrolment",
            "competency",
            "level",
            "title",
            "body",
            "body_code",
            "number",
            "issued_on",
        )
        row = ReceivedDocument.objects.create(
            event=ReceivedEvent.WITHDRAWN,
            about=document,
            reason=reason.strip(),
            by=by,
            at=at,
            **{name: getattr(document, name) for name in copied},
        )
        audit("write.attestation_taken_out", by=by, subject=document.enrolment.person, target=row, at=at)
    return row


def open_document(document: ReceivedDocument, *, by: Any, at: datetime) -> bytes:
    """The document as it was received; noted when somebody else than the person opens it."""
    with document.file.open("rb") as sealed:
        try:
            content = unseal_bytes(sealed.read())
        except InvalidToken as error:
            raise Refused(
                "received.sealed", _("The document cannot be opened: its key is not here.")
            ) from error
    person = document.enrolment.person
    if by.pk != person.pk:
        audit("read.attestation_received", by=by, subject=person, target=document, at=at)
    return content


def kind_of_file(document: bytes) -> str:
    """The type of a document by its first bytes; Refused for what is no paper."""
    if len(document) > LARGEST:
        raise Refused("received.size", _("The document is larger than 10 MB."), status=400)
    for start, name in _TYPES:
        if document.startswith(start):
            return name
    raise Refused("received.type", _("Send a PDF, or a photo as JPEG or PNG."), status=400)


def _refuse_corrected(document: ReceivedDocument) -> None:
    if ReceivedDocument.objects.filter(about=document).exists():
        raise Refused("received.corrected", _("This was corrected already. Look at the newest row."))


def _refuse_stranger(by: Any, enrolment: Any) -> None:
    if not access.receives_in(by, enrolment.edition):
        raise Refused(
            "received.not_yours",
            _("The tutors and the training director of this edition record documents of other bodies."),
            status=403,
        )
