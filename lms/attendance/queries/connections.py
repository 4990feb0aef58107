"""Who is connected now, for the room and its server."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from lms.enrolments.queries import learners_expected

from ..models import Connection, Removal, ServerLease, WaitingEnd, WaitingStretch


def people_connected(session: Any, *, since: datetime) -> list[tuple[Any, str]]:
    """Each person with an open connection, once, with the role; by arrival. Who waits at the door is not among them.

    A connection is believed while its server gave a sign of life since that moment: it closes by itself what is
    silent, and a server that was lost leaves ghosts. (Evidence is older after a step of the clock.)
    """
    rows = _inside(session, since).select_related("person").order_by("opened_at", "id")
    return list({row.person_id: (row.person, row.role) for row in rows}.values())


def is_connected(session: Any, person: Any, *, since: datetime) -> bool:
    """Whether this person is among `people_connected`."""
    return _inside(session, since).filter(person=person).exists()


def connected_among(session: Any, people: Iterable[Any], *, since: datetime) -> frozenset[int]:
    """Which of these people, given by themselves or by id, are among `people_connected`; ids. One query."""
    rows = _inside(session, since).filter(person__in=list(people))
    return frozenset(rows.values_list("person", flat=True))


def people_waiting(session: Any, *, since: datetime) -> list[tuple[Any, datetime]]:
    """Each person at the door whose server gave a sign of life since a moment, and since when they wait; first come first."""
    rows = (
        WaitingStretch.objects.filter(
            connection__session=session,
            ends_at__isnull=True,
            connection__closed_at__isnull=True,
            connection__boot_id__in=_alive(since),
        )
        .select_related("connection__person")
        .order_by("begins_at", "id")
    )
    found: dict[int, tuple[Any, datetime]] = {}
    for row in rows:
        found.setdefault(row.connection.person_id, (row.connection.person, row.begins_at))
    return list(found.values())


def was_let_in(session: Any, person: Any) -> bool:
    """Whether this person was ever inside this class, by an open door or admitted, or was let in again."""
    own = Connection.objects.filter(session=session, person=person)
    return (
        own.filter(Q(waiting__isnull=True) | Q(waiting__outcome=WaitingEnd.ADMITTED)).exists()
        or Removal.objects.filter(session=session, person=person, undone_at__isnull=False).exists()
    )


def waits_at_door(connection_id: int) -> bool:
    return bool(waiting_among([connection_id]))


def waiting_among(connection_ids: Iterable[int]) -> frozenset[int]:
    """Which of these connections are held at the door. One query."""
    rows = WaitingStretch.objects.filter(connection__in=list(connection_ids), ends_at__isnull=True)
    return frozenset(rows.values_list("connection", flat=True))


def is_learner_of(session: Any, person: Any) -> bool:
    """Whether this person is expected in this class as a learner now."""
    return learners_expected(session).filter(person=person, status="active").exists()


def removal_of(session: Any, person: Any) -> Removal | None:
    """Why this person is not let into this class now, if somebody sent them out."""
    return Removal.objects.filter(session=session, person=person, undone_at__isnull=True).first()


def removals_of(session: Any) -> list[Removal]:
    """Who is sent out of a class now, first sent first."""
    rows = Removal.objects.filter(session=session, undone_at__isnull=True)
    return list(rows.select_related("person", "removed_by").order_by("removed_at", "id"))


def _inside(session: Any, since: datetime) -> QuerySet[Connection]:
    believed = Connection.objects.filter(session=session, closed_at__isnull=True, boot_id__in=_alive(since))
    return believed.exclude(pk__in=_at_the_door(session))


def _alive(since: datetime) -> QuerySet:
    return ServerLease.objects.filter(renewed_at__gte=since).values("boot_id")


def _at_the_door(session: Any) -> QuerySet:
    waiting = WaitingStretch.objects.filter(connection__session=session, ends_at__isnull=True)
    return waiting.values("connection")


def open_connections_of(boot_id: UUID | str) -> frozenset[int]:
    """The ids of the connections that one server process holds open."""
    rows = Connection.objects.filter(boot_id=boot_id, closed_at__isnull=True)
    return frozenset(rows.values_list("pk", flat=True))
