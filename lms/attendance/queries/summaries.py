"""Attendance of many learners at once, for the pages of those who follow them. Never a decision, only facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum
from django.utils import timezone

from ..models import AttendanceStatus, RegisterLine, RegisterPage, StudyInterval


@dataclass
class Signs:
    """What shows how one learner is going: closed classes missed (all, and in a row up to the last one), the
    last moment in a class or at a lesson, and the minutes of each of the last weeks, oldest first."""

    weeks: list[int]
    absences: int = 0
    absent_in_a_row: int = 0
    last: datetime | None = None

    def seen(self, at: datetime | None) -> None:
        if at and (self.last is None or at > self.last):
            self.last = at


def signs_of(enrolment_ids: Iterable[int], *, today: date, weeks: int = 4) -> dict[int, Signs]:
    """The signs of many learners in two queries. A week is seven days ending with `today`."""
    found = {pk: Signs(weeks=[0] * weeks) for pk in enrolment_ids}
    first = today - timedelta(days=7 * weeks - 1)

    def add(enrolment: int, at: datetime, minutes: int) -> None:
        day = timezone.localtime(at).date()
        if first <= day <= today:
            found[enrolment].weeks[(day - first).days // 7] += minutes

    lines = RegisterLine.objects.filter(enrolment__in=found).order_by("page__session__starts_at")
    for pk, status, minutes, at, out in lines.values_list(
        "enrolment", "status", "minutes", "page__session__starts_at", "last_out"
    ):
        signs = found[pk]
        absent = status == AttendanceStatus.ABSENT
        signs.absences += absent
        signs.absent_in_a_row = signs.absent_in_a_row + 1 if absent else 0
        signs.seen(out)
        add(pk, at, minutes)
    midnights = [
        timezone.make_aware(datetime.combine(first + timedelta(days=7 * week), time.min))
        for week in range(weeks + 1)
    ]
    by_week = {
        f"week_{week}": Sum("seconds", filter=Q(started_at__gte=since, started_at__lt=until), default=0)
        for week, (since, until) in enumerate(pairwise(midnights))
    }
    study = StudyInterval.objects.filter(enrolment__in=found).order_by().values_list("enrolment")
    for pk, at, *studied in study.annotate(at=Max("last_seen_at"), **by_week):
        signs = found[pk]
        signs.seen(at)
        signs.weeks = [
            minutes + round(seconds / 60) for minutes, seconds in zip(signs.weeks, studied, strict=True)
        ]
    return found


def lines_of(enrolment_ids: Iterable[int]) -> QuerySet[RegisterLine]:
    """What closed pages say of these learners, class by class, newest first, with the class loaded."""
    rows = RegisterLine.objects.filter(enrolment__in=list(enrolment_ids))
    return rows.select_related("page__session").order_by("-page__session__starts_at")


def pages_to_close(editions: QuerySet, *, at: datetime, limit: int = 10) -> list[Any]:
    """Classes that were held and whose page is still open, oldest first; those under way are left out."""
    pages = RegisterPage.objects.filter(
        session__edition__in=editions.order_by().values("pk"), started_at__lt=at, closed_at=None
    ).exclude(ended_at=None, session__ends_at__gt=at)
    return [page.session for page in pages.select_related("session__edition").order_by("started_at")[:limit]]
