"""Who may read which attempt."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404

from lms.enrolments.access import enrolments_worked_in

from .models import Attempt


def attempts_visible_to(user: Any) -> QuerySet[Attempt]:
    """One's own, and those of the editions one works in. Case professionals read results as pass or fail,
    from `queries.best_attempt`, never the answers."""
    if not user.is_authenticated:
        return Attempt.objects.none()
    return Attempt.objects.filter(
        Q(enrolment__person=user) | Q(enrolment__in=enrolments_worked_in(user).values("pk"))
    )


def attempt_for(user: Any, uuid: UUID | str) -> Attempt:
    """The attempt with this uuid, or 404."""
    try:
        return attempts_visible_to(user).get(uuid=uuid)
    except (Attempt.DoesNotExist, ValidationError) as error:
        raise Http404 from error


def own_attempt(enrolment: Any, activity_key: UUID, uuid: UUID | str) -> Attempt:
    """One sitting of one quiz by the enrolled person themselves, or 404. `enrolment` was fetched for them."""
    try:
        return Attempt.objects.get(enrolment=enrolment, activity_key=activity_key, uuid=uuid)
    except (Attempt.DoesNotExist, ValidationError) as error:
        raise Http404 from error
