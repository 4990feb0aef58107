"""A class afterwards: each person's way through it, absentees first. Everything is read from what is stored."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cms.dates import time_of_day
from lms.attendance import queries as attendance

from . import actions, events
from .access import Seat


@dataclass(frozen=True)
class Step:
    """One thing on somebody's timeline. `kind`: in, waiting, gap, sent_out, prompt."""

    at: datetime
    kind: str
    words: str


@dataclass(frozen=True)
class Way:
    """One learner's way through the class."""

    row: Any  # of the register's grid: bar, outcome, minutes
    steps: tuple[Step, ...]
    prompts_answered: int
    prompts_asked: int
    part: actions.Part  # what they wrote and answered

    @property
    def is_silent(self) -> bool:
        """Was connected, and nothing more is known of them."""
        return self.row.line.present and not (self.part.lines or self.part.answers or self.prompts_answered)

    @property
    def is_absent(self) -> bool:
        return not self.row.line.present


@dataclass(frozen=True)
class Report:
    """One class afterwards."""

    sheet: Any
    grid: Any
    ways: tuple[Way, ...]
    leaders: tuple[Any, ...]
    prompts: tuple[Any, ...]
    visits: tuple[Any, ...]
    lines: tuple[events.Line, ...]
    polls: tuple[Any, ...]
    state: str

    @property
    def absent(self) -> list[Way]:
        return [way for way in self.ways if way.is_absent]

    @property
    def present(self) -> list[Way]:
        return [way for way in self.ways if not way.is_absent]


def report_of(seat: Seat) -> Report:
    """The same number of queries for two people and for fifty."""
    session = seat.session
    sheet = attendance.sheet_of(session)
    grid = attendance.grid_of(sheet)
    prompts = attendance.prompts_of(session, sheet)
    room = actions.snapshot(seat, since=0, at=session.ends_at)
    parts = actions.parts_taken(seat)
    return Report(
        sheet=sheet,
        grid=grid,
        ways=tuple(_way(row, prompts, parts) for row in grid.rows),
        leaders=tuple(attendance.leaders_of(session, attendance.page_of_class(session))),
        prompts=tuple(prompts),
        visits=tuple(attendance.visits_of(session)),
        lines=actions.all_lines(seat),
        polls=room.polls,
        state=attendance.class_state(session),
    )


def _way(row: Any, prompts: list[Any], parts: dict[UUID, actions.Part]) -> Way:
    line = row.line
    steps = [*_stays(line), *_gaps(line)]
    steps += [
        Step(span.start, "sent_out", _("was sent out at %(from)s") % {"from": time_of_day(span.start)})
        for span in line.sent_out
    ]
    own = [(prompt, each) for prompt in prompts for each in prompt.answers if each.person == line.person]
    for prompt, each in own:
        words = _("asked at %(time)s: %(answer)s") % {
            "time": time_of_day(prompt.opens_at),
            "answer": each.words,
        }
        steps.append(Step(prompt.opens_at, "prompt", words))
    return Way(
        row=row,
        steps=tuple(sorted(steps, key=lambda step: (step.at, step.kind))),
        prompts_answered=sum(each.verdict != "unanswered" for _prompt, each in own),
        prompts_asked=len(own),
        part=parts.get(UUID(line.person), actions.Part()),
    )


def _stays(line: Any) -> list[Step]:
    steps = []
    for stay in line.stays:
        words = _("connected from %(from)s to %(to)s (%(why)s)") % {
            "from": time_of_day(stay.opened),
            "to": time_of_day(stay.closed),
            "why": attendance.reason_words(stay.reason),
        }
        steps.append(Step(stay.opened, "in", words))
        for span in stay.waited:
            words = _("waited at the door from %(from)s to %(to)s, not counted") % {
                "from": time_of_day(span.start),
                "to": time_of_day(span.end),
            }
            steps.append(Step(span.start, "waiting", words))
    return steps


def _gaps(line: Any) -> list[Step]:
    """The times between two stays, however short."""
    return [
        Step(
            before.end,
            "gap",
            _("not connected for %(n)s s, until %(to)s")
            % {"n": int((after.start - before.end).total_seconds()), "to": time_of_day(after.start)},
        )
        for before, after in pairwise(line.inside)
        if after.start > before.end
    ]
