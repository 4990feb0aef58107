"""Outages as they are noted, and what people decide about the time that they took."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record, record_about
from lms.errors import Refused
from lms.people.queries import people_by_uuid

from ..models import Connection, GapDecision, Outage, OutageKind
from ..queries.outages import gap_after, outages_of
from .locks import lock_and_tell_closed, lock_open_page


def note_broken(connections: Iterable[Connection], *, kind: str, at: datetime) -> int:
    """Note one outage for each class and process of connections that a server's end broke; returns how many.

    It begins at the last evidence among them. What breaks after the page of its class was closed is of no class any
    more. Inside a transaction; locks the pages: whoever locks connections too comes to them afterwards. Safe to call
    twice.
    """
    last: dict[tuple[Any, UUID], datetime] = {}
    for row in connections:
        key = (row.session_id, row.boot_id)
        last[key] = max(last.get(key, row.last_evidence_at), row.last_evidence_at)
    noted = 0
    closed = lock_and_tell_closed(session_id for session_id, _boot in last)
    for (session_id, boot_id), starts_at in last.items():
        if session_id in closed:
            continue
        # A process that stops closes its connections one by one: the first of them opens the outage.
        _outage, made = Outage.objects.get_or_create(
            session_id=session_id,
            boot_id=boot_id,
            kind=kind,
            defaults={"starts_at": starts_at, "noted_at": at},
        )
        noted += made
    return noted


def note_database_lost(
    sessions: Iterable[Any], *, boot_id: UUID | str, starts_at: datetime, ends_at: datetime, at: datetime
) -> None:
    """Note that one server process could not write between two moments, in the classes (uuids) that it held.

    Who was connected loses nothing by it, since evidence waits in memory; nobody could come in. Safe to call twice.
    """
    _note(OutageKind.DATABASE_LOST, sessions, boot_id=boot_id, starts_at=starts_at, ends_at=ends_at, at=at)


def note_clock_jumped(
    sessions: Iterable[Any], *, boot_id: UUID | str, starts_at: datetime, ends_at: datetime, at: datetime
) -> None:
    """Note that the clock of one server process stepped from one of these moments to the other, in its classes.

    Nobody lived the time between them once: after a step forwards it is nobody's, after one back it was lived twice
    and counts once. Safe to call twice.
    """
    _note(OutageKind.CLOCK_JUMPED, sessions, boot_id=boot_id, starts_at=starts_at, ends_at=ends_at, at=at)


def _note(
    kind: OutageKind,
    sessions: Iterable[Any],
    *,
    boot_id: UUID | str,
    starts_at: datetime,
    ends_at: datetime,
    at: datetime,
) -> None:
    held = Connection.objects.filter(session__uuid__in=list(sessions), boot_id=boot_id)
    with transaction.atomic():
        ids = set(held.values_list("session", flat=True))
        for session_id in sorted(ids - lock_and_tell_closed(ids)):
            Outage.objects.get_or_create(
                session_id=session_id,
                boot_id=boot_id,
                kind=kind,
                starts_at=starts_at,
                defaults={"ends_at": ends_at, "noted_at": at},
            )


def decide_on_outage(outage: Outage, *, given_back: bool, reason: str, by: Any, at: datetime) -> GapDecision:
    """Give the time of a failure of the platform back to everybody whom it cut off, or do not.

    A later decision replaces an earlier one, which stays on record. Locks the page; safe to call twice.
    """
    with transaction.atomic():
        reason = _may_decide(outage.session, reason)
        latest = outage.decisions.last()
        if latest is not None and (latest.given_back, latest.reason) == (given_back, reason):
            return latest
        gaps = outages_of(outage.session).gaps
        cut_off = {gap.person for gap in gaps if gap.outage and gap.outage.uuid == str(outage.uuid)}
        record_about(
            "write.outage_decided",
            people_by_uuid(cut_off),
            by=by,
            target=outage.session,
            purpose=reason,
            at=at,
        )
        return GapDecision.objects.create(
            outage=outage, given_back=given_back, reason=reason, decided_by=by, decided_at=at
        )


def decide_on_gap(
    connection: Connection, *, given_back: bool, reason: str, by: Any, at: datetime
) -> GapDecision:
    """Give the gap after one broken connection back to its person, or do not.

    It counts before a decision on the whole outage. Locks the page; safe to call twice.
    """
    with transaction.atomic():
        reason = _may_decide(connection.session, reason)
        gap = gap_after(connection)
        if gap is None or gap.span is None:
            raise Refused(
                "gap.none",
                _(
                    "There is no gap after this connection: the person did not come back, or was there all along."
                ),
            )
        latest = connection.gap_decisions.last()
        if latest is not None and (latest.given_back, latest.reason) == (given_back, reason):
            return latest
        record(
            "write.gap_decided",
            by=by,
            subject=connection.person,
            target=connection.session,
            purpose=reason,
            at=at,
        )
        return GapDecision.objects.create(
            connection=connection, given_back=given_back, reason=reason, decided_by=by, decided_at=at
        )


def _may_decide(session: Any, reason: str) -> str:
    if not (reason := reason.strip()[:200]):
        raise Refused("gap.no_reason", _("Write why: it stays with the class."), status=400)
    lock_open_page(session)
    return reason
