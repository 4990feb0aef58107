"""Connections and stays in the room, compared with what pages of classes say: those that a page holds and their tables
do not, or not so; and others of its class, since a class whose page is closed takes no more of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from ..models import Connection, Register, RegisterEntry, RegisterPage, RoomStay
from ..rules import Span

#: What differs, as a fault names it.
CONNECTIONS, ROOM = "connections", "room"
Said = Mapping[str, Any]


def unlike_connections(
    register: Register, entries: Iterable[RegisterEntry], said: Mapping[int, Said]
) -> Iterator[tuple[int, str]]:
    """(position of the page, what differs). Two queries."""
    sessions = RegisterPage.objects.filter(register=register).values("session")
    online: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for session, uuid, enrolment, person, role, opened, closed, evidence, reason, device, boot in (
        Connection.objects.filter(session__in=sessions)
        .order_by()
        .values_list(
            "session__uuid",
            "uuid",
            "enrolment__uuid",
            "person__uuid",
            "role",
            "opened_at",
            "closed_at",
            "last_evidence_at",
            "reason",
            "device",
            "boot_id",
        )
    ):
        span = whole(opened, closed or evidence)
        who = (str(enrolment or ""), str(person), role)
        ended = reason if closed else ""
        online[str(session)][str(uuid)] = (*who, *span, ended, device, str(boot))
    room: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for session, uuid, enrolment, entered, left, came, went in (
        RoomStay.objects.filter(session__in=sessions)
        .order_by()
        .values_list(
            "session__uuid", "uuid", "enrolment__uuid", "entered_at", "left_at", "entered_by", "left_by"
        )
    ):
        span = whole(entered, left or entered)
        room[str(session)][str(uuid)] = (str(enrolment), *span, came, went)
    for entry in entries:
        body = said[entry.position]["body"]
        uuid = body["class"]["uuid"]
        stays = [(stay, row) for row in (*body["learners"], *body["staff"]) for stay in row["connections"]]
        if not all(stay.get("id") for stay, _row in stays):
            continue  # written before entries named their rows
        for held, known, holds, matter in (
            ([pair for pair in stays if not pair[0]["room"]], online[uuid], _connection_holds, CONNECTIONS),
            ([pair for pair in stays if pair[0]["room"]], room[uuid], _stay_holds, ROOM),
        ):
            same = {stay["id"] for stay, _row in held} == known.keys()
            if not same or not all(holds(stay, row, known[stay["id"]]) for stay, row in held):
                yield entry.position, matter


def _connection_holds(stay: Said, row: Said, now: tuple[str, ...]) -> bool:
    """What was still open when the page was closed may have gone on since; its beginning stays."""
    *who, opened, closed, reason, device, boot = now
    if who != [row.get("enrolment", ""), row["person"], row.get("role", "learner")]:
        return False
    if (opened, device, boot) != (stay["in"], stay["device"], stay["server"]):
        return False
    return (closed, reason) == (stay["out"], stay["reason"]) or (not stay["reason"] and closed >= stay["out"])


def _stay_holds(stay: Said, row: Said, now: tuple[str, ...]) -> bool:
    return now == (row["enrolment"], stay["in"], stay["out"], stay["room"], stay["reason"])


def whole(start: datetime, end: datetime) -> list[str]:
    """A stretch as a page holds it: in whole seconds."""
    span = Span.inside(start, end)
    return [span.start.isoformat(), span.end.isoformat()]
