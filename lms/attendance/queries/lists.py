"""Lists of classes: filtering and the rows that a list shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from .. import rules
from ..models import RegisterLine

_STATES = {
    rules.PLANNED: Q(register_page__isnull=True) | Q(register_page__started_at__isnull=True),
    rules.OPEN: Q(register_page__started_at__isnull=False, register_page__ended_at__isnull=True),
    rules.ENDED: Q(register_page__ended_at__isnull=False, register_page__closed_at__isnull=True),
    rules.CLOSED: Q(register_page__closed_at__isnull=False),
}


@dataclass(frozen=True)
class ClassRow:
    """One class in a list."""

    session: Any
    state: str
    number: int | None
    present: int
    learners: int


def day_bounds(day: Any) -> tuple[datetime, datetime]:
    """Midnight to midnight in Rome, whatever the clocks do that day."""
    zone = timezone.get_default_timezone()
    return (
        timezone.make_aware(datetime.combine(day, time.min), zone),
        timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min), zone),
    )


def filtered(sessions: QuerySet, chosen: Mapping[str, Any], *, at: datetime) -> QuerySet:
    """The classes that match; without a state or a day, those until the end of today. Newest first."""
    sessions = sessions.filter(cancelled_at__isnull=True)
    if edition := chosen.get("edition"):
        sessions = sessions.filter(edition__code=edition)
    if day := chosen.get("day"):
        begins, ends = day_bounds(day)
        sessions = sessions.filter(starts_at__gte=begins, starts_at__lt=ends)
    if state := chosen.get("state"):
        sessions = sessions.filter(_STATES[state])
    elif not day:
        sessions = sessions.filter(starts_at__lt=day_bounds(timezone.localtime(at).date())[1])
    return (
        sessions.order_by("starts_at", "id")
        if state == rules.PLANNED
        else sessions.order_by("-starts_at", "-id")
    )


def class_rows(sessions: Iterable[Any]) -> list[ClassRow]:
    """The rows of one page of the list: one query more for the counts of the closed ones."""
    sessions = list(sessions)
    pages = {s.pk: getattr(s, "register_page", None) for s in sessions}
    counts: dict[int, Any] = {
        row["page"]: row
        for row in RegisterLine.objects.filter(page__in=[p.pk for p in pages.values() if p and p.closed_at])
        .values("page")
        .annotate(present=Count("pk", filter=Q(minutes__gt=0)), learners=Count("pk"))
    }
    rows = []
    for session in sessions:
        page = pages[session.pk]
        state = rules.PLANNED
        if page:
            state = rules.class_state(
                started_at=page.started_at, ended_at=page.ended_at, closed_at=page.closed_at
            )
        count = counts.get(page.pk, {}) if page else {}
        rows.append(
            ClassRow(
                session,
                state,
                page.number if page else None,
                count.get("present", 0),
                count.get("learners", 0),
            )
        )
    return rows
