"""The register: opened once, written page by page."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.audit.actions import record, record_about
from lms.enrolments.queries import current_staff
from lms.errors import Refused

from .. import rules, signing
from ..models import EntryKind, Register, RegisterLine, RegisterPage
from ..queries.covers import cover_of
from ..queries.facts import sealed_class
from ..queries.frozen import body_of
from ..queries.registers import next_page_number
from ..queries.sheets import Sheet, learners_of, live_sheet
from .entries import append_entry, refuse_closed_register
from .locks import lock_edition


def open_register(edition: Any, *, by: Any, at: datetime) -> Register:
    """Open the register of an edition; its first entry is the cover, as known now.

    Safe to call twice: one edition, one register. Locks the edition.
    """
    found = Register.objects.filter(edition=edition).first()
    if found:
        return found
    with transaction.atomic():
        lock_edition(edition)
        register, made = Register.objects.get_or_create(
            edition=edition, defaults={"code": f"REG-{edition.code}"[:50], "opened_at": at}
        )
        if made:
            append_entry(register, EntryKind.OPENING, cover_of(register, at=at), by=by, at=at)
            record("write.register_opened", by=by, target=register, at=at)
    return register


def close_page(
    page: RegisterPage,
    *,
    by: Any,
    at: datetime,
    topic: str = "",
    incidents: str = "",
    previewed: str = "",
) -> RegisterPage:
    """Close one page: make its minutes, freeze everything, chain and sign it, give it its number.

    Locks the register, so that two closers come one after the other. Safe to call twice by the same person;
    whoever comes second is told who closed it and when. A connection still open counts to its last evidence.
    `previewed` is the mark of the sheet that the closer saw: if minutes have changed since, nothing is closed.
    """
    with transaction.atomic():
        register = Register.objects.select_for_update().get(pk=page.register_id)
        page = (
            RegisterPage.objects.select_for_update(of=("self",))
            .select_related("session__edition", "session__trainer", "closed_by")
            .get(pk=page.pk)
        )
        if page.closed_at:
            if page.closed_by_id == by.pk:
                return page
            raise _already_closed(page)
        refuse_closed_register(register)
        _refuse_unfinished(page)
        sheet = live_sheet(page.session, page)
        if previewed and previewed != sheet.mark:
            raise Refused(
                "page.changed",
                _("Something changed since you looked. The page is still open: look again, then close it."),
            )
        page.topic, page.incidents = topic.strip(), incidents.strip()
        page.number, page.closed_at, page.closed_by = next_page_number(register), at, by
        page.save(update_fields=["topic", "incidents", "number", "closed_at", "closed_by"])
        people = _write_lines(page, sheet)
        body = body_of(
            page, sheet, number=page.number, at=at, due=_signatures_due(register, sheet.policy, at)
        )
        body["facts"] = sealed_class(page, version=sheet.policy.version, at=at)
        append_entry(register, EntryKind.PAGE, body, by=by, at=at, page=page)
        record_about("write.register_page_closed", people, by=by, target=page, at=at)
    return page


def _signatures_due(register: Register, policy: rules.Policy, at: datetime) -> signing.Due:
    """The trainer, a tutor where the edition has one, the director."""
    roles = {signing.TRAINER, signing.DIRECTOR}
    if current_staff(register.edition, at).filter(role=signing.TUTOR).exists():
        roles.add(signing.TUTOR)
    return signing.Due(signing.in_order(roles), at + timedelta(hours=policy.sign_hours))


def _refuse_unfinished(page: RegisterPage) -> None:
    if page.session.cancelled_at:
        raise Refused("class.cancelled", _("This class was cancelled: it has no page to close."))
    if page.started_at is None:
        raise Refused("page.not_started", _("This class was never opened, so there is nothing to close yet."))
    if page.ended_at is None:
        raise Refused("page.not_ended", _("The class is still open. End it first, then close the page."))


def _already_closed(page: RegisterPage) -> Refused:
    when = date_format(timezone.localtime(page.closed_at), "DATETIME_FORMAT")
    return Refused(
        "page.closed",
        _(
            "%(who)s closed this page on %(when)s. Nothing was changed now. "
            "If something is wrong in it, propose a rectification."
        )
        % {"who": page.closed_by, "when": when},
    )


def _write_lines(page: RegisterPage, sheet: Sheet) -> list[Any]:
    """The index of what the page says; returns the people on it."""
    found = {
        str(enrolment.uuid): enrolment for enrolment in learners_of(page.session).select_related("person")
    }
    RegisterLine.objects.bulk_create(
        RegisterLine(
            page=page,
            enrolment=found[line.enrolment],
            minutes=line.minutes,
            status=line.outcome.status,
            first_in=line.outcome.first_in,
            last_out=line.outcome.last_out,
        )
        for line in sheet.lines
    )
    return [found[line.enrolment].person for line in sheet.lines]
