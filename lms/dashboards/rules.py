"""Who needs a call: facts in, at most one reason out. It orders a list; it decides nothing about anybody."""

from dataclasses import dataclass
from datetime import date

#: Days without a class or a lesson after which a professional is told.
QUIET_DAYS = 10
#: Classes missed in a row after which a professional is told (domain.md: alert_to_case).
ABSENT_IN_A_ROW = 2
#: How far behind the calendar of the course, in hundredths, before it is said.
BEHIND_PERCENT = 25


@dataclass(frozen=True)
class Facts:
    """What is known of one learner in one edition."""

    today: date
    starts_on: date
    ends_on: date
    absent_in_a_row: int
    last_sign: date | None
    percent_done: int

    @property
    def percent_elapsed(self) -> int:
        length = (self.ends_on - self.starts_on).days + 1
        gone = (min(self.today, self.ends_on) - self.starts_on).days + 1
        return max(0, min(100, round(100 * gone / length)))

    @property
    def days_quiet(self) -> int:
        """Days since the last sign, or since the course began when there was none."""
        since = max(self.last_sign, self.starts_on) if self.last_sign else self.starts_on
        return max(0, (self.today - since).days)


@dataclass(frozen=True)
class Reason:
    """Why to call. `weight` orders the list, the heaviest first; `number` goes into the sentence."""

    code: str
    number: int
    weight: int


def reason_to_call(facts: Facts) -> Reason | None:
    """The most pressing reason, or none. A course that has not begun or is over gives none."""
    if not facts.starts_on <= facts.today <= facts.ends_on:
        return None
    if facts.absent_in_a_row >= ABSENT_IN_A_ROW:
        return Reason("absent", facts.absent_in_a_row, 300 + facts.absent_in_a_row)
    if facts.days_quiet >= QUIET_DAYS:
        return Reason("quiet", facts.days_quiet, 200 + min(facts.days_quiet, 90))
    behind = facts.percent_elapsed - facts.percent_done
    if behind >= BEHIND_PERCENT:
        return Reason("behind", behind, 100 + behind)
    return None
