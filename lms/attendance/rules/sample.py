"""A class of two hours with a few typical people: what a policy makes of them, before it is saved. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .classes import Outcome, outcome
from .policy import Policy
from .spans import Span
from .study import study_minutes, study_step

_START = datetime(2026, 1, 12, 14, tzinfo=UTC)  # any Monday, 15:00 in Rome
LENGTH = 120
BREAK = (60, 70)
OUTAGE = (90, 96)

#: Who → from when to when they were connected, in minutes after the start.
PEOPLE: Mapping[str, tuple[tuple[float, float], ...]] = {
    "punctual": ((-2, 89.9), (96.2, 121)),
    "late": ((8, 89.9), (96.2, 120)),
    "very_late": ((35, 89.9), (96.2, 120)),
    "early": ((0, 89.9), (96.2, 108)),
    "reconnects": ((0, 20), (21.5, 40), (44, 89.9), (96.2, 120)),
    "two_devices": ((0, 89.9), (10, 60), (96.2, 120)),
    "brief": ((0, 25),),
    "away_in_outage": ((0, 80), (100, 120)),
}
#: Signs of somebody who studies alone, in minutes: a silence of twelve, then five more to the end.
STUDY_SIGNS = (0, 5, 9, 21, 26)
STUDY_NOMINAL = 20
COURSE_HOURS = 100


@dataclass(frozen=True)
class Effect:
    """One typical person under two policies."""

    who: str
    before: Outcome
    after: Outcome

    @property
    def changes(self) -> bool:
        return (self.before.minutes, self.before.status) != (self.after.minutes, self.after.status)


def effects(before: Policy, after: Policy) -> list[Effect]:
    """What each typical person gets under the old policy and under the new one."""
    return [Effect(who, _judge(spans, before), _judge(spans, after)) for who, spans in PEOPLE.items()]


def _judge(spans: tuple[tuple[float, float], ...], policy: Policy) -> Outcome:
    whole = _span(0, LENGTH)
    return outcome(
        [_span(*each) for each in spans],
        scheduled=whole,
        actual=whole,
        breaks=[_span(*BREAK)],
        outages=[_span(*OUTAGE)],
        policy=policy,
    )


def _span(start: float, end: float) -> Span:
    return Span.inside(_START + timedelta(minutes=start), _START + timedelta(minutes=end))


def study_effect(policy: Policy) -> int:
    """Minutes that the one who studies alone gets."""
    stretches: list[int] = []
    started = seen = None
    signs = 0
    for number, minute in enumerate(STUDY_SIGNS):
        at = _START + timedelta(minutes=minute)
        closing = number == len(STUDY_SIGNS) - 1
        step = study_step(
            started_at=started,
            last_seen_at=seen,
            signs=signs,
            busy_until=None,
            at=at,
            closing=closing,
            idle=timedelta(minutes=policy.async_idle_cutoff_min),
        )
        if started is None or step.begins_at is not None:
            started, signs = at, int(number > 0)
            stretches.append(step.seconds)
        else:
            stretches[-1] = step.seconds
            signs += not closing
        seen = at
    return study_minutes({"lesson": (sum(stretches), STUDY_NOMINAL)})


def course_effects(policy: Policy) -> dict[str, int | None]:
    """What the shares come to in a course of a hundred hours; None is a share that is switched off."""
    shares = {
        "min_attendance_pct": policy.min_attendance_pct,
        "min_exam_pct": policy.min_exam_pct,
        "recovery_allowed_pct": policy.recovery_allowed_pct,
        "fad_max_pct_theory": policy.fad_max_pct_theory,
        "fad_async_max_pct": policy.fad_async_max_pct,
        "alert_unjustified_pct": policy.alert_unjustified_pct,
    }
    return {name: None if pct is None else COURSE_HOURS * pct // 100 for name, pct in shares.items()}
