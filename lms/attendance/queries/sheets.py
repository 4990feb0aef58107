"""The sheet of one class: who was there, from when to when, what it comes to."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from lms.enrolments.queries import learners_expected

from .. import rules
from ..chain import canonical, digest
from ..models import Connection, ConnectionRole, RegisterPage, Removal, RoomStay, WaitingStretch
from .happened import BREAK, FAILED, JUSTIFIED, ROOM, SENT_OUT, WAITED, happened_in
from .outages import NONE, Outages, outages_of
from .policies import policy_with_sources

FOR_GOOD = timedelta(days=1)  # how long, at least, somebody is out whom nobody let in again


class Stay(NamedTuple):
    """One connection, or one stay in the room (`room` says how it was signed), as the register shows it.

    In whole seconds: anybody can add them up again from the paper.
    """

    opened: datetime
    closed: datetime
    device: str
    reason: str
    server: str
    waited: tuple[rules.Span, ...] = ()  # at the door, not let in
    uuid: str = ""
    room: str = ""  # "tablet", "qr" or "trainer"; empty: by a connection

    @property
    def span(self) -> rules.Span:
        return rules.Span.of(self.opened, self.closed)


class Missed(NamedTuple):
    """The class that a recovery class makes up for, for one learner."""

    uuid: str
    title: str
    planned: datetime


@dataclass(frozen=True)
class Line:
    """One learner of the class, absent or not. `minutes` follows rectifications; `outcome` is as computed."""

    enrolment: str
    person: str
    name: str
    stays: tuple[Stay, ...]
    outcome: rules.Outcome
    minutes: int
    amended: bool = False
    sent_out: tuple[rules.Span, ...] = ()
    justified: bool = False  # as it was known when the page was closed
    recovers: Missed | None = None  # in a recovery class
    given_back: tuple[rules.Span, ...] = ()  # lost time that somebody decided to return

    @property
    def present(self) -> bool:
        return self.minutes > 0 or self.outcome.status != rules.ABSENT

    @property
    def waited(self) -> list[rules.Span]:
        return rules.union(span for stay in self.stays for span in stay.waited)

    @property
    def held_out(self) -> list[rules.Span]:
        """Time that never counts: at the door, or sent out."""
        return rules.union([*self.waited, *self.sent_out])

    @property
    def inside(self) -> list[rules.Span]:
        """Connected and let in, before and after the class too."""
        return rules.minus((stay.span for stay in self.stays), self.held_out)

    @property
    def waited_minutes(self) -> int:
        return self.waited_seconds // 60

    @property
    def waited_seconds(self) -> int:
        return rules.total(self.waited) // timedelta(seconds=1)


@dataclass(frozen=True)
class StaffLine:
    """One member of the staff who connected."""

    person: str
    name: str
    role: str
    stays: tuple[Stay, ...]

    @property
    def role_words(self) -> str:
        return str(ConnectionRole(self.role).label)

    @property
    def first_in(self) -> datetime:
        return min(stay.opened for stay in self.stays)

    @property
    def last_out(self) -> datetime:
        return max(stay.closed for stay in self.stays)


@dataclass(frozen=True)
class Sheet:
    """One class with its lines."""

    policy: rules.Policy
    scheduled: rules.Span
    actual: rules.Span | None
    breaks: tuple[rules.Span, ...]
    lines: tuple[Line, ...]
    staff: tuple[StaffLine, ...]
    closed: bool = False
    parameters: dict[str, Any] = field(default_factory=dict)
    failures: Outages = NONE
    happened: frozenset[str] = frozenset()  # of a class whose page is not closed

    @property
    def length(self) -> int:
        """Whole minutes of the class as planned, without its breaks: the most that anybody can have."""
        return rules.whole_minutes(rules.total(rules.minus([self.scheduled], self.breaks)))

    @property
    def justified_now(self) -> bool:
        """Whether anybody asked for a justification for this class, which is not closed."""
        return JUSTIFIED in self.happened

    @property
    def present(self) -> int:
        return sum(line.present for line in self.lines)

    @property
    def absent(self) -> int:
        return len(self.lines) - self.present

    @property
    def minutes(self) -> int:
        return sum(line.minutes for line in self.lines)

    @property
    def mark(self) -> str:
        """Changes when what the page would say of anybody changes."""
        said = [[line.enrolment, line.minutes, line.outcome.status] for line in self.lines]
        return digest(canonical({"lines": said, "policy": self.policy.version}))

    @property
    def window(self) -> rules.Span | None:
        return rules.window_of(self.policy, self.scheduled, self.actual)


def learners_of(session: Any) -> QuerySet:
    """The enrolments that were in force during a class and expected there, by name."""
    return (
        learners_expected(session)
        .filter(active_from__lte=session.ends_at)
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gt=session.starts_at))
        .order_by("person__last_name", "person__first_name", "id")
    )


def live_sheet(session: Any, page: RegisterPage | None) -> Sheet:
    """The sheet as the connections make it now. Five queries and one for each rarer thing that happened, four for
    its outages, whatever the number of learners."""
    happened = happened_in(session)
    policy, parameters = policy_with_sources(session.edition, on=timezone.localtime(session.starts_at).date())
    scheduled = rules.Span.of(session.starts_at, session.ends_at)
    actual = _actual(session, page)
    pauses = page.breaks.all() if page and BREAK in happened else ()
    breaks = tuple(rules.Span.of(pause.starts_at, pause.ends_at) for pause in pauses)
    stays, staff = _stays(session, happened)
    removals = sent_out_of(session) if SENT_OUT in happened else {}
    failures = outages_of(session) if FAILED in happened else NONE
    lines = []
    people = learners_of(session).values_list(
        "pk", "uuid", "person__uuid", "person__last_name", "person__first_name", "person__username"
    )
    for pk, enrolment, person, *names in people:
        own, out = tuple(stays.get(pk, ())), removals.get(str(person), ())
        given_back = tuple(failures.given_back(str(enrolment)))
        result = rules.outcome(
            (stay.span for stay in own),
            scheduled=scheduled,
            actual=actual,
            breaks=breaks,
            held_out=[*out, *(span for stay in own for span in stay.waited)],
            outages=failures.spans,
            given_back=given_back,
            policy=policy,
        )
        lines.append(
            Line(
                enrolment=str(enrolment),
                person=str(person),
                name=full_name(*names),
                stays=own,
                outcome=result,
                minutes=result.minutes,
                sent_out=out,
                given_back=given_back,
            )
        )
    return Sheet(
        policy,
        scheduled,
        actual,
        breaks,
        tuple(lines),
        tuple(staff),
        parameters=parameters,
        failures=failures,
        happened=happened,
    )


def name_of(person: Any) -> str:
    """Surname first, as a register has it."""
    return full_name(person.last_name, person.first_name, person.username)


def full_name(last_name: str, first_name: str, username: str) -> str:
    return f"{last_name} {first_name}".strip() or username


def _actual(session: Any, page: RegisterPage | None) -> rules.Span | None:
    """When the class was held; one that has begun and not ended runs to its last evidence."""
    if page is None or page.started_at is None:
        return None
    ended = page.ended_at
    if ended is None:
        ended = max([page.started_at, *_last_evidence(session)])
    return rules.Span.inside(page.started_at, ended)


def _last_evidence(session: Any) -> list[datetime]:
    """The last moments known of a class: in a connection, in the room."""
    online = Connection.objects.filter(session=session).aggregate(last=Max("last_evidence_at"))
    room = RoomStay.objects.filter(session=session).aggregate(last=Max(Coalesce("left_at", "entered_at")))
    return [moment for moment in (online["last"], room["last"]) if moment]


def _stays(session: Any, happened: frozenset[str]) -> tuple[dict[int, list[Stay]], list[StaffLine]]:
    """Every connection of the class: of learners by enrolment, of staff by person."""
    learners = in_the_room(session) if ROOM in happened else defaultdict(list)
    staff: dict[tuple[str, str, str], list[Stay]] = defaultdict(list)
    stretches = WaitingStretch.objects.filter(connection__session=session)
    waits = waits_of(stretches) if WAITED in happened else {}
    rows = (
        Connection.objects.filter(session=session)
        .order_by("opened_at", "id")
        .values_list(
            "pk",
            "uuid",
            "enrolment",
            "role",
            "opened_at",
            "closed_at",
            "last_evidence_at",
            "device",
            "reason",
            "boot_id",
            "person__uuid",
            "person__last_name",
            "person__first_name",
            "person__username",
        )
    )
    for pk, uuid, enrolment, role, opened, closed, evidence, device, reason, boot_id, person, *names in rows:
        ended = closed or evidence
        whole = rules.Span.inside(opened, ended)
        waited = _within(waits[pk], ended) if pk in waits else ()
        stay = Stay(whole.start, whole.end, device, reason, str(boot_id), waited, str(uuid))
        if role == ConnectionRole.LEARNER:
            learners[enrolment].append(stay)
        else:
            staff[str(person), full_name(*names), role].append(stay)
    return learners, [StaffLine(*who, stays=tuple(stays)) for who, stays in staff.items()]


def in_the_room(session: Any) -> dict[int, list[Stay]]:
    """The stays in the room of a class, by enrolment. One query. Nobody signed out: nothing but the moment of coming."""
    found: dict[int, list[Stay]] = defaultdict(list)
    for row in RoomStay.objects.filter(session=session).order_by("entered_at", "id"):
        found[row.enrolment_id].append(room_stay(row))
    return found


def room_stay(row: RoomStay) -> Stay:
    whole = rules.Span.inside(row.entered_at, row.left_at or row.entered_at)
    return Stay(whole.start, whole.end, row.entered_by, row.left_by, "", (), str(row.uuid), row.entered_by)


def waits_of(stretches: QuerySet) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """The waits at the door of some connections, by connection id. One query."""
    found: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for connection, begins, ends in stretches.values_list("connection", "begins_at", "ends_at"):
        found[connection].append((begins, ends))
    return found


def _within(waits: Iterable[tuple[datetime, datetime | None]], closed: datetime) -> tuple[rules.Span, ...]:
    """Waits as spans: one without an end lasts as long as its connection, and none lasts longer."""
    spans = (rules.Span.around(begins, min(ends or closed, closed)) for begins, ends in waits)
    return tuple(span for span in spans if span.start < span.end)


def sent_out_of(session: Any) -> dict[str, tuple[rules.Span, ...]]:
    """When people were sent out of a class, by the person's uuid; not let in again is until long after. One query."""
    found: dict[str, tuple[rules.Span, ...]] = defaultdict(tuple)
    rows = Removal.objects.filter(session=session).values_list("person__uuid", "removed_at", "undone_at")
    for person, removed, undone in rows:
        ends = undone or max(removed, session.ends_at) + FOR_GOOD
        found[str(person)] += (rules.Span.around(removed, ends),)
    return found
