"""What a policy may say: every parameter with its default and its range. Pure.

A parameter that a later rule needs is a new field of `Policy` with its kind in `KINDS`; old versions keep theirs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

BOTH, ACTUAL, SCHEDULED = "both", "actual", "scheduled"
UNION_ONCE = "union_once"
FLOOR_MINUTE = "floor_minute"
NOMINAL = "nominal"
RECORD_ONLY = "record_only"
REASON_CODES = ("illness", "service", "pregnancy", "court", "family", "mobility", "impediment")
#: The reasons of which the law itself says that they are documented or proven.
_PROVEN = ("illness", "family", "impediment")


@dataclass(frozen=True)
class Policy:
    """The attendance rules of one edition, as plain values. The legal source of each stands in its row."""

    # what counts of a class
    window: str = BOTH
    hour_minutes: int = 60
    late_tolerance_min: int = 10
    early_exit_tolerance_min: int = 10
    credit_within_tolerance: bool = False
    late_exclusion_min: int | None = 30
    gap_merge_seconds: int = 120
    session_min_pct: int = 0
    concurrent_device_rule: str = UNION_ONCE
    rounding: str = FLOOR_MINUTE
    outage_credit: bool = False
    # being there
    presence_per_hour: int = 1
    presence_window_s: int = 180
    presence_use: str = RECORD_ONLY
    substitute_after_min: int = 10
    # how much is enough
    min_attendance_pct: int = 70
    min_exam_pct: int = 70
    min_module_pct: int | None = None
    late_enrolment_reduces_total: bool = False
    fad_max_pct_theory: int | None = 50
    fad_async_max_pct: int | None = 10
    # study on one's own time
    async_idle_cutoff_min: int = 10
    async_cap: str = NOMINAL
    # absences
    justification_reasons: tuple[str, ...] = REASON_CODES
    justification_evidence: tuple[str, ...] = _PROVEN
    justification_deadline_days: int = 5
    recovery_allowed_pct: int = 20
    alert_consecutive_unjustified: int = 2
    alert_unjustified_pct: int = 15
    checkpoint_first_days: int = 120
    checkpoint_monitoring_days: int = 90
    checkpoint_psp_days: int = 60
    # the register
    page_close_hours: int = 24
    sign_hours: int = 72
    vidimation_required: bool = False
    manual_correction_window_h: int = 24
    four_eyes: bool = True
    # how long things are kept
    retention_register_years: int = 10
    retention_technical_ip_days: int = 90
    retention_justification_months: int = 12
    version: int = 0


@dataclass(frozen=True)
class Whole:
    """A whole number in a range; `optional`: it may be switched off."""

    lowest: int
    highest: int
    optional: bool = False

    def fits(self, value: Any) -> bool:
        if value is None:
            return self.optional
        return isinstance(value, int) and not isinstance(value, bool) and self.lowest <= value <= self.highest


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    def fits(self, value: Any) -> bool:
        return isinstance(value, bool)


@dataclass(frozen=True)
class Word:
    """One of a closed list. A list of one says what this platform does, and that nothing else is offered."""

    words: tuple[str, ...]

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) and value in self.words


@dataclass(frozen=True)
class Several:
    """Some of a closed list, each once; `least` of them at least."""

    words: tuple[str, ...]
    least: int = 0

    def fits(self, value: Any) -> bool:
        if not isinstance(value, (list, tuple)) or not all(isinstance(each, str) for each in value):
            return False
        return len(value) >= self.least and len(set(value)) == len(value) and set(value) <= set(self.words)


Kind = Whole | Flag | Word | Several
_PERCENT = Whole(0, 100)
_PERCENT_OR_NONE = Whole(0, 100, optional=True)

#: What each parameter may be, in the order of domain, page and register.
KINDS: Mapping[str, Kind] = {
    "window": Word((BOTH, ACTUAL, SCHEDULED)),
    "hour_minutes": Whole(45, 60),
    "late_tolerance_min": Whole(0, 60),
    "early_exit_tolerance_min": Whole(0, 60),
    "credit_within_tolerance": Flag(),
    "late_exclusion_min": Whole(1, 240, optional=True),
    "gap_merge_seconds": Whole(0, 900),
    "session_min_pct": _PERCENT,
    "concurrent_device_rule": Word((UNION_ONCE,)),
    "rounding": Word((FLOOR_MINUTE,)),
    "outage_credit": Flag(),
    "presence_per_hour": Whole(0, 4),
    "presence_window_s": Whole(120, 300),
    "presence_use": Word((RECORD_ONLY,)),
    "substitute_after_min": Whole(1, 60),
    "min_attendance_pct": _PERCENT,
    "min_exam_pct": _PERCENT,
    "min_module_pct": _PERCENT_OR_NONE,
    "late_enrolment_reduces_total": Flag(),
    "fad_max_pct_theory": _PERCENT_OR_NONE,
    "fad_async_max_pct": _PERCENT_OR_NONE,
    "async_idle_cutoff_min": Whole(1, 60),
    "async_cap": Word((NOMINAL,)),
    "justification_reasons": Several(REASON_CODES, least=1),
    "justification_evidence": Several(REASON_CODES),
    "justification_deadline_days": Whole(0, 90),
    "recovery_allowed_pct": _PERCENT,
    "alert_consecutive_unjustified": Whole(1, 20),
    "alert_unjustified_pct": Whole(1, 100),
    "checkpoint_first_days": Whole(1, 365),
    "checkpoint_monitoring_days": Whole(1, 365),
    "checkpoint_psp_days": Whole(1, 365),
    "page_close_hours": Whole(1, 24 * 31),
    "sign_hours": Whole(1, 24 * 31),
    "vidimation_required": Flag(),
    "manual_correction_window_h": Whole(1, 24 * 31),
    "four_eyes": Flag(),
    "retention_register_years": Whole(5, 40),
    "retention_technical_ip_days": Whole(1, 365),
    "retention_justification_months": Whole(1, 120),
}

DEFAULT_SOURCE = "valore predefinito della piattaforma, senza fonte"
_SAID_BY = "valore predefinito della piattaforma; "
_JUSTIFIED = _SAID_BY + "giustificato motivo, DL 48/2023 art. 8 c. 6"
_SHARES = _SAID_BY + "Accordo Conferenza delle Regioni 3/11/2021, 21/181/CR5a/C17"
_CHECKS = _SAID_BY + "DM 13/12/2023 art. 9"
#: Defaults that follow a text of the law. All the others have none, and say so.
DEFAULT_SOURCES: Mapping[str, str] = {
    "fad_max_pct_theory": _SHARES,
    "fad_async_max_pct": _SHARES,
    "justification_reasons": _JUSTIFIED,
    "justification_evidence": _JUSTIFIED,
    "checkpoint_first_days": _CHECKS,
    "checkpoint_monitoring_days": _CHECKS,
}

DEFAULTS: Mapping[str, Any] = {name: value for name, value in asdict(Policy()).items() if name != "version"}
NAMES = tuple(DEFAULTS)


def policy_from(parameters: Mapping[str, Mapping[str, Any]], version: int) -> Policy:
    """The policy that stored parameters describe; a name this code does not know is left for later code."""
    known = {field.name for field in fields(Policy)} - {"version"}
    values: dict[str, Any] = {
        name: tuple(entry["value"]) if isinstance(entry["value"], list) else entry["value"]
        for name, entry in parameters.items()
        if name in known
    }
    return Policy(**values, version=version)


def all_parameters(policy: Policy, parameters: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Every parameter that a policy applied, with its source; a default says that it is one."""
    return {
        name: parameters.get(name)
        or {
            "value": list(value) if isinstance(value, tuple) else value,
            "source": DEFAULT_SOURCES.get(name, DEFAULT_SOURCE),
            "valid_from": "",
        }
        for name, value in asdict(policy).items()
        if name != "version"
    }


def in_force(versions: Iterable[Mapping[str, Mapping[str, Any]]], day: date) -> dict[str, Mapping[str, Any]]:
    """Of each parameter what holds on one day: from the newest version whose own first day has come.

    `versions` are the parameters of each version, oldest first. What none of them names yet is left out.
    """
    held: dict[str, Mapping[str, Any]] = {}
    for parameters in versions:
        for name, entry in parameters.items():
            if date.fromisoformat(entry["valid_from"]) <= day:
                held[name] = entry
    return held


def faults_in(parameters: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The names of the parameters that cannot be stored: out of range, or without source and first day."""
    return [name for name, entry in parameters.items() if not _sound(name, entry)]


def _sound(name: str, entry: Mapping[str, Any]) -> bool:
    if not str(entry.get("source") or "").strip() or "value" not in entry:
        return False
    try:
        date.fromisoformat(entry["valid_from"])
    except (KeyError, TypeError, ValueError):
        return False
    kind = KINDS.get(name)
    return kind is None or kind.fits(entry["value"])


def contradictions_in(policy: Policy) -> list[tuple[str, str]]:
    """Pairs of parameters that cannot both be meant: the first is what to change, the second what it is against."""
    found = []
    if policy.late_exclusion_min is not None and policy.late_exclusion_min < policy.late_tolerance_min:
        found.append(("late_exclusion_min", "late_tolerance_min"))
    if policy.fad_max_pct_theory is not None and (policy.fad_async_max_pct or 0) > policy.fad_max_pct_theory:
        found.append(("fad_async_max_pct", "fad_max_pct_theory"))
    if not set(policy.justification_evidence) <= set(policy.justification_reasons):
        found.append(("justification_evidence", "justification_reasons"))
    return found
