"""The feed: sequenced records in their order, for whoever may have them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from ..models import CompetencyRecord, RecordQuerySet, Tombstone


@dataclass(frozen=True)
class FeedFilter:
    """Which part of the feed one reader may have (`kinds`, `editions`, `sent_by`) and asked for (the rest).

    `editions`: which ones, as ids or a query of ids; None means all, an empty set means none. `sent_by`: only
    people whom the agency with this id sent. `agency`: only editions of the body with this uuid. `tombstones`: of
    which editions it is told that a record was deleted, as `editions`.
    """

    kinds: frozenset[str] | None = None
    editions: Any = None
    sent_by: int | None = None
    tombstones: Any = None
    edition_code: str = ""
    agency: UUID | None = None
    framework_code: str = ""
    since: datetime | None = None


def feed(filters: FeedFilter) -> RecordQuerySet:
    """The sequenced records that the filter lets through, in feed order."""
    rows = CompetencyRecord.objects.filter(feed_seq__isnull=False)
    if filters.kinds is not None:
        rows = rows.filter(kind__in=filters.kinds)
    if filters.editions is not None:
        rows = rows.filter(enrolment__edition__in=filters.editions)
    if filters.sent_by is not None:
        rows = rows.filter(enrolment__referring_agency=filters.sent_by)
    if filters.agency is not None:
        rows = rows.filter(enrolment__edition__agency__uuid=filters.agency)
    if filters.edition_code:
        rows = rows.filter(enrolment__edition__code=filters.edition_code)
    if filters.framework_code:
        rows = rows.filter(competency__framework__code=filters.framework_code)
    if filters.since:
        rows = rows.filter(at__gte=filters.since)
    return rows.order_by("feed_seq")


def tombstones(filters: FeedFilter) -> QuerySet[Tombstone]:
    """The sequenced tombstones that a reader is told of, in feed order.

    They say only the number of a record, so the kind and the framework that were asked for, which went with it,
    hold none back, nor does an agreement that covers less by now: whoever has a copy must hear of it.
    """
    rows = Tombstone.objects.filter(feed_seq__isnull=False)
    if filters.tombstones is not None:
        rows = rows.filter(edition__in=filters.tombstones)
    if filters.agency is not None:
        rows = rows.filter(edition__agency__uuid=filters.agency)
    if filters.edition_code:
        rows = rows.filter(edition__code=filters.edition_code)
    if filters.since:
        rows = rows.filter(at__gte=filters.since)
    return rows.order_by("feed_seq")


def feed_after(
    cursor: int, limit: int, filters: FeedFilter | None = None
) -> list[CompetencyRecord | Tombstone]:
    """The next records and tombstones after a cursor. Nothing committed later ever appears before it."""
    asked = filters or FeedFilter()
    records = feed(asked).filter(feed_seq__gt=cursor).select_related("person")[:limit]
    stones = tombstones(asked).filter(feed_seq__gt=cursor).select_related("person")[:limit]
    return sorted([*records, *stones], key=lambda row: row.feed_seq or 0)[:limit]
