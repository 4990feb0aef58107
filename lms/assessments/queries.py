"""Reading attempts, without asking who reads."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from .models import Attempt


def open_attempt_of(enrolment: Any, activity_key: UUID) -> Attempt | None:
    """The sitting that is under way, if any."""
    return Attempt.objects.filter(
        enrolment=enrolment, activity_key=activity_key, submitted_at__isnull=True
    ).first()


def handed_in(enrolment: Any, activity_key: UUID) -> list[Attempt]:
    """The attempts that were marked, newest first."""
    return list(
        Attempt.objects.filter(
            enrolment=enrolment, activity_key=activity_key, submitted_at__isnull=False
        ).order_by("-number")
    )


def best_attempt(enrolment: Any, activity_key: UUID) -> Attempt | None:
    """The attempt that counts: the one with the best score, the earliest of equals."""
    return (
        Attempt.objects.filter(enrolment=enrolment, activity_key=activity_key, submitted_at__isnull=False)
        .order_by("-passed", "-score", "number")
        .first()
    )


def passed_keys(enrolment: Any) -> set[UUID]:
    """The quizzes that this enrolled person has passed."""
    return set(
        Attempt.objects.filter(enrolment=enrolment, passed=True).values_list("activity_key", flat=True)
    )


def attempts_for(enrolment: Any) -> QuerySet[Attempt]:
    """Every marked attempt of one enrolment, in order, without the heavy snapshot."""
    return (
        Attempt.objects.filter(enrolment=enrolment, submitted_at__isnull=False)
        .defer("snapshot", "answers", "marks")
        .order_by("submitted_at", "id")
    )


def attempts_by_enrolment(enrolment_ids: Iterable[int]) -> dict[int, list[Attempt]]:
    """The marked attempts of many enrolments. One query."""
    found: dict[int, list[Attempt]] = {pk: [] for pk in enrolment_ids}
    rows = Attempt.objects.filter(enrolment__in=found, submitted_at__isnull=False)
    for attempt in rows.defer("snapshot", "answers", "marks").order_by("submitted_at", "id"):
        found[attempt.enrolment_id].append(attempt)
    return found


def marks_by_enrolment(enrolment_ids: Iterable[int]) -> dict[int, list[Attempt]]:
    """The same with the marks of each question, which are heavier. One query."""
    found: dict[int, list[Attempt]] = {pk: [] for pk in enrolment_ids}
    rows = Attempt.objects.filter(enrolment__in=found, submitted_at__isnull=False)
    for attempt in rows.defer("snapshot", "answers").order_by("submitted_at", "id"):
        found[attempt.enrolment_id].append(attempt)
    return found
