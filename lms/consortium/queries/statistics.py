"""Figures about many people at once, with small groups kept back so that nobody can be found in them.

A figure about fewer than five people is not shown, and when only one group of a table would be kept back the next
smallest is kept back as well, or the total would give it away (ISTAT and Eurostat call this primary and secondary
suppression; the threshold is a parameter of the setting CONSORTIUM_SMALLEST_GROUP).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .records import standing_records

#: What figures can be grouped by: the name in the address, its label, and where it stands.
DIMENSIONS = {
    "municipality": (gettext_lazy("Municipality"), "enrolment__edition__agency__municipality"),
    "edition": (gettext_lazy("Edition"), "enrolment__edition__code"),
    "framework": (gettext_lazy("Framework"), "competency__framework__title"),
    "month": (gettext_lazy("Month"), "month"),
}


@dataclass(frozen=True)
class Figure:
    """One group: how many people hold how many standing records; None where the group is too small to show."""

    label: str
    people: int | None
    records: int | None

    @property
    def shown(self) -> bool:
        return self.people is not None


def figures(editions: QuerySet[Any], by: str, *, smallest: int) -> list[Figure]:
    """Standing records and the people who hold them, grouped, largest first (months in order). One query."""
    _label, path = DIMENSIONS[by]
    rows = standing_records(editions)
    if by == "month":
        rows = rows.annotate(month=TruncMonth("at"))
    counted = (
        rows.order_by()
        .values(path)
        .annotate(people=Count("person", distinct=True), records=Count("pk"))
        .order_by(path if by == "month" else "-people", path)
    )
    found = [Figure(_label_of(row[path], by), row["people"], row["records"]) for row in counted]
    return suppressed(found, smallest=smallest)


def suppressed(figures: Sequence[Figure], *, smallest: int) -> list[Figure]:
    """The figures with those of small groups removed, never exactly one of them. Pure."""
    hidden = {index for index, each in enumerate(figures) if (each.people or 0) < smallest}
    if len(hidden) == 1 and len(figures) > 1:
        rest = [index for index in range(len(figures)) if index not in hidden]
        hidden.add(min(rest, key=lambda index: figures[index].people or 0))
    return [
        replace(each, people=None, records=None) if index in hidden else each
        for index, each in enumerate(figures)
    ]


def total_of(editions: QuerySet[Any], *, smallest: int) -> Figure:
    """Everybody once, whatever the groups; kept back when it is small itself. One query."""
    counted = standing_records(editions).aggregate(people=Count("person", distinct=True), records=Count("pk"))
    (total,) = suppressed([Figure(_("Total"), counted["people"], counted["records"])], smallest=smallest)
    return total


def _label_of(value: Any, by: str) -> str:
    if by == "month":
        return formats.date_format(value, "F Y")
    return str(value) if value else _("Not stated")


@dataclass(frozen=True)
class Bar:
    """One bar of the drawing, in tenths of a percent of its width."""

    figure: Figure
    width: int


def bars(figures: Sequence[Figure]) -> list[Bar]:
    """The figures as bars, the longest as wide as the drawing; a group that is kept back has none."""
    longest = max((each.people or 0 for each in figures), default=0)
    return [Bar(each, round(1000 * (each.people or 0) / longest) if longest else 0) for each in figures]


def statistics_table(figures: Sequence[Figure], by: str) -> tuple[list[str], list[list[Any]]]:
    """Header and rows of the export; what is kept back says so."""
    kept = _("fewer than can be shown")
    header = [str(DIMENSIONS[by][0]), _("People"), _("Records that stand")]
    return header, [
        [
            each.label,
            kept if each.people is None else each.people,
            kept if each.records is None else each.records,
        ]
        for each in figures
    ]
