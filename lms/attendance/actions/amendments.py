"""Rectifications of closed pages: asked for by one person, confirmed or refused by another."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.audit.actions import record_about
from lms.errors import Refused

from ..models import Amendment, AmendmentState, EntryKind, Register, RegisterLine, RegisterPage
from ..queries.frozen import sheet_of
from ..queries.policies import policy_for
from ..queries.sheets import learners_of
from .entries import append_entry


def amend(
    page: RegisterPage, *, by: Any, at: datetime, reason: str, changes: Sequence[dict[str, Any]]
) -> Amendment:
    """Ask for a rectification of a closed page: `changes` is [{"enrolment": uuid, "minutes": whole minutes}].

    Where the policy wants four eyes it waits for `approve_amendment` by somebody else; otherwise it enters
    the register at once. The same request twice, while the first waits, is one. Locks the register.
    """
    with transaction.atomic():
        Register.objects.select_for_update().get(pk=page.register_id)
        page.refresh_from_db()
        wanted = _checked_changes(page, reason, changes)
        same = page.amendments.filter(
            state=AmendmentState.PROPOSED, proposed_by=by, reason=reason.strip(), changes=wanted
        ).first()
        if same:
            return same
        amendment = Amendment.objects.create(
            page=page, reason=reason.strip(), changes=wanted, proposed_by=by, proposed_at=at
        )
        _note("write.amendment_proposed", amendment, by=by, at=at)
        if not policy_for(page.session.edition, on=timezone.localtime(at).date()).four_eyes:
            amendment = _enter(amendment, by=by, at=at)
    return amendment


def _checked_changes(
    page: RegisterPage, reason: str, changes: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    if page.closed_at is None:
        raise Refused("page.open", _("This page is not closed yet: correct it before closing it."))
    if not reason.strip():
        raise Refused("amendment.no_reason", _("A rectification needs its reason."))
    sheet = sheet_of(page.session)
    longest = sheet.length
    current = {line.enrolment: line.minutes for line in sheet.lines}
    wanted = []
    for change in changes:
        key, minutes = str(change["enrolment"]), change["minutes"]
        if key not in current:
            raise Refused("amendment.stranger", _("A rectification can only name people on this page."))
        if not isinstance(minutes, int) or not 0 <= minutes <= longest:
            raise Refused(
                "amendment.minutes",
                _("The minutes must be between 0 and %(most)s, the length of the class.") % {"most": longest},
            )
        if minutes != current[key]:
            wanted.append({"enrolment": key, "minutes": minutes})
    if not wanted:
        raise Refused("amendment.nothing", _("These minutes are already in the register."))
    return wanted


def approve_amendment(amendment: Amendment, *, by: Any, at: datetime) -> Amendment:
    """Enter a proposed rectification in the register, as its second pair of eyes.

    Locks the register and the rectification. Safe to call twice: it is entered once.
    """
    with transaction.atomic():
        Register.objects.select_for_update().get(pk=amendment.page.register_id)
        amendment = Amendment.objects.select_for_update().get(pk=amendment.pk)
        if amendment.state == AmendmentState.ENTERED:
            return amendment
        _refuse_decided(amendment)
        if amendment.proposed_by_id == by.pk:
            raise Refused(
                "amendment.four_eyes",
                _("You proposed this rectification: somebody else has to confirm it. It is kept."),
            )
        return _enter(amendment, by=by, at=at)


def reject_amendment(amendment: Amendment, *, by: Any, at: datetime) -> Amendment:
    """Refuse a proposed rectification, or take back one's own; that it was asked for and refused is an entry of the
    chain.

    Safe to call twice. Locks the register and the rectification.
    """
    with transaction.atomic():
        register = Register.objects.select_for_update().get(pk=amendment.page.register_id)
        amendment = Amendment.objects.select_for_update().get(pk=amendment.pk)
        if amendment.state == AmendmentState.REJECTED:
            return amendment
        _refuse_decided(amendment)
        body = {**_asked(amendment), "changes": amendment.changes}
        amendment.entry = append_entry(register, EntryKind.REFUSAL, body, by=by, at=at, page=amendment.page)
        amendment.state, amendment.decided_by, amendment.decided_at = AmendmentState.REJECTED, by, at
        amendment.save(update_fields=["state", "decided_by", "decided_at", "entry"])
        _note("write.amendment_rejected", amendment, by=by, at=at)
    return amendment


def _refuse_decided(amendment: Amendment) -> None:
    if amendment.state != AmendmentState.PROPOSED:
        raise Refused("amendment.decided", _("Somebody has already decided on this rectification."))


def _enter(amendment: Amendment, *, by: Any, at: datetime) -> Amendment:
    """Write it into the chain and move the lines that it names. The register is locked by the caller."""
    page = amendment.page
    before = {line.enrolment: line for line in sheet_of(page.session).lines}
    body = {
        **_asked(amendment),
        "changes": [
            {
                **change,
                "name": before[change["enrolment"]].name,
                "before": before[change["enrolment"]].minutes,
            }
            for change in amendment.changes
        ],
    }
    entry = append_entry(page.register, EntryKind.AMENDMENT, body, by=by, at=at, page=page)
    for change in amendment.changes:
        RegisterLine.objects.filter(page=page, enrolment__uuid=change["enrolment"]).update(
            minutes=change["minutes"], amended=True
        )
    amendment.state, amendment.decided_by, amendment.decided_at = AmendmentState.ENTERED, by, at
    amendment.entry = entry
    amendment.save(update_fields=["state", "decided_by", "decided_at", "entry"])
    _note("write.amendment_entered", amendment, by=by, at=at)
    return amendment


def _note(verb: str, amendment: Amendment, *, by: Any, at: datetime) -> None:
    """One entry for each person whose minutes it is about."""
    wanted = [change["enrolment"] for change in amendment.changes]
    people = [
        row.person
        for row in learners_of(amendment.page.session).filter(uuid__in=wanted).select_related("person")
    ]
    record_about(verb, people, by=by, target=amendment, purpose=amendment.reason, at=at)


def _asked(amendment: Amendment) -> dict[str, Any]:
    """What was asked for, by whom and why, as the chain keeps it."""
    return {
        "amendment": str(amendment.uuid),
        "page": amendment.page.number,
        "class": str(amendment.page.session.uuid),
        "reason": amendment.reason,
        "proposed_by": {"uuid": str(amendment.proposed_by.uuid), "name": str(amendment.proposed_by)},
        "proposed_at": amendment.proposed_at.astimezone(UTC).isoformat(),
    }
