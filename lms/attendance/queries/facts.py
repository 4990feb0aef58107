"""The rows behind a closed page, sealed with it: of each table how many there were, and one hash over all of them.

What a page says in words is compared with its tables word by word (`beside`). Much of what it says only follows from
rows: who led when, who was asked and answered, what failed, whom the inspector found. Those rows take no change once
the page is closed, so the page keeps a hash of every column that counts, whether or not it is printed, and one row
more, less or other is seen. People stand in it by uuid: a new surname changes nothing.

Another column, or another table, is another `FORMAT`: pages that are closed keep theirs.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from lms.enrolments.queries import places_to_recover

from ..chain import canonical, digest
from ..models import (
    AttendancePolicy,
    GapDecision,
    Handover,
    InspectorVisit,
    JustificationState,
    JustifiedClass,
    Outage,
    PresenceAnswer,
    PresencePrompt,
    RegisterLine,
    RegisterPage,
    Removal,
    RoomStay,
    VisitCheck,
    WaitingStretch,
)

FORMAT = 1
POLICY, JUSTIFIED = "policy", "justified"
Sealed = Mapping[str, Any]


class Table(NamedTuple):
    """One table: the ways from a row of it to the class, and the columns that are sealed."""

    rows: QuerySet
    classes: tuple[str, ...]
    columns: tuple[str, ...]


_DECIDED = ("given_back", "reason", "decided_by__uuid", "decided_at")

#: What a fault calls it → the rows of a class that take no change once its page is closed.
TABLES: dict[str, Table] = {
    "learners": Table(
        RegisterLine.objects.all(),
        ("page__session",),
        ("enrolment__uuid", "enrolment__person__uuid", "enrolment__edition__uuid"),
    ),
    "room_notes": Table(RoomStay.objects.all(), ("session",), ("uuid", "noted_by__uuid")),
    "waiting": Table(
        WaitingStretch.objects.all(),
        ("connection__session",),
        ("connection__uuid", "begins_at", "ends_at", "outcome", "ended_by__uuid"),
    ),
    "removals": Table(
        Removal.objects.all(),
        ("session",),
        ("uuid", "person__uuid", "reason", "removed_at", "removed_by__uuid", "undone_at", "undone_by__uuid"),
    ),
    "prompts": Table(
        PresencePrompt.objects.all(),
        ("session",),
        ("uuid", "key", "announced_at", "opens_at", "deadline", "asked_by__uuid"),
    ),
    "answers": Table(
        PresenceAnswer.objects.all(),
        ("prompt__session",),
        ("prompt__uuid", "person__uuid", "answered_at", "means", "key", "confirmed_by__uuid"),
    ),
    "leading": Table(
        Handover.objects.all(),
        ("session",),
        ("uuid", "giver__uuid", "taker__uuid", "at", "by__uuid", "reason"),
    ),
    "outages": Table(
        Outage.objects.all(),
        ("session",),
        ("uuid", "kind", "boot_id", "starts_at", "ends_at", "noted_at"),
    ),
    "decisions": Table(
        GapDecision.objects.all(),
        ("outage__session", "connection__session"),
        ("outage__uuid", "connection__uuid", *_DECIDED),
    ),
    "visits": Table(
        InspectorVisit.objects.all(),
        ("session",),
        ("uuid", "person__uuid", "name", "office", "began_at", "minutes_number", "note"),
    ),
    "checks": Table(
        VisitCheck.objects.all(), ("visit__session",), ("visit__uuid", "enrolment__uuid", "outcome", "at")
    ),
    "recoveries": Table(
        places_to_recover(),
        ("session",),
        ("uuid", "enrolment__uuid", "missed__uuid", "made_by__uuid", "made_at"),
    ),
}

#: The decision on an absence, without its reason and its words. Many come after the page: see `_justified`.
_JUSTIFIED = (
    "session__uuid",
    "justification__uuid",
    "justification__enrolment__uuid",
    "justification__decided_by__uuid",
    "justification__decided_at",
)
_POLICY = ("uuid", "version", "parameters", "made_by__uuid", "made_at")


def sealed_class(page: RegisterPage, *, version: int, at: datetime) -> Sealed:
    """The seal of the rows behind one page that is being closed at this moment, by the policy of that version."""
    session, edition = page.session_id, page.register.edition_id
    of_class = {name: found[session] for name, found in _of_classes([session]).items()}
    excused = _before(at, _justified(Q(session=session)))
    return _sealed({**of_class, JUSTIFIED: excused, POLICY: _policy(edition, version)})


def sealed_study(edition_id: int, *, version: int) -> Sealed:
    """The same of a page of own study, whose stretches it names one by one."""
    return _sealed({POLICY: _policy(edition_id, version)})


def sealed_closing(edition_id: int, *, version: int, at: datetime) -> Sealed:
    """The same of the closing page: every decision on an absence that its sums rest on."""
    excused = _before(at, _justified(Q(session__edition=edition_id)))
    return _sealed({JUSTIFIED: excused, POLICY: _policy(edition_id, version)})


class Known:
    """The rows as they are now, of every closed class of one register. The same queries whatever the pages."""

    def __init__(self, edition_id: int, sessions: Mapping[str, int]) -> None:
        self._sessions = sessions  # uuid → id
        self._tables = _of_classes(sessions.values())
        self._justified = _justified(Q(session__edition=edition_id))
        self._policy = _policy(edition_id)

    def unlike_class(self, body: Mapping[str, Any], at: datetime) -> list[str]:
        """The tables that no longer have the rows which the page of a class was signed with at that moment."""
        uuid = body["class"]["uuid"]
        session = self._sessions.get(uuid, 0)
        now = {name: found[session] for name, found in self._tables.items()}
        excused = _before(at, (row for row in self._justified if str(row[0]) == uuid))
        return self._unlike(body, {**now, JUSTIFIED: excused})

    def unlike_study(self, body: Mapping[str, Any]) -> list[str]:
        return self._unlike(body, {})

    def unlike_closing(self, body: Mapping[str, Any], at: datetime) -> list[str]:
        return self._unlike(body, {JUSTIFIED: _before(at, self._justified)})

    def _unlike(self, body: Mapping[str, Any], rows: Mapping[str, list[tuple]]) -> list[str]:
        signed = body.get("facts")
        if signed is None:
            return []  # written before entries sealed their rows
        version = body["policy"]["version"]
        policy = [row for row in self._policy if row[1] <= version]
        now = _sealed({**rows, POLICY: policy})
        if signed.get("format") != FORMAT or set(signed["tables"]) != set(now["tables"]):
            return sorted(now["tables"])
        return [name for name, seal in now["tables"].items() if signed["tables"][name] != seal]


def _of_classes(session_ids: Iterable[int]) -> dict[str, dict[int, list[tuple]]]:
    """The rows of each table by class. One query a table, two for decisions."""
    ids = list(session_ids)
    found: dict[str, dict[int, list[tuple]]] = {}
    for name, table in TABLES.items():
        found[name] = defaultdict(list)
        for path in table.classes:
            rows = table.rows.filter(**{f"{path}__in": ids}).order_by()
            for session, *row in rows.values_list(path, *table.columns):
                found[name][session].append(tuple(row))
    return found


def _justified(of: Q) -> list[tuple]:
    """The accepted absences."""
    rows = JustifiedClass.objects.filter(of, justification__state=JustificationState.ACCEPTED)
    return list(rows.order_by().values_list(*_JUSTIFIED))


def _before(at: datetime, justified: Iterable[tuple]) -> list[tuple]:
    """Those that a page which was closed then knows; of the later ones it says nothing.

    A decision is never dated before a page that does not know it: `accept_justification` sees to it.
    """
    return [row for row in justified if row[-1] is not None and row[-1] < at]


def _policy(edition_id: int, version: int | None = None) -> list[tuple]:
    rows = AttendancePolicy.objects.filter(edition=edition_id).order_by()
    if version is not None:
        rows = rows.filter(version__lte=version)
    return list(rows.values_list(*_POLICY))


def _sealed(tables: Mapping[str, list[tuple]]) -> Sealed:
    """For each table [how many rows, the hash of all of them in order]."""
    return {"format": FORMAT, "tables": {name: _seal(rows) for name, rows in tables.items()}}


def _seal(rows: Iterable[tuple]) -> list[Any]:
    texts = sorted(canonical({"row": [_plain(value) for value in row]}) for row in rows)
    return [len(texts), digest("\n".join(texts))]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value if value is None or isinstance(value, str | int | dict) else str(value)
