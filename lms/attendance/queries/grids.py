"""What a page shows of a sheet: rows with their bars, and what closing would change for whom."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import rules, timeline
from ..models import AttendanceStatus, CloseReason, Connection, RegisterPage
from .hours import live_minutes
from .sheets import FOR_GOOD, Line, Sheet, Stay, learners_of, live_sheet
from .story import Story, story_now


@dataclass(frozen=True)
class Row:
    """One learner in the grid."""

    n: int
    line: Line
    status: str
    level: str
    bars: list[timeline.Bar]
    words: str
    justified: bool = False
    remarks: tuple[
        str, ...
    ] = ()  # what is not obvious: waited, sent out, asked to confirm, makes up for a class

    @property
    def first_in(self) -> str:
        return clock(self.line.outcome.first_in)

    @property
    def last_out(self) -> str:
        return clock(self.line.outcome.last_out)


@dataclass(frozen=True)
class Grid:
    """The grid of one class, with the scale of its bars."""

    rows: list[Row]
    shown: rules.Span
    begins: int
    ends: int

    @property
    def length(self) -> int:
        return self.ends - self.begins


LEVELS = {
    rules.PRESENT: "success",
    rules.LATE: "warning",
    rules.LEFT_EARLY: "warning",
    rules.LATE_AND_LEFT_EARLY: "warning",
    rules.ABSENT: "neutral",
}


def status_words(line: Line) -> str:
    """The status of one learner as a professional reads it."""
    return outcome_words(line.outcome)


def outcome_words(result: rules.Outcome) -> str:
    if result.excluded == rules.LATE_EXCLUSION:
        return _("Absent: arrived too late")
    if result.excluded == rules.BELOW_MINIMUM:
        return _("Absent: below the minimum share")
    return str(AttendanceStatus(result.status).label)


def reason_words(reason: str) -> str:
    """Why a connection ended."""
    return str(CloseReason(reason).label) if reason in CloseReason.values else (reason or _("still open"))


def clock(at: datetime | None) -> str:
    """ "15:02", in Rome."""
    if at is None:
        return "–"
    local = at.astimezone(timezone.get_default_timezone())
    return f"{local.hour:02}:{local.minute:02}"


def stays_in_words(stays: tuple[Stay, ...]) -> str:
    """The connections as text: what the bar shows, for who does not see it."""
    if not stays:
        return _("No connection")
    return ", ".join(f"{clock(stay.opened)}–{clock(stay.closed)}" for stay in stays)


def grid_of(
    sheet: Sheet,
    justified: Collection[str] = frozenset(),
    confirmations: Mapping[str, tuple[int, int]] = MappingProxyType({}),
) -> Grid:
    """The rows of a sheet with their bars. No query. `justified`: the enrolments whose absence is justified now,
    which is all that most readers may know of it. `confirmations`: asked and given, by enrolment."""
    shown = timeline.frame(sheet.scheduled, sheet.actual)
    window = sheet.window
    merge = timedelta(seconds=sheet.policy.gap_merge_seconds)
    rows = [
        Row(
            n=n,
            line=line,
            status=status_words(line),
            justified=line.enrolment in justified,
            level=LEVELS[line.outcome.status],
            bars=timeline.bars(
                (stay.span for stay in line.stays),
                shown=shown,
                window=window,
                breaks=sheet.breaks,
                merge=merge,
                held_out=line.held_out,
            ),
            words=stays_in_words(line.stays),
            remarks=(*_remarks(line), *_confirmed(*confirmations.get(line.enrolment, (0, 0)))),
        )
        for n, line in enumerate(sheet.lines, start=1)
    ]
    begins, ends = timeline.ticks(sheet.scheduled, shown)
    return Grid(rows, shown, begins, ends)


# ------------------------------------------------------------------------------------------- preview


@dataclass(frozen=True)
class Change:
    """What closing does for one learner: minutes before and after, and what the closer should know."""

    n: int
    line: Line
    status: str
    level: str
    before: int
    after: int
    remarks: list[str]


@dataclass(frozen=True)
class Preview:
    """The page as closing would write it now."""

    sheet: Sheet
    changes: list[Change]
    still_open: int
    hours_late: int
    story: Story


def preview_of(page: RegisterPage, *, at: datetime) -> Preview:
    """What closing this page now would write, and for whom it changes what. Changes nothing."""
    sheet = live_sheet(page.session, page)
    ids = {str(uuid): pk for uuid, pk in learners_of(page.session).values_list("uuid", "pk")}
    minutes = live_minutes(ids.values())
    changes = []
    for n, line in enumerate(sheet.lines, start=1):
        before = minutes.get(ids[line.enrolment], 0)
        changes.append(
            Change(
                n=n,
                line=line,
                status=status_words(line),
                level=LEVELS[line.outcome.status],
                before=before,
                after=before + line.minutes,
                remarks=_remarks(line),
            )
        )
    late = timedelta()
    if page.ended_at:
        late = at - page.ended_at - timedelta(hours=sheet.policy.page_close_hours)
    return Preview(
        sheet=sheet,
        changes=changes,
        still_open=Connection.objects.filter(session=page.session, closed_at__isnull=True).count(),
        hours_late=max(late // timedelta(hours=1), 0),
        story=story_now(page.session, page, sheet),
    )


def _remarks(line: Line) -> list[str]:
    """What is not obvious in the minutes of one learner."""
    result = line.outcome
    said = []
    if result.excluded:
        seconds = result.attended_seconds // 60
        said.append(
            ngettext(
                "Connected for %(n)s minute that does not count.",
                "Connected for %(n)s minutes that do not count.",
                seconds,
            )
            % {"n": seconds}
        )
    if result.merged_seconds:
        said.append(
            ngettext(
                "%(n)s second between two connections counts, by policy.",
                "%(n)s seconds between connections count, by policy.",
                result.merged_seconds,
            )
            % {"n": result.merged_seconds}
        )
    if result.tolerance_seconds:
        minutes = result.tolerance_seconds // 60
        said.append(
            ngettext(
                "%(n)s minute is given by the tolerance.",
                "%(n)s minutes are given by the tolerance.",
                minutes,
            )
            % {"n": minutes}
        )
    if line.waited_seconds >= 60:
        minutes = line.waited_seconds // 60
        said.append(
            ngettext(
                "Waited %(n)s minute at the door, not counted.",
                "Waited %(n)s minutes at the door, not counted.",
                minutes,
            )
            % {"n": minutes}
        )
    if line.sent_out:
        times = ", ".join(_out(span) for span in line.sent_out)
        said.append(_("Was sent out (%(times)s): that time does not count.") % {"times": times})
    if any(stay.reason == CloseReason.SERVER_LOST for stay in line.stays):
        said.append(_("The server was lost: counted to the last evidence."))
    if line.recovers:
        day = timezone.localtime(line.recovers.planned)
        said.append(_("Makes up for the class of %(day)s.") % {"day": f"{day:%d/%m/%Y}"})
    return said


def _out(span: rules.Span) -> str:
    for_good = span.length >= FOR_GOOD
    return f"{clock(span.start)}–" if for_good else f"{clock(span.start)}–{clock(span.end)}"


def _confirmed(asked: int, given: int) -> Iterator[str]:
    if asked:
        yield _("Confirmed being there %(given)s of %(asked)s times.") % {"given": given, "asked": asked}
