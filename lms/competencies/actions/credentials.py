"""Giving records out as credentials; suspending them, and ending that."""

import hashlib
import json
import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from lms.audit.actions import record as audit
from lms.errors import Refused
from lms.signing import seals

from .. import queries
from ..credentials import baking, did, document, jose, paper, picture, proofs
from ..credentials.bitstring import LENGTH
from ..models import (
    CompetencyRecord,
    Credential,
    Event,
    Form,
    StatusList,
    StatusPlace,
    StatusReason,
    Suspension,
)
from .records import lock, refuse_stranger

#: Places are drawn by lot. When so many draws in a row are taken, which happens about when three quarters of a list are,
#: a new list is begun: nobody counts a list each time.
_DRAWS = 32


def give_out(record: CompetencyRecord, form: str, *, at: datetime) -> Credential:
    """The document of this record in this form: what was given out before, byte for byte, or a new one.

    Safe to call twice. The enrolment is locked while something new is made. What was revoked is not made anew.
    """
    if record.event != Event.AWARDED or form not in Form.values:
        raise Refused("credential.form", _("There is no such document of this record."), status=404)
    given = queries.given_out(record, form)
    if given is not None:
        return given
    with transaction.atomic():
        lock(record.enrolment)
        return queries.given_out(record, form) or _make(record, Form(form), at)


def _make(record: CompetencyRecord, form: Form, at: datetime) -> Credential:
    if queries.is_revoked(record):
        raise Refused(
            "credential.revoked",
            _("This record was revoked: no new documents are made of it. Those given out before stay."),
        )
    if form in {Form.JSON, Form.TOKEN}:
        unsigned = _unsigned(record, at)
        signed = _signed if form == Form.JSON else _token
        key_id, text = did.RING.with_current(lambda key_id: (key_id, signed(unsigned, key_id)))
        return _keep(record, form, key_id, text.encode(), at)
    inside = give_out(record, Form.JSON, at=at)
    credential = bytes(inside.content).decode()
    content = json.loads(record.content)
    if form == Form.PAPER:
        made, seal_id = _paper(record, content, credential, at) if seals.configured() else (b"", "")
        if not seals.is_known(
            seal_id
        ):  # no seal here, or its certificate cannot be kept: nobody could check it
            raise Refused(
                "credential.no_seal",
                _(
                    "Certificates in PDF are not made on this site: it has no seal. Take one of the other files."
                ),
            )
        return _keep(record, form, inside.key_id, made, at, seal_id=seal_id)
    drawn = picture.draw(content, form.value)
    baked = (
        baking.bake_png(drawn, credential)
        if form == Form.PNG
        else baking.bake_svg(drawn.decode(), credential).encode()
    )
    return _keep(record, form, inside.key_id, baked, at)


def _unsigned(record: CompetencyRecord, at: datetime) -> dict[str, Any]:
    place = _place(record, at)
    addresses = {purpose: queries.list_address(place.list, purpose) for purpose in document.STATUS}
    issuer = did.of_agency(record.enrolment.edition.agency.uuid)
    return document.unsigned(json.loads(record.content), issuer=issuer, status=addresses, index=place.index)


def _signed(unsigned: dict[str, Any], key_id: str) -> str:
    """Signed as of the moment of the award, so that the same record gives the same bytes on any day."""
    made = proofs.sign(
        unsigned,
        method=did.method(unsigned["issuer"]["id"], key_id),
        created=unsigned["validFrom"],
        signature=lambda data: did.RING.sign(data, key_id),
    )
    return json.dumps(made, ensure_ascii=False, separators=(",", ":"))


def _token(unsigned: dict[str, Any], key_id: str) -> str:
    status = [
        entry
        | {"id": f"{entry['statusListCredential']}.jwt#{entry['statusListIndex']}"}
        | {"statusListCredential": f"{entry['statusListCredential']}.jwt"}
        for entry in unsigned["credentialStatus"]
    ]
    return jose.sign(
        {**unsigned, "credentialStatus": status},
        kid=did.method(unsigned["issuer"]["id"], key_id),
        key=did.RING.held(key_id),
        signature=lambda data: did.RING.sign(data, key_id),
    )


def _paper(
    record: CompetencyRecord, content: dict[str, Any], credential: str, at: datetime
) -> tuple[bytes, str]:
    person = record.person
    return paper.certificate(
        content,
        credential=credential,
        person=person.get_full_name() or person.username,
        born=person.birth_date,
        by=record.by.get_full_name() or record.by.username,
        address=f"{settings.SITE_URL}{reverse('verification:record', args=[record.uuid])}",
        at=at,
    )


def _keep(
    record: CompetencyRecord, form: Form, key_id: str, content: bytes, at: datetime, *, seal_id: str = ""
) -> Credential:
    return Credential.objects.create(
        record=record,
        form=form,
        key_id=key_id,
        seal_id=seal_id,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        made_at=at,
    )


def _place(record: CompetencyRecord, at: datetime) -> StatusPlace:
    """The record's bit, drawn when it is first given out. The agency's list is locked while a place is drawn."""
    known = StatusPlace.objects.filter(record=record).select_related("list").first()
    if known is not None:
        return known
    agency = record.enrolment.edition.agency
    lists = StatusList.objects.select_for_update().filter(agency=agency).order_by("-id")
    newest = lists.first()
    index = _drawn(newest) if newest else None
    if newest is None or index is None:
        newest = StatusList.objects.create(agency=agency, made_at=at)
        index = secrets.randbelow(LENGTH)
    return StatusPlace.objects.create(record=record, list=newest, index=index)


def _drawn(found: StatusList) -> int | None:
    """A free place of this list; None when no draw found one."""
    for _draw in range(_DRAWS):
        index = secrets.randbelow(LENGTH)
        if not (found.places.filter(index=index).exists() or found.spent.filter(index=index).exists()):
            return index
    return None


def suspend(record: CompetencyRecord, *, reason: str, by: Any, at: datetime) -> Suspension:
    """Say that this award does not count for now. Safe to call twice. The enrolment is locked."""
    refuse_stranger(by, record.enrolment)
    if reason not in StatusReason.values:
        raise Refused("suspend.reason", _("Choose the reason from the list."), status=400)
    with transaction.atomic():
        lock(record.enrolment)
        if record.event != Event.AWARDED or queries.is_revoked(record):
            raise Refused("suspend.not_standing", _("Only a record that stands can be suspended."))
        if (holds := queries.suspension_of(record)) is not None:
            return holds
        row = Suspension.objects.create(record=record, reason=reason, by=by, at=at)
        audit(
            "write.competency_suspended", by=by, subject=record.person, target=record, purpose=reason, at=at
        )
    return row


def lift_suspension(record: CompetencyRecord, *, by: Any, at: datetime) -> Suspension | None:
    """Let this award count again; None when it was not suspended. Safe to call twice. The enrolment is locked."""
    refuse_stranger(by, record.enrolment)
    with transaction.atomic():
        lock(record.enrolment)
        if queries.suspension_of(record) is None:
            return None
        row = Suspension.objects.create(record=record, lifted=True, by=by, at=at)
        audit("write.competency_suspension_lifted", by=by, subject=record.person, target=record, at=at)
    return row
