"""The door of a class: waiting there, let in, sent out, let in again. None of that time counts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.errors import Refused

from ..models import Connection, Removal, WaitingEnd, WaitingStretch
from .locks import lock_open_page


def wait_at_door(connection: Connection, *, at: datetime) -> WaitingStretch:
    """Note that a connection is held at the door from now. Locks the page; safe to call twice."""
    with transaction.atomic():
        lock_open_page(connection.session_id)
        stretch, _made = WaitingStretch.objects.get_or_create(
            connection=connection, ends_at=None, defaults={"begins_at": at}
        )
    return stretch


def admit(session: Any, people: Iterable[Any], *, by: Any, at: datetime) -> list[Any]:
    """Let people in who wait at the door; returns those who did wait. Safe to call twice: the first time stays.

    Locks the page.
    """
    with transaction.atomic():
        lock_open_page(session)
        waited = _end_waits(session, people, outcome=WaitingEnd.ADMITTED, by=by, at=at)
        for person in waited:
            record("write.class_admitted", by=by, subject=person, target=session, at=at)
    return waited


def send_out(session: Any, person: Any, *, reason: str, by: Any, at: datetime) -> Removal:
    """Send somebody out of a class, or do not let them in. From `at` on nothing counts until they are let in again.

    Their connections are closed by whoever holds them. Safe to call twice: the first time and reason stay. Locks the
    page.
    """
    if not (reason := reason.strip()):
        raise Refused("removal.no_reason", _("Write why: it stays with the class."), status=400)
    if person.pk == by.pk:
        raise Refused("removal.yourself", _("To go out yourself, press “Leave”."), status=400)
    with transaction.atomic():
        lock_open_page(session)
        _end_waits(session, [person], outcome=WaitingEnd.REFUSED, by=by, at=at)
        try:
            with transaction.atomic():
                removal = Removal.objects.create(
                    session=session, person=person, reason=reason[:200], removed_at=at, removed_by=by
                )
        except IntegrityError:
            return Removal.objects.get(session=session, person=person, undone_at=None)
        record("write.class_removed", by=by, subject=person, target=session, purpose=reason, at=at)
    return removal


def let_in_again(session: Any, person: Any, *, by: Any, at: datetime) -> bool:
    """Undo that somebody was sent out; returns whether they were. Safe to call twice. Locks the page."""
    with transaction.atomic():
        lock_open_page(session)
        removal = (
            Removal.objects.select_for_update().filter(session=session, person=person, undone_at=None).first()
        )
        if removal is None:
            return False
        removal.undone_at, removal.undone_by = max(at, removal.removed_at), by
        removal.save(update_fields=["undone_at", "undone_by"])
        record("write.class_let_in_again", by=by, subject=person, target=session, at=at)
    return True


def _end_waits(session: Any, people: Iterable[Any], *, outcome: str, by: Any, at: datetime) -> list[Any]:
    """End the open waits of some people. Locks them."""
    stretches = list(
        WaitingStretch.objects.select_for_update(of=("self",))
        .filter(connection__session=session, connection__person__in=people, ends_at=None)
        .select_related("connection__person")
    )
    for stretch in stretches:
        stretch.ends_at, stretch.outcome, stretch.ended_by = max(at, stretch.begins_at), outcome, by
        stretch.save(update_fields=["ends_at", "outcome", "ended_by"])
    return list({s.connection.person_id: s.connection.person for s in stretches}.values())
