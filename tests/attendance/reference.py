"""The algorithm again, slowly and plainly: it looks at every second of the class, one by one.

Written apart from `lms.attendance.rules` and sharing no line with it: only whole seconds, no interval algebra.
"""

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Answer:
    minutes: int
    attended_seconds: int
    merged_seconds: int
    absent: bool
    tolerance_seconds: int = 0
    outage_seconds: int = 0
    credit_seconds: int = 0


def judge(
    connections,
    scheduled,
    actual,
    breaks,
    *,
    held_out=(),
    outages=(),
    given_back=(),
    gap,
    credit_tolerance,
    late_tol,
    early_tol,
    exclusion,
    min_pct,
    credit_outages=False,
):
    """All moments are whole seconds from any zero; an interval (a, b) holds the seconds a, a+1 … b-1."""
    nothing = Answer(0, 0, 0, True)
    if actual is None:
        return nothing
    countable = [s for s in range(*scheduled) if actual[0] <= s < actual[1]]
    if not countable:
        return nothing
    begin, end = countable[0], countable[-1] + 1
    out = {s for a, b in held_out for s in range(a, b)}
    there = [s for s in countable if s not in out and any(a <= s < b for a, b in connections)]
    if not there:
        return nothing
    pause = {s for a, b in breaks for s in range(a, b)}
    here = set(there)
    given = set()
    for before, after in pairwise(there):
        if after - before > 1 and after - before - 1 <= gap:
            given |= set(range(before + 1, after))
    lent = set()
    if credit_tolerance:
        if there[0] - begin <= late_tol:
            lent |= set(range(begin, there[0]))
        if end - (there[-1] + 1) <= early_tol:
            lent |= set(range(there[-1] + 1, end))
    given, lent = given - out, lent - out
    down = {s for a, b in outages for s in range(a, b)}
    lost = set()
    for run in runs([s for s in countable if s in down]):
        was_there = any(run[0] - 1 - gap <= s <= run[0] for s in there)
        came_back = run[-1] + 1 >= end or any(run[-1] + 1 <= s <= run[-1] + 1 + gap for s in there)
        if was_there and came_back:
            lost |= set(run)
    lost -= here | given | lent | pause | out
    decided = {s for s in countable for a, b in given_back if a <= s < b} - here - given - lent - pause - out
    returned = (lost if credit_outages else set()) | decided
    credited = (here | given | lent | returned) - pause
    most = len([s for s in range(*scheduled) if s not in pause])
    minutes = min(len(credited) // 60, most // 60)
    possible = [s for s in countable if s not in pause and (s in returned or s not in lost)]
    late = len([s for s in range(begin, there[0]) if s not in down])
    excluded = (exclusion is not None and late > exclusion) or len(credited) * 100 < len(possible) * min_pct
    return Answer(
        minutes=0 if excluded else minutes,
        attended_seconds=len(here - pause),
        merged_seconds=len(given - pause),
        absent=excluded,
        tolerance_seconds=len(lent - pause),
        outage_seconds=len(lost),
        credit_seconds=len(returned),
    )


def runs(seconds):
    """Seconds that follow each other without a gap, together."""
    found = []
    for second in seconds:
        if found and found[-1][-1] == second - 1:
            found[-1].append(second)
        else:
            found.append([second])
    return found


def study(signs, *, idle, nominal):
    """Minutes of one activity studied alone: `signs` are seconds since any zero, the last one presses the button.

    Every second between two signs counts unless the silence is longer than `idle`; without a sign between opening
    and pressing there were no scripts, and all of it counts. Nominal minutes cap the whole.
    """
    if len(signs) == 2:
        counted = set(range(signs[0], signs[1]))
    else:
        counted = {s for a, b in pairwise(signs) if b - a <= idle for s in range(a, b)}
    return min(len(counted) // 60, nominal)
