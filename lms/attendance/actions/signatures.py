"""Signing the pages of a register: in order, each after proving who one is."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.errors import Refused
from lms.people.proofs import Proof

from .. import signing
from ..models import EntryKind, PageSignature, Register, RegisterEntry, RegisterPage, SignerRole
from ..queries.frozen import body_of_entry
from ..queries.sheets import name_of
from .entries import append_entry
from .registers import close_page

SIGNABLE = frozenset({EntryKind.PAGE, EntryKind.STUDY, EntryKind.CLOSING})


def sign_page(page: RegisterEntry, *, role: str, by: Any, proof: Proof, at: datetime) -> PageSignature:
    """Sign one page of a register, given as its entry, in one role. The signature is the chain's next entry.

    `by` must have the role; the caller has checked. Locks the register. Safe to call twice: one role signs once, and
    somebody else in the same role is told who did.
    """
    if proof.person != by.pk or not proof.at <= at <= proof.at + signing.PROOF_LASTS:
        raise Refused(
            "signature.no_proof",
            _(
                "Too much time has passed since you confirmed who you are. Nothing was signed: confirm it again."
            ),
            status=403,
        )
    with transaction.atomic():
        register = Register.objects.select_for_update().get(pk=page.register_id)
        given = {each.role: each for each in page.signatures.select_related("signer")}
        if role in given and given[role].signer_id == by.pk:
            return given[role]
        body = body_of_entry(page)
        due = signing.due_from(body)
        if page.kind not in SIGNABLE or due is None:
            raise Refused("signature.not_due", _("This page waits for no signature."))
        _refuse(*signing.obstacle(role, due, given, at), given)
        entry = append_entry(
            register,
            EntryKind.SIGNATURE,
            {
                "signs": {"page": body.get("page"), "position": page.position, "hash": page.hash},
                "role": role,
                "signer": {"uuid": str(by.uuid), "name": name_of(by)},
                "method": proof.method,
                "proved_at": proof.at.astimezone(UTC).isoformat(),
                "due_by": due.until.astimezone(UTC).isoformat(),
                "minutes_late": signing.lateness(due.until, at),
            },
            by=by,
            at=at,
            page=page.page,
        )
        signature = PageSignature.objects.create(
            signed=page,
            role=role,
            signer=by,
            method=proof.method,
            proved_at=proof.at,
            signed_at=at,
            due_by=due.until,
            entry=entry,
        )
        record("write.register_signed", by=by, target=signature, at=at)
    return signature


def sign_pages(
    pages: Sequence[tuple[RegisterEntry, str]], *, by: Any, proof: Proof, at: datetime
) -> list[PageSignature]:
    """Sign several pages, each in its role, after one proof: all of them or none. Safe to call twice."""
    with transaction.atomic():
        return [sign_page(page, role=role, by=by, proof=proof, at=at) for page, role in pages]


def close_and_sign(page: RegisterPage, *, by: Any, proof: Proof, at: datetime, **said: str) -> RegisterPage:
    """Close a page and sign it as its trainer, in one act: both or neither. `said` is as for close_page."""
    with transaction.atomic():
        closed = close_page(page, by=by, at=at, **said)
        entry = closed.entries.get(kind=EntryKind.PAGE)
        sign_page(entry, role=signing.TRAINER, by=by, proof=proof, at=at)
    return closed


def _refuse(why: str, who: str, given: dict[str, PageSignature]) -> None:
    if not why:
        return
    role = SignerRole(who).label
    if why == signing.TAKEN:
        raise Refused(
            "signature.taken",
            _("%(who)s has already signed this page as %(role)s. Nothing was changed now.")
            % {"who": given[who].signer, "role": role},
        )
    if why == signing.TOO_SOON:
        raise Refused(
            "signature.too_soon",
            _("The signature as %(role)s comes first. Yours waits for it, and nothing was signed.")
            % {"role": role},
        )
    raise Refused("signature.not_due", _("This page waits for no signature as %(role)s.") % {"role": role})
