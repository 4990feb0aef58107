"""The outages of one class: when the platform failed, where each person's connections broke, what was decided."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from .. import rules
from ..models import CloseReason, Connection, GapDecision, Outage, OutageKind, RegisterPage

_FIELDS = ("pk", "uuid", "person__uuid", "enrolment__uuid", "boot_id", "opened_at", "closed_at", "reason")


@dataclass(frozen=True)
class Decision:
    """Whether the time of a gap is given back, by whom and why."""

    given_back: bool
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class PlatformOutage:
    """One failure of the platform. `over` once somebody could come in again; `broke` counts connections."""

    uuid: str
    kind: str
    span: rules.Span
    over: bool
    broke: int
    decision: Decision | None = None

    @property
    def words(self) -> str:
        return str(OutageKind(self.kind).label)

    def as_json(self) -> dict[str, Any]:
        decision = self.decision
        return {
            "uuid": self.uuid,
            "kind": self.kind,
            "from": self.span.start.isoformat(),
            "to": self.span.end.isoformat(),
            "over": self.over,
            "broke": self.broke,
            "given_back": decision.given_back if decision else None,
            "reason": decision.reason if decision else "",
            "decided_by": decision.by if decision else "",
        }


def outage_from(said: Mapping[str, Any]) -> PlatformOutage:
    """The outage that a page's entry holds; its decision is told there, not needed here."""
    span = rules.Span.of(datetime.fromisoformat(said["from"]), datetime.fromisoformat(said["to"]))
    return PlatformOutage(said["uuid"], said["kind"], span, said["over"], said["broke"])


@dataclass(frozen=True)
class Gap:
    """Where the connections of one person broke off; without an end they did not come back.

    `outage` is the failure of the platform behind it. `enrolment` is empty for staff.
    """

    connection: str
    person: str
    enrolment: str
    kind: str
    start: datetime
    end: datetime | None
    outage: PlatformOutage | None = None
    decision: Decision | None = None

    @property
    def words(self) -> str:
        return str(CloseReason(self.kind).label)

    @property
    def given_back(self) -> bool:
        """A decision on this gap counts before one on the whole outage."""
        decision = self.decision or (self.outage.decision if self.outage else None)
        return decision is not None and decision.given_back

    @property
    def span(self) -> rules.Span | None:
        """What could be given back: to the return, or to the end of a class that nobody could enter any more."""
        end = self.end
        if end is None and self.outage is not None and not self.outage.over:
            end = self.outage.span.end
        return None if end is None else rules.Span.inside(self.start, max(self.start, end))


@dataclass(frozen=True)
class Outages:
    """What failed in one class. For `rules.outcome`: `spans` are its outages, `given_back(...)` what was decided.

    What a clock jumped over is no time that anybody could have been there: it is shown and never in `spans`.
    """

    platform: tuple[PlatformOutage, ...]
    gaps: tuple[Gap, ...]

    @property
    def spans(self) -> list[rules.Span]:
        return [outage.span for outage in self.platform if outage.kind != OutageKind.CLOCK_JUMPED]

    def of(self, enrolment: str) -> list[Gap]:
        return [gap for gap in self.gaps if gap.enrolment == enrolment]

    def given_back(self, enrolment: str) -> list[rules.Span]:
        return [gap.span for gap in self.of(enrolment) if gap.given_back and gap.span is not None]


def outages_of(session: Any) -> Outages:
    """Every outage of a class and every broken line. Four queries, whatever the number of people."""
    rows = list(Connection.objects.filter(session=session).order_by("opened_at", "id").values_list(*_FIELDS))
    on_outage, on_gap = _decisions(session)
    ended = RegisterPage.objects.filter(session=session).values_list("ended_at", flat=True).first()
    platform: list[PlatformOutage] = []
    of_process: dict[tuple[UUID, str], PlatformOutage] = {}
    for outage in Outage.objects.filter(session=session):
        shown = _platform(outage, rows, ended or session.ends_at, on_outage)
        platform.append(shown)
        of_process[outage.boot_id, outage.kind] = shown
    people: dict[UUID, list[tuple]] = defaultdict(list)
    for row in rows:
        people[row[2]].append(row)
    gaps = []
    for person, own in people.items():
        by_key = {row[0]: row for row in own}
        for gap in rules.breaks_of((row[0], row[5], row[6], row[7]) for row in own):
            _pk, uuid, _person, enrolment, boot_id, *_rest = by_key[gap.key]
            gaps.append(
                Gap(
                    connection=str(uuid),
                    person=str(person),
                    enrolment=str(enrolment or ""),
                    kind=gap.kind,
                    start=gap.start,
                    end=gap.end,
                    outage=of_process.get((boot_id, gap.kind)),
                    decision=on_gap.get(gap.key),
                )
            )
    return Outages(tuple(platform), tuple(gaps))


NONE = Outages((), ())


def classes_that_failed(session_ids: Iterable[int]) -> set[int]:
    """Which classes had an outage, or a decision on a broken line. Two queries."""
    ids = list(session_ids)
    failed = set(Outage.objects.filter(session__in=ids).values_list("session", flat=True))
    decided = GapDecision.objects.filter(connection__session__in=ids)
    return failed | set(decided.values_list("connection__session", flat=True))


def gap_after(connection: Connection) -> Gap | None:
    """The gap that begins where one connection broke, or None."""
    uuid = str(connection.uuid)
    return next((gap for gap in outages_of(connection.session).gaps if gap.connection == uuid), None)


def _platform(
    outage: Outage, rows: Iterable[tuple], until: datetime, decisions: dict[int, Decision]
) -> PlatformOutage:
    """Without an end of its own an outage ends with the first who comes in after it, or with the class."""
    broke = sum(row[4] == outage.boot_id and row[7] == outage.kind for row in rows)
    ends = outage.ends_at or min((row[5] for row in rows if row[5] > outage.starts_at), default=None)
    span = rules.Span.inside(outage.starts_at, max(outage.starts_at, ends or until))
    return PlatformOutage(
        str(outage.uuid), outage.kind, span, ends is not None, broke, decisions.get(outage.pk)
    )


def _decisions(session: Any) -> tuple[dict[int, Decision], dict[int, Decision]]:
    """The latest decision on each outage, and on each broken connection, of a class."""
    from_outage = GapDecision.objects.filter(outage__session=session)
    from_line = GapDecision.objects.filter(connection__session=session)
    found: tuple[dict[int, Decision], dict[int, Decision]] = ({}, {})
    for row in (from_outage | from_line).select_related("decided_by").order_by("decided_at", "id"):
        by = row.decided_by
        decision = Decision(
            row.given_back,
            row.reason,
            f"{by.last_name} {by.first_name}".strip() or by.username,
            row.decided_at,
        )
        if row.outage_id is not None:
            found[0][row.outage_id] = decision
        elif row.connection_id is not None:
            found[1][row.connection_id] = decision
    return found
