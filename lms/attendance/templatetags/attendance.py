"""The grid of a class. Its rows are joined here and not in a template: a class of a hundred is one page."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .. import wording
from ..asking import UNANSWERED
from ..models import CheckOutcome, OutageKind
from ..queries.grids import Grid, Row
from ..queries.sheets import Line
from ..queries.totals import share_text
from ..reasons import REASONS

register = template.Library()


@register.simple_tag
def time_bar(row: Row, grid: Grid) -> SafeString:
    """One person's time in one class as a drawing, with the same in words."""
    pieces = "".join(
        f'<rect class="timeline__{bar.kind}" x="{bar.x}" y="5" width="{bar.width}" height="14"/>'
        for bar in row.bars
    )
    return SafeString(
        '<svg class="timeline" viewBox="0 0 1000 24" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(row.words)}"><rect class="timeline__class" x="{grid.begins}" y="2" '
        f'width="{grid.length}" height="20"/>{pieces}</svg>'
    )


@register.simple_tag
def class_rows(grid: Grid) -> SafeString:
    """The rows of the grid: number, name, in, out, minutes, outcome, bar."""
    labels = [
        escape(words)
        for words in (
            _("N."),
            _("Surname and name"),
            _("In"),
            _("Out"),
            _("Minutes"),
            _("Outcome"),
            _("Time line"),
        )
    ]
    n, name, arrived, left, minutes, outcome, line = labels
    return SafeString(
        "".join(
            f'<tr><td data-label="{n}">{row.n}</td>'
            f'<th scope="row" data-label="{name}">{escape(row.line.name)}</th>'
            f'<td data-label="{arrived}">{row.first_in}</td><td data-label="{left}">{row.last_out}</td>'
            f'<td data-label="{minutes}">{_minutes(row)}</td>'
            f'<td data-label="{outcome}">{_outcome(row)}</td>'
            f'<td data-label="{line}">{time_bar(row, grid)}</td></tr>'
            for row in grid.rows
        )
    )


def _minutes(row: Row) -> str:
    if not row.line.amended:
        return str(row.line.minutes)
    was = _("rectified, was %(was)s") % {"was": row.line.outcome.minutes}
    return f'<span>{row.line.minutes} <span class="class-note">{escape(was)}</span></span>'


def _outcome(row: Row) -> str:
    badge = f'<span class="badge badge--{row.level}">{escape(row.status)}</span>'
    notes = [_("justified"), *row.remarks] if row.justified else row.remarks
    if not notes:
        return badge
    return "".join(
        ["<span>", badge, *(f' <span class="class-note">{escape(note)}</span>' for note in notes), "</span>"]
    )


@register.filter
def moment(text: str) -> datetime | None:
    """The moment that an entry of the register holds as text."""
    return datetime.fromisoformat(text) if text else None


@register.filter
def outage_words(kind: str) -> str:
    """What failed."""
    return str(OutageKind(kind).label)


@register.filter
def answers_in_words(prompt: Mapping[str, Any]) -> str:
    """How many of those who were in the class answered one prompt."""
    given = sum(answer["verdict"] != UNANSWERED for answer in prompt["answers"])
    return _("%(given)s of %(asked)s confirmed") % {"given": given, "asked": len(prompt["answers"])}


@register.filter
def silent(prompt: Mapping[str, Any], lines: Iterable[Line]) -> list[str]:
    """The names of those who did not answer it."""
    quiet = {each["enrolment"] for each in prompt["answers"] if each["verdict"] == UNANSWERED}
    return [line.name for line in lines if line.enrolment in quiet]


@register.filter
def found_in_words(visit: Mapping[str, Any]) -> str:
    """Whom an inspector looked for and found; "" when nobody was looked for."""
    checks = visit["checks"]
    found = sum(check["outcome"] == CheckOutcome.FOUND for check in checks)
    return _("found %(found)s of %(asked)s") % {"found": found, "asked": len(checks)} if checks else ""


@register.filter
def of_entry(signatures: dict[int, list], entry_id: int) -> list:
    """The signatures under one page."""
    return signatures.get(entry_id, [])


@register.filter
def minutes_of_seconds(seconds: int) -> int:
    """Whole minutes, cut and not rounded."""
    return seconds // 60


@register.filter
def share(hundredths: int) -> str:
    """Hundredths of a percent as "91,66 %"."""
    return share_text(hundredths)


@register.filter
def parameter_name(name: str) -> str:
    """What people call one of the attendance rules."""
    return str(wording.PARAMETERS[name][0])


@register.filter
def reason_label(code: str) -> str:
    """A reason of an absence in the words of the law."""
    return str(REASONS[code].label) if code in REASONS else code
