"""From intervals to minutes of one person in one class. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .policy import ACTUAL, SCHEDULED, Policy
from .spans import Span, clip, minus, short_gaps, total, union, whole_minutes, whole_seconds

PRESENT, LATE, LEFT_EARLY, LATE_AND_LEFT_EARLY, ABSENT = (
    "present",
    "late",
    "left_early",
    "late_left_early",
    "absent",
)
LATE_EXCLUSION, BELOW_MINIMUM = "late_exclusion", "below_minimum"
PLANNED, OPEN, ENDED, CLOSED = "planned", "open", "ended", "closed"


@dataclass(frozen=True)
class Outcome:
    """What one person's intervals come to in one class.

    `attended_seconds` is raw: connected, inside the window, outside the breaks. What the policy adds stands apart
    from it, each in a column of its own: `merged_seconds` (short reconnections), `tolerance_seconds`, and
    `outage_credit_seconds`. `outage_seconds` is a fact: what the platform's own failures took from this person,
    given back or not. Time held out (at the door, sent out) is in none of them.
    """

    status: str
    minutes: int
    attended_seconds: int = 0
    merged_seconds: int = 0
    tolerance_seconds: int = 0
    first_in: datetime | None = None
    last_out: datetime | None = None
    excluded: str = ""
    outage_seconds: int = 0
    outage_credit_seconds: int = 0


def window_of(policy: Policy, scheduled: Span, actual: Span | None) -> Span | None:
    """The time that can count: planned, held, or both. None when there is none."""
    if policy.window == SCHEDULED:
        return scheduled
    if actual is None:
        return None
    if policy.window == ACTUAL:
        return actual
    both = clip([actual], scheduled)
    return both[0] if both else None


def outcome(
    connections: Iterable[Span],
    *,
    scheduled: Span,
    actual: Span | None,
    breaks: Sequence[Span] = (),
    held_out: Sequence[Span] = (),
    outages: Sequence[Span] = (),
    given_back: Sequence[Span] = (),
    policy: Policy,
) -> Outcome:
    """Minutes and status of one person: clip, unite, merge short gaps, take out breaks, outages, tolerance, floor, cap.

    `connections` may overlap as they please (two devices, a breakout room beside the main one): each moment counts
    once. `held_out` is the person's time at the door or sent out: whatever else is said of it, it counts for nothing.
    `given_back` is time of this person that somebody decided to return: broken lines, outages that the policy does not
    return by itself.
    """
    window = window_of(policy, scheduled, actual)
    spans = minus(clip(connections, window), held_out) if window else []
    if not window or not spans:
        return Outcome(ABSENT, 0)
    first, last = spans[0].start, spans[-1].end
    gaps = short_gaps(spans, timedelta(seconds=policy.gap_merge_seconds))
    lent = _within_tolerance(policy, window, first, last)
    down = lost_to_outages(spans, outages, window, timedelta(seconds=policy.gap_merge_seconds))
    nothing = [*breaks, *held_out]
    attended = minus(spans, breaks)
    merged = minus(gaps, nothing)
    tolerance = minus(lent, nothing)
    lost = minus(down, [*spans, *gaps, *lent, *nothing])
    decided = minus(clip(given_back, window), [*spans, *gaps, *lent, *nothing])
    returned = union([*(lost if policy.outage_credit else []), *decided])
    credited = total(attended) + total(merged) + total(tolerance) + total(returned)
    minutes = min(whole_minutes(credited), whole_minutes(total(minus([scheduled], breaks))))
    # Nobody is late, or left early, for the time in which the platform itself was down.
    late = total(minus([Span(window.start, first)], outages))
    early = total(minus([Span(last, window.end)], outages))
    status = {
        (False, False): PRESENT,
        (True, False): LATE,
        (False, True): LEFT_EARLY,
        (True, True): LATE_AND_LEFT_EARLY,
    }[
        late > timedelta(minutes=policy.late_tolerance_min),
        early > timedelta(minutes=policy.early_exit_tolerance_min),
    ]
    possible = total(minus([window], [*breaks, *minus(lost, returned)]))
    excluded = ""
    if policy.late_exclusion_min is not None and late > timedelta(minutes=policy.late_exclusion_min):
        excluded = LATE_EXCLUSION
    elif credited * 100 < possible * policy.session_min_pct:
        excluded = BELOW_MINIMUM
    if excluded:
        status, minutes = ABSENT, 0
    return Outcome(
        status=status,
        minutes=minutes,
        attended_seconds=whole_seconds(total(attended)),
        merged_seconds=whole_seconds(total(merged)),
        tolerance_seconds=whole_seconds(total(tolerance)),
        first_in=first,
        last_out=last,
        excluded=excluded,
        outage_seconds=whole_seconds(total(lost)),
        outage_credit_seconds=whole_seconds(total(returned)),
    )


def lost_to_outages(
    spans: Sequence[Span], outages: Iterable[Span], window: Span, slack: timedelta
) -> list[Span]:
    """The outages that cut somebody off: there when it began, and back when it ended.

    `spans` are united. There: the connection broke no longer than `slack` before the outage, since its last
    evidence is older than the failure. Back: no longer than `slack` after it, unless the class was over by then.
    Who was not there loses nothing; nothing outside the outage itself is ever counted.
    """
    found = []
    for outage in union(clip(outages, window)):
        there = any(span.start <= outage.start <= span.end + slack for span in spans)
        back = outage.end >= window.end or any(
            span.start <= outage.end + slack and span.end > outage.end for span in spans
        )
        if there and back:
            found.append(outage)
    return found


def _within_tolerance(policy: Policy, window: Span, first: datetime, last: datetime) -> list[Span]:
    """The minutes at the two ends that a policy may give to who came or left within its tolerance."""
    if not policy.credit_within_tolerance:
        return []
    lent = []
    if first - window.start <= timedelta(minutes=policy.late_tolerance_min):
        lent.append(Span(window.start, first))
    if window.end - last <= timedelta(minutes=policy.early_exit_tolerance_min):
        lent.append(Span(last, window.end))
    return lent


def class_state(*, started_at: datetime | None, ended_at: datetime | None, closed_at: datetime | None) -> str:
    """Where a class stands. The four words that pages and rooms know."""
    if closed_at:
        return CLOSED
    if ended_at:
        return ENDED
    return OPEN if started_at else PLANNED
