"""Reading what people were told."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from .models import Notification, Sending


def notifications_for(user: Any) -> QuerySet[Notification]:
    """One's own list, newest first."""
    return Notification.objects.filter(recipient_id=user.pk)


def unread_count(user: Any) -> int:
    return notifications_for(user).filter(read_at=None).count()


def due_sendings(at: datetime, limit: int = 200) -> list[int]:
    """Ids of the rows whose next attempt has come."""
    rows = Sending.objects.filter(state=Sending.State.WAITING, next_attempt_at__lte=at)
    return list(rows.order_by("next_attempt_at").values_list("pk", flat=True)[:limit])


def failed_sendings() -> QuerySet[Sending]:
    """Rows that need a person."""
    return Sending.objects.filter(state=Sending.State.FAILED).select_related("notification__recipient")
