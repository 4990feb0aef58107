"""What staff see of the people of a class while it lasts: facts about each one, in the order of names.

There is no score and no ranking, and nothing of it is kept: the record is attendance's.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.dates import time_of_day
from lms.attendance import access as attendance_access
from lms.attendance import queries as attendance
from lms.attendance.asking import UNANSWERED

from . import actions, quality
from .access import Seat


@dataclass(frozen=True)
class Fact:
    """One thing that is so, in words. `level` is the look of its badge."""

    words: str
    level: str = "neutral"


@dataclass(frozen=True)
class Row:
    """One learner: where they are now, and what is known of it."""

    person: UUID
    enrolment: str
    name: str
    facts: tuple[Fact, ...] = ()
    silent: bool = (
        False  # in a class under way: wrote nothing, answered no poll and no question about presence
    )
    ticked: str = ""  # by the inspector: found, not_found


@dataclass(frozen=True)
class Asked:
    """The last presence prompt, as it stands."""

    uuid: str
    opens_at: datetime
    deadline: datetime
    is_open: bool
    answered: int
    asked: int
    silent: tuple[tuple[str, str], ...]  # (uuid, name) of who was asked and did not answer


@dataclass(frozen=True)
class Desk:
    """The people of a class as staff see them now."""

    seat: Seat
    state: str
    at: datetime
    waits: bool
    waiting: tuple[tuple[UUID, str, datetime], ...]
    here: tuple[Row, ...]
    absent: tuple[Row, ...]
    sent_out: tuple[Any, ...]
    asked: Asked | None
    leader: Any
    leader_is_away: bool
    substitutes: tuple[Any, ...]
    may_hand_over: bool
    visit: Any  # the inspector's own
    key: UUID  # of the next prompt asked from this page

    @property
    def session(self) -> Any:
        return self.seat.session

    @property
    def inspects(self) -> bool:
        return self.seat.role == "inspector"

    @property
    def active(self) -> list[Row]:
        """Who is here and took part, or is in a class that has not begun."""
        return [row for row in self.here if not row.silent]

    @property
    def silent(self) -> list[Row]:
        """Who is connected and nothing more."""
        return [row for row in self.here if row.silent]

    @property
    def rows(self) -> tuple[Row, ...]:
        """Everybody of the class, for the inspector's list."""
        return tuple(sorted((*self.here, *self.absent), key=lambda row: row.name.lower()))


def desk_of(seat: Seat, *, at: datetime) -> Desk:
    """Everything at once. The same number of queries for two people and for fifty."""
    present = actions.present_now(seat.session, at=at)
    here = {person.uuid for person, _role in present}
    sheet = attendance.sheet_of(seat.session)
    state = attendance.class_state(seat.session)
    prompts = attendance.prompts_of(seat.session, sheet)
    missed = _missed(prompts, at)
    signs = quality.signs_of(seat.session.uuid, here)
    heard = set(actions.parts_taken(seat)) | _answered(prompts)
    waiting = actions.people_at_door(seat, at=at)
    removed = attendance.removals_of(seat.session)
    outside = {person.uuid for person, _since in waiting} | {each.person.uuid for each in removed}
    visit = attendance.visit_of(seat.session, seat.user) if seat.role == "inspector" else None
    ticks = attendance.ticks_of(visit) if visit else {}
    rows_here, absent = [], []
    for line in sheet.lines:
        person = UUID(line.person)
        if person in here:
            facts = _facts_here(line, sheet, signs.get(person), missed.get(line.person))
            silent = state == "open" and person not in heard
            tick = ticks.get(line.enrolment, "")
            rows_here.append(Row(person, line.enrolment, line.name, facts, silent, tick))
        elif person not in outside or seat.role == "inspector":
            facts = _facts_gone(line)
            absent.append(Row(person, line.enrolment, line.name, facts, ticked=ticks.get(line.enrolment, "")))
    leader = attendance.leader_of(seat.session)
    may = state in {"planned", "open"} and attendance_access.may_hand_over(seat.user, seat.session, at=at)
    return Desk(
        seat=seat,
        state=state,
        at=at,
        waits=seat.room.waits,
        waiting=tuple((person.uuid, attendance.name_of(person), since) for person, since in waiting),
        here=tuple(rows_here),
        absent=tuple(absent),
        sent_out=tuple(removed),
        asked=_asked(prompts, at),
        leader=leader,
        leader_is_away=state == "open" and leader.uuid not in here,
        substitutes=tuple(attendance_access.substitutes_for(seat.session, at=at)) if may else (),
        may_hand_over=may,
        visit=visit,
        key=uuid4(),
    )


def _facts_here(
    line: Any, sheet: Any, sign: quality.Sign | None, missed: datetime | None
) -> tuple[Fact, ...]:
    facts = []
    minutes = line.outcome.attended_seconds // 60
    if sheet.actual is None:
        facts.append(Fact(_("here since %(time)s") % {"time": time_of_day(line.stays[0].opened)}))
    else:
        facts.append(
            Fact(ngettext("in class for %(n)s min", "in class for %(n)s min", minutes) % {"n": minutes})
        )
        late = 0
        if line.outcome.first_in and "late" in line.outcome.status.split("_"):
            late = (line.outcome.first_in - sheet.window.start).total_seconds() // 60
        if late:
            facts.append(Fact(_("came %(n)s min late") % {"n": int(late)}, "warning"))
    if len(line.stays) > 1:
        facts.append(Fact(_("connected %(n)s times") % {"n": len(line.stays)}))
    if sign is not None:
        weak = sign.quality == quality.WEAK or len(line.stays) >= quality.MANY_RETURNS
        facts.append(Fact(_("weak line"), "warning") if weak else Fact(_("good line"), "success"))
        if not sign.seen:
            facts.append(Fact(_("the page is in the background")))
    if missed is not None:
        words = _("did not answer at %(time)s") % {"time": time_of_day(missed)}
        facts.append(Fact(words, "warning"))
    return tuple(facts)


def _facts_gone(line: Any) -> tuple[Fact, ...]:
    if not line.inside:
        return (Fact(_("has not come yet")),)
    left = max(span.end for span in line.inside)
    return (Fact(_("left at %(time)s") % {"time": time_of_day(left)}, "warning"),)


def _answered(prompts: list[Any]) -> set[UUID]:
    """Who answered one of the questions about presence, by button or by voice."""
    return {UUID(each.person) for prompt in prompts for each in prompt.answers if each.verdict != UNANSWERED}


def _missed(prompts: list[Any], at: datetime) -> dict[str, datetime]:
    """Who did not answer the newest prompt that is over, and when it was asked."""
    over = [prompt for prompt in prompts if prompt.deadline <= at]
    if not over:
        return {}
    return {each.person: over[-1].opens_at for each in over[-1].silent}


def _asked(prompts: list[Any], at: datetime) -> Asked | None:
    if not prompts:
        return None
    last = prompts[-1]
    return Asked(
        uuid=last.uuid,
        opens_at=last.opens_at,
        deadline=last.deadline,
        is_open=at < last.deadline,
        answered=last.answered,
        asked=len(last.answers),
        silent=tuple((each.person, each.name) for each in last.answers if each.verdict == UNANSWERED),
    )
