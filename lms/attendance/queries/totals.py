"""What a register comes to for each person: the closing page, and the table of hours. Only facts, never a decision."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from lms.enrolments.queries import held_classes

from .. import rules
from ..models import Amendment, AmendmentState, Register, RegisterPage
from .absences import justified_classes
from .closed import closed_sheets
from .frozen import body_of_entry
from .hours import hours_by_enrolment
from .own_study import study_sheet
from .policies import policy_for

MODES = ("online", "mixed", "presence")


@dataclass
class Sum:
    """One learner over every closed page."""

    enrolment: str
    name: str
    by_mode: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MODES, 0))
    own_study: int = 0
    recovered: int = 0  # by recovery classes, within what was lost and what the policy allows
    attended: int = 0
    missed: int = 0
    lost_justified: int = 0
    lost_unjustified: int = 0
    planned: int = 0

    @property
    def live(self) -> int:
        return sum(self.by_mode.values())

    @property
    def minutes(self) -> int:
        return self.live + self.recovered + self.own_study

    @property
    def hundredths(self) -> int:
        """The share of the planned time in hundredths of a percent, cut and not rounded."""
        return self.minutes * 10_000 // self.planned if self.planned else 0


def sums_of(register: Register, *, on: date | None = None) -> list[Sum]:
    """Every learner that a closed page names, by name; by the policy of that day, or of today.

    A recovery class is no class of its own: it only gives back what was lost in the one that it makes up for.
    """
    found: dict[str, Sum] = {}
    enrolments = dict(register.edition.enrolments.values_list("uuid", "pk"))
    by_pk = {pk: str(uuid) for uuid, pk in enrolments.items()}
    excused = {by_pk[pk]: ids for pk, ids in justified_classes(by_pk).items()}
    pages = RegisterPage.objects.filter(register=register, closed_at__isnull=False)
    session_ids = {str(uuid): pk for uuid, pk in pages.values_list("session__uuid", "session")}
    held: dict[str, dict[str, rules.HeldClass]] = defaultdict(dict)
    made_up: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for body, sheet in closed_sheets(register):
        this = body["class"]
        mode = this["mode"] if this["mode"] in MODES else "online"
        for line in sheet.lines:
            row = found.setdefault(line.enrolment, Sum(line.enrolment, line.name))
            if this["recovery"]:
                if line.recovers:
                    made_up[line.enrolment].append((line.recovers.uuid, line.minutes))
                continue
            row.by_mode[mode] += line.minutes
            row.attended += line.minutes > 0
            row.missed += line.minutes == 0
            justified = session_ids.get(this["uuid"]) in excused.get(line.enrolment, ())
            held[line.enrolment][this["uuid"]] = rules.HeldClass(
                this["uuid"], sheet.length, line.minutes, justified
            )
    for page in register.study_pages.select_related("entry"):
        for line in body_of_entry(page.entry)["learners"]:
            row = found.setdefault(line["enrolment"], Sum(line["enrolment"], line["name"]))
            row.own_study += line["minutes"]
    hours = hours_by_enrolment([pk for pk, uuid in by_pk.items() if uuid in found])
    allowed = policy_for(register.edition, on=on).recovery_allowed_pct
    for pk, each in hours.items():
        row = found[by_pk[pk]]
        row.planned = each.planned
        row.recovered = rules.recovered_minutes(
            made_up[row.enrolment], held[row.enrolment], planned=row.planned, allowed_pct=allowed
        )
        lost, row.lost_justified = rules.lost_and_justified(held[row.enrolment].values())
        row.lost_unjustified = lost - row.lost_justified
    return sorted(found.values(), key=lambda row: (row.name.casefold(), row.enrolment))


def trainers_of_register(register: Register) -> list[tuple[str, int]]:
    """The minutes that each trainer led a class in the time that counts, by name."""
    minutes: dict[str, timedelta] = defaultdict(timedelta)
    for body, sheet in closed_sheets(register):
        window = rules.window_of(sheet.policy, sheet.scheduled, sheet.actual)
        if window is None:
            continue
        led = [
            (
                each["name"],
                rules.Span.of(datetime.fromisoformat(each["from"]), datetime.fromisoformat(each["to"])),
            )
            for each in body.get("led_by", ())
        ] or [(body["trainer"]["name"], window)]
        for name, span in led:
            minutes[name] += rules.total(rules.minus(rules.clip([span], window), sheet.breaks))
    return sorted((name, rules.whole_minutes(time)) for name, time in minutes.items())


@dataclass(frozen=True)
class Unfinished:
    """What stands in the way of closing a register; `study`: minutes of own study that are on no page."""

    open_pages: tuple[RegisterPage, ...]
    never_held: tuple[Any, ...]
    waiting: int
    study: int

    def __bool__(self) -> bool:
        return bool(self.open_pages or self.waiting or self.study)


def unfinished(register: Register, *, at: datetime) -> Unfinished:
    """What was done until this moment and is on no closed page, planned classes not held, rectifications waiting."""
    pages = RegisterPage.objects.filter(register=register).select_related("session")
    return Unfinished(
        open_pages=tuple(page for page in pages if page.started_at and not page.closed_at),
        never_held=_never_held(register),
        waiting=Amendment.objects.filter(page__register=register, state=AmendmentState.PROPOSED).count(),
        study=study_sheet(register, until=at).minutes,
    )


def _never_held(register: Register) -> tuple[Any, ...]:
    pages = RegisterPage.objects.filter(register=register, started_at__isnull=False)
    begun = set(pages.values_list("session", flat=True))
    return tuple(session for session in held_classes([register.edition_id]) if session.pk not in begun)


def closing_body(register: Register, *, representative: str, log_sha256: str, at: datetime) -> dict[str, Any]:
    """What the closing entry says: hours of everybody, of the trainers, and what it is a closing of."""
    day = timezone.localtime(at).date()
    policy = policy_for(register.edition, on=day)
    rows = sums_of(register, on=day)
    return {
        "closing": {
            "at": at.isoformat(),
            "pages": RegisterPage.objects.filter(register=register, closed_at__isnull=False).count(),
            "study_pages": register.study_pages.count(),
            "entries_before": register.entries.count(),
            "log_sha256": log_sha256,
            "representative": representative,
            "minimum_pct": policy.min_attendance_pct,
            "never_held": [
                {"class": str(each.uuid), "title": each.title, "planned": each.starts_at.isoformat()}
                for each in _never_held(register)
            ],
        },
        "learners": [_sum_json(n, row, policy) for n, row in enumerate(rows, start=1)],
        "trainers": [{"name": name, "minutes": minutes} for name, minutes in trainers_of_register(register)],
        "policy": {"version": policy.version},
    }


def _sum_json(n: int, row: Sum, policy: rules.Policy) -> dict[str, Any]:
    return {
        "n": n,
        "enrolment": row.enrolment,
        "name": row.name,
        "minutes": row.minutes,
        "by_mode": {**row.by_mode, "own_study": row.own_study},
        "recovered": row.recovered,
        "attended": row.attended,
        "missed": row.missed,
        "lost": {"justified": row.lost_justified, "unjustified": row.lost_unjustified},
        "planned": row.planned,
        "hundredths_of_pct": row.hundredths,
        "reached_minimum": row.hundredths >= policy.min_attendance_pct * 100,
    }


def share_text(hundredths: int) -> str:
    """ "91,66 %"."""
    return f"{hundredths // 100},{hundredths % 100:02d} %"
