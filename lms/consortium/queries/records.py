"""Records that entered the feed, as the desk lists, counts and exports them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.competencies import queries as competencies


def received(
    user: Any,
    *,
    edition: str = "",
    municipality: str = "",
    month: str = "",
    framework: str = "",
    search: str = "",
) -> QuerySet[Any]:
    """Records that entered the feed, as far as this person may see them, newest first."""
    rows = competencies.records_visible_to(user).filter(feed_seq__isnull=False)
    if edition:
        rows = rows.filter(enrolment__edition__code=edition)
    if framework:
        rows = rows.filter(competency__framework__code=framework)
    if municipality:
        rows = rows.filter(enrolment__edition__agency__municipality=municipality)
    if month:
        year, number = (int(part) for part in month.split("-"))
        rows = rows.filter(at__year=year, at__month=number)
    if search:
        rows = rows.filter(Q(competency__title__icontains=search) | Q(competency__code__iexact=search))
    return rows.select_related("person__pseudonym").order_by("-feed_seq")


@dataclass(frozen=True)
class EditionTotal:
    """One line of the table of totals. `standing` = `awarded` − `revoked`: shown so that it reconciles."""

    code: str
    title: str
    agency: str
    people: int
    awarded: int
    revoked: int

    @property
    def standing(self) -> int:
        return self.awarded - self.revoked

    @classmethod
    def sum_of(cls, rows: list["EditionTotal"]) -> "EditionTotal":
        """The last line of the table. People are not added up: one person may be in two editions."""
        awarded, revoked = sum(row.awarded for row in rows), sum(row.revoked for row in rows)
        return cls(code="", title="", agency="", people=0, awarded=awarded, revoked=revoked)


def counted_records(editions: QuerySet[Any]) -> QuerySet[Any]:
    """The records of these editions that entered the feed: to be counted, not shown one by one."""
    return competencies.records_in(editions).filter(feed_seq__isnull=False)


def standing_records(editions: QuerySet[Any]) -> QuerySet[Any]:
    """Of those, the awards that nothing revoked."""
    return competencies.records_in(editions).standing().filter(feed_seq__isnull=False)


def records_table(records: QuerySet[Any]) -> tuple[list[str], Iterator[list[Any]]]:
    """Header and rows of the export: pseudonyms, no names."""
    header = [
        _("Place in the feed"),
        _("Event"),
        _("Record"),
        _("Pseudonym"),
        _("Edition"),
        _("Framework"),
        _("Code"),
        _("Competency"),
        _("Level"),
        _("Written"),
        "SHA-256",
    ]
    return header, (_table_row(record) for record in records.iterator(chunk_size=500))


def _table_row(record: Any) -> list[Any]:
    competency = record.competency
    return [
        record.feed_seq,
        record.get_event_display(),
        str(record.uuid),
        str(record.person.pseudonym.uuid),
        record.enrolment.edition.code,
        str(competency.framework) if competency else "",
        competency.code if competency else "",
        competency.title if competency else record.get_kind_display(),
        record.level.title if record.level else "",
        timezone.localtime(record.at).isoformat(timespec="minutes"),
        record.sha256,
    ]


def editions_of_records(records: QuerySet[Any]) -> set[str]:
    """The codes of the editions that these records come from."""
    return set(records.order_by().values_list("enrolment__edition__code", flat=True).distinct())


def totals_by_edition(records: QuerySet[Any]) -> list[EditionTotal]:
    """Awards, revocations and people per edition. One query."""
    rows = (
        records.order_by()
        .values("enrolment__edition__code", "enrolment__edition__title", "enrolment__edition__agency__name")
        .annotate(
            people=Count("person", distinct=True),
            awarded=Count("pk", filter=Q(event="awarded")),
            revoked=Count("pk", filter=Q(event="revoked")),
        )
        .order_by("enrolment__edition__code")
    )
    return [
        EditionTotal(
            code=row["enrolment__edition__code"],
            title=row["enrolment__edition__title"],
            agency=row["enrolment__edition__agency__name"],
            people=row["people"],
            awarded=row["awarded"],
            revoked=row["revoked"],
        )
        for row in rows
    ]


def choices_of(records: QuerySet[Any]) -> dict[str, list[Any]]:
    """What the filters of the list can be set to: editions, frameworks and months that occur."""
    plain = records.order_by()
    return {
        "editions": list(
            plain.values_list("enrolment__edition__code", "enrolment__edition__title")
            .distinct()
            .order_by("enrolment__edition__code")
        ),
        "municipalities": list(
            plain.exclude(enrolment__edition__agency__municipality="")
            .values_list("enrolment__edition__agency__municipality", flat=True)
            .distinct()
            .order_by("enrolment__edition__agency__municipality")
        ),
        "frameworks": list(
            plain.filter(competency__isnull=False)
            .values_list("competency__framework__code", "competency__framework__title")
            .distinct()
            .order_by("competency__framework__title")
        ),
        "months": list(plain.dates("at", "month", order="DESC")),
    }
