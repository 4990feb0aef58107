"""Connections as they happen: opened, kept alive by evidence, closed at the last of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Case, DateTimeField, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from lms.enrolments.queries import learners_expected
from lms.errors import Refused

from ..models import CloseReason, Connection, ConnectionRole, OutageKind, ServerLease
from .locks import lock_and_tell_closed
from .outages import note_broken

#: A lease that is not renewed for this long has lost its server.
LEASE = timedelta(seconds=getattr(settings, "LEASE_SECONDS", 30))
#: An expired lease is given up when a look this long after the first one finds it still expired.
DOUBT = timedelta(seconds=10)
_BATCH = 200


@dataclass(frozen=True)
class Comer:
    """Somebody who connects: as what, from which device (the browser's own mark for itself), and since when."""

    person: Any
    role: str
    device: str
    at: datetime


def record_connection(
    person: Any, session: Any, *, device: str, boot_id: UUID | str, role: str, at: datetime
) -> Connection:
    """Store that a person is connected to a class, before anybody welcomes them. As record_connections, for one.

    A learner who is not in the edition is refused.
    """
    comer = Comer(person=person, role=role, device=device, at=at)
    (connection,) = record_connections(session, [comer], boot_id=boot_id)
    if connection is None:
        raise Refused("class.not_enrolled", _("You are not enrolled in this edition."), status=403)
    return connection


def record_connections(
    session: Any, comers: Sequence[Comer], *, boot_id: UUID | str
) -> list[Connection | None]:
    """Store that people are connected to a class, before anybody welcomes them; None for a learner who is not in
    the edition.

    Locks the page. Each call makes more connections: calling twice is two rows each, and their time counts once.
    A class whose page is closed takes nobody; a role that the register does not know is a ValueError.
    """
    learners = [one.person for one in comers if ConnectionRole(one.role) == ConnectionRole.LEARNER]
    with transaction.atomic():
        if lock_and_tell_closed([session.pk]):
            raise Refused("class.closed", _("This class is over: its page of the register is closed."))
        return _store(session, comers, learners, boot_id=boot_id)


def _store(
    session: Any, comers: Sequence[Comer], learners: list[Any], *, boot_id: UUID | str
) -> list[Connection | None]:
    enrolled = learners_expected(session).filter(person__in=learners, status="active") if learners else ()
    enrolments = {each.person_id: each for each in enrolled}
    rows = [
        Connection(
            session=session,
            person=one.person,
            enrolment=enrolments.get(one.person.pk) if one.role == ConnectionRole.LEARNER else None,
            role=one.role,
            device=one.device[:64],
            boot_id=boot_id,
            opened_at=one.at,
            last_evidence_at=one.at,
        )
        for one in comers
    ]
    known = [row for row in rows if row.enrolment is not None or row.role != ConnectionRole.LEARNER]
    if known:
        renew_lease(boot_id, at=max(row.opened_at for row in known))
    Connection.objects.bulk_create(known)
    return [row if row.pk else None for row in rows]


def record_evidence(evidence: Mapping[int, datetime], *, boot_id: UUID | str) -> int:
    """Move the last evidence of many connections of one server process forward; returns how many moved.

    One statement for every 200 rows. Safe to call twice and out of order: evidence never moves back, and a
    closed connection takes none.
    """
    moved = 0
    items = [(pk, at) for pk, at in evidence.items()]
    with transaction.atomic():
        for index in range(0, len(items), _BATCH):
            batch = items[index : index + _BATCH]
            newest = Case(
                *(When(pk=pk, then=Value(at, output_field=DateTimeField())) for pk, at in batch),
                output_field=DateTimeField(),
            )
            moved += Connection.objects.filter(
                pk__in=[pk for pk, _at in batch],
                boot_id=boot_id,
                closed_at__isnull=True,
                last_evidence_at__lt=newest,
            ).update(last_evidence_at=newest)
    return moved


@dataclass(frozen=True)
class Ending:
    """How one connection ended. `last_evidence`: what its process held and had not written yet."""

    connection: int
    reason: str
    last_evidence: datetime | None = None


def close_connection(
    connection_id: int, *, reason: str, at: datetime, last_evidence: datetime | None = None
) -> bool:
    """As close_connections, for one; says whether it was open."""
    return bool(close_connections([Ending(connection_id, reason, last_evidence)], at=at))


def close_connections(endings: Iterable[Ending], *, at: datetime) -> int:
    """Close connections, each at its last evidence, never at `at`, which only says when that was noted.

    Returns how many were open. Safe to call twice: the first close stays. Locks the rows; the pages before them
    where a stopped server is noted.
    """
    by_id = {each.connection: each for each in endings}
    stopping = [each.connection for each in by_id.values() if each.reason == CloseReason.SERVER_STOPPED]
    with transaction.atomic():
        if stopping:
            lock_and_tell_closed(_classes_of(Connection.objects.filter(pk__in=stopping)))
        open_ones = Connection.objects.select_for_update().filter(pk__in=by_id, closed_at=None)
        rows = list(open_ones.order_by("pk"))
        for row in rows:
            ending = by_id[row.pk]
            if ending.last_evidence is not None:
                row.last_evidence_at = max(row.last_evidence_at, min(ending.last_evidence, at))
            row.closed_at = row.last_evidence_at
            row.reason = ending.reason
            row.noted_at = at
        Connection.objects.bulk_update(
            rows, ["last_evidence_at", "closed_at", "reason", "noted_at"], batch_size=_BATCH
        )
        stopped = [row for row in rows if row.reason == CloseReason.SERVER_STOPPED]
        if stopped:
            note_broken(stopped, kind=OutageKind.SERVER_STOPPED, at=at)
    return len(rows)


def close_open_connections(session: Any, *, reason: str, at: datetime) -> int:
    """Close whatever is still open in one class, each at its own last evidence. Safe to call twice."""
    return Connection.objects.filter(session=session, closed_at__isnull=True).update(
        closed_at=F("last_evidence_at"), reason=reason, noted_at=at
    )


def renew_lease(boot_id: UUID | str, *, at: datetime) -> None:
    """Say that a server process lives. Safe to call twice; only a stepped clock moves a lease back."""
    newer_or_stepped = Q(renewed_at__lt=at) | Q(renewed_at__gt=at + LEASE)
    renewed = ServerLease.objects.filter(newer_or_stepped, boot_id=boot_id).update(
        renewed_at=at, expires_at=at + LEASE, doubted_at=None
    )
    if not renewed:  # new, or another thread renewed it meanwhile
        ServerLease.objects.get_or_create(
            boot_id=boot_id, defaults={"started_at": at, "renewed_at": at, "expires_at": at + LEASE}
        )


def reap_expired_leases(*, at: datetime) -> int:
    """Close the connections of every server process that stopped renewing; returns how many.

    A lease found expired is doubted first, and given up when a later look finds it so: after a stop of the
    database, or a step of the clock, its process needs a moment to write what it knows. Each connection is closed
    at its own last evidence with the reason "server_lost": time after it is nobody's. Safe to call twice and from two
    workers. Locks the pages, then the connections.
    """
    expired = ServerLease.objects.filter(expires_at__lte=at)
    with transaction.atomic():
        given_up = expired.filter(doubted_at__lte=at - DOUBT).values("boot_id")
        known = ServerLease.objects.values("boot_id")
        still_open = Connection.objects.filter(closed_at__isnull=True).filter(
            Q(boot_id__in=given_up) | ~Q(boot_id__in=known)
        )
        classes = _classes_of(still_open)
        lock_and_tell_closed(classes)
        lost = list(still_open.filter(session__in=classes).select_for_update())
        note_broken(lost, kind=OutageKind.SERVER_LOST, at=at)
        Connection.objects.filter(pk__in=[row.pk for row in lost]).update(
            closed_at=F("last_evidence_at"), reason=CloseReason.SERVER_LOST, noted_at=at
        )
    expired.filter(doubted_at=None).update(doubted_at=at)
    return len(lost)


def _classes_of(connections: QuerySet[Connection]) -> set[int]:
    """By id, without their order, which a list of ids has no use for."""
    return set(connections.order_by().values_list("session", flat=True).distinct())
