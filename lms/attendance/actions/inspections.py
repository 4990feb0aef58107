"""Inspectors: the pass that lets one in, the visit, what was checked."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record, record_about
from lms.errors import Refused
from lms.people.actions import close_guest, make_guest

from ..models import CheckOutcome, InspectorPass, InspectorVisit, VisitCheck, digest_of
from ..queries.sheets import learners_of
from .locks import lock_open_page

PASS_HOURS = 24
_LONGEST = timedelta(days=7)


@transaction.atomic
def make_pass(
    session: Any,
    *,
    office: str,
    by: Any,
    at: datetime,
    name: str = "",
    person: Any = None,
    hours: int = PASS_HOURS,
) -> tuple[InspectorPass, str]:
    """Let one inspector into one class, and give the secret of a guest's address ("" for a named account).

    With `person` the pass is for that account; otherwise a guest of that name, who has no password and no other
    door. Each call makes another pass. Who may is `access.class_to_open_to_inspectors`.
    """
    name, office = name.strip(), office.strip()
    until = at + timedelta(hours=hours)
    if not office or not (name or person):
        raise Refused("pass.nameless", _("Write who the inspector is, and of which body."), status=400)
    if not at < until <= at + _LONGEST:
        raise Refused("pass.too_long", _("A pass lasts at least an hour and at most seven days."), status=400)
    token = ""
    if person is None:
        token, person = secrets.token_urlsafe(32), make_guest(name, by=by, at=at)
    made = InspectorPass.objects.create(
        session=session,
        person=person,
        name=name or person.get_full_name() or person.username,
        office=office,
        digest=digest_of(token) if token else None,
        expires_at=until,
        made_at=at,
        made_by=by,
    )
    record("write.inspector_pass", by=by, subject=person, target=made, purpose=str(made), at=at)
    return made, token


@transaction.atomic
def revoke_pass(held: InspectorPass, *, by: Any, at: datetime) -> InspectorPass:
    """End a pass at once, in open rooms too. Safe to call twice. Locks the pass."""
    held = InspectorPass.objects.select_for_update(of=("self",)).select_related("person").get(pk=held.pk)
    if held.revoked_at is None:
        held.revoked_at, held.revoked_by = at, by
        held.save(update_fields=["revoked_at", "revoked_by"])
        if held.is_guest:
            close_guest(held.person)
        record("write.inspector_pass_revoked", by=by, subject=held.person, target=held, at=at)
    return held


def use_pass(held: InspectorPass, *, at: datetime) -> None:
    """Note that a guest came in by the address of a pass. Each call is one more entry."""
    record("read.inspector_pass_used", by=held.person, target=held, purpose=str(held), at=at)


def close_expired_guests(*, at: datetime) -> int:
    """Shut the accounts of guests whose pass has run out; returns how many. Safe to call twice."""
    over = InspectorPass.objects.filter(
        digest__isnull=False, expires_at__lte=at, person__is_active=True
    ).select_related("person")
    return sum(close_guest(held.person) for held in over)


def open_visit(session: Any, person: Any, *, at: datetime) -> InspectorVisit:
    """The visit of an inspector who is entering a class; coming back later is the same visit.

    A class whose page is closed takes no new visit. Locks the page.
    """
    known = InspectorVisit.objects.filter(session=session, person=person).first()
    if known is not None:
        return known
    with transaction.atomic():
        lock_open_page(session)
        return _open_visit(session, person, at=at)


def _open_visit(session: Any, person: Any, *, at: datetime) -> InspectorVisit:
    held = (
        InspectorPass.objects.filter(session=session, person=person, revoked_at=None)
        .order_by("-made_at")
        .first()
    )
    visit, made = InspectorVisit.objects.get_or_create(
        session=session,
        person=person,
        defaults={
            "name": held.name if held else person.get_full_name() or person.username,
            "office": held.office if held else _office_of(person),
            "began_at": at,
        },
    )
    if made:
        record("read.class_inspected", by=person, target=session, purpose=str(visit), at=at)
    return visit


def _office_of(person: Any) -> str:
    return person.acting_as()[1][:150]


def check_learners(visit: InspectorVisit, outcomes: Mapping[str, str], *, at: datetime) -> int:
    """Note whom the inspector found: enrolment's uuid → found, not_found, or "" to take the tick back.

    Returns how many ticks changed. Safe to call twice; people who are not of the class are refused. Locks the page.
    """
    learners = learners_of(visit.session).select_related("person")
    known = {str(enrolment.uuid): enrolment for enrolment in learners}
    if not set(outcomes) <= set(known) or not set(outcomes.values()) <= {*CheckOutcome.values, ""}:
        raise Refused("visit.stranger", _("The list can only name people of this class."), status=400)
    changed = []
    with transaction.atomic():
        lock_open_page(visit.session_id)
        held = {str(check.enrolment.uuid): check for check in visit.checks.select_related("enrolment")}
        for enrolment, outcome in outcomes.items():
            before = held.get(enrolment)
            if (before.outcome if before else "") == outcome:
                continue
            changed.append(known[enrolment].person)
            if not outcome and before:
                before.delete()
                continue
            VisitCheck.objects.update_or_create(
                visit=visit, enrolment=known[enrolment], defaults={"outcome": outcome, "at": at}
            )
        if changed:
            record_about("write.inspection_checked", changed, by=visit.person, target=visit, at=at)
    return len(changed)


def note_visit(visit: InspectorVisit, *, minutes_number: str, note: str, by: Any, at: datetime) -> None:
    """Write the number of the report and a note on a visit. Safe to call twice. Locks the page."""
    visit.minutes_number, visit.note = minutes_number.strip()[:60], note.strip()[:1000]
    with transaction.atomic():
        lock_open_page(visit.session_id)
        visit.save(update_fields=["minutes_number", "note"])
        record("write.inspection_noted", by=by, target=visit, purpose=minutes_number, at=at)
