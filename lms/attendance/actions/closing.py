"""Closing a register: its last page, with everybody's hours, before the signature of the whole."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.audit.actions import record_about
from lms.errors import Refused
from lms.people.proofs import Proof

from .. import signing
from ..chain import UNANCHORED
from ..models import EntryKind, Particulars, Register
from ..queries.facts import sealed_closing
from ..queries.policies import policy_for
from ..queries.registers import people_of_register
from ..queries.totals import closing_body, unfinished
from ..queries.verification import verify
from ..tables import log_csv
from .entries import append_entry
from .signatures import sign_page


def close_register(register: Register, *, by: Any, at: datetime) -> Register:
    """Write the closing page of a register; afterwards only rectifications and inspectors' reports are added.

    Refuses while a class that was held has no closed page, while own study is on no page, while a rectification
    waits, and where the check finds the register touched. Locks the register. Safe to call twice: the first closing
    stays.
    """
    with transaction.atomic():
        register = Register.objects.select_for_update().select_related("edition__course").get(pk=register.pk)
        if register.closed_at:
            return register
        _refuse_unfinished(register, at)
        particulars = Particulars.objects.filter(edition=register.edition_id).first()
        policy = policy_for(register.edition, on=timezone.localtime(at).date())
        due = signing.Due(("director",), at + timedelta(hours=policy.sign_hours))
        body = closing_body(
            register,
            representative=particulars.representative if particulars else "",
            log_sha256=hashlib.sha256(log_csv(register).encode()).hexdigest(),
            at=at,
        )
        body["signatures"] = due.as_json()
        body["facts"] = sealed_closing(register.edition_id, version=body["policy"]["version"], at=at)
        append_entry(register, EntryKind.CLOSING, body, by=by, at=at)
        register.closed_at, register.closed_by = at, by
        register.save(update_fields=["closed_at", "closed_by"])
        record_about("write.register_closed", people_of_register(register), by=by, target=register, at=at)
    return register


def close_and_sign_register(register: Register, *, by: Any, proof: Proof, at: datetime) -> Register:
    """Close a register and sign its closing page, in one act: both or neither."""
    with transaction.atomic():
        closed = close_register(register, by=by, at=at)
        entry = closed.entries.get(kind=EntryKind.CLOSING)
        sign_page(entry, role=signing.DIRECTOR, by=by, proof=proof, at=at)
    return closed


def _refuse_unfinished(register: Register, at: datetime) -> None:
    left = unfinished(register, at=at)
    if left.open_pages:
        raise Refused(
            "register.pages_open",
            ngettext(
                "%(n)s class was held and its page is still open: %(titles)s. Close it first.",
                "%(n)s classes were held and their pages are still open: %(titles)s. Close them first.",
                len(left.open_pages),
            )
            % {"n": len(left.open_pages), "titles": ", ".join(p.session.title for p in left.open_pages[:5])},
        )
    if left.study:
        raise Refused(
            "register.study_open",
            _(
                "People studied on their own and their minutes are on no page yet. Close a page of own study first."
            ),
        )
    if left.waiting:
        raise Refused(
            "register.amendments_wait",
            _("A rectification still waits for a second person. Decide on it first."),
        )
    # An anchor may still be on its way: the worker makes up for it.
    if any(finding.fault.code != UNANCHORED for finding in verify(register).findings):
        raise Refused(
            "register.not_intact",
            _("The check finds that this register was touched: it cannot be closed. Look at what it names."),
        )
