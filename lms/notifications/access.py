"""One's own notifications, nobody else's."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from .models import Notification
from .queries import notifications_for


def notifications_visible_to(user: Any) -> QuerySet[Notification]:
    return notifications_for(user) if user.is_authenticated else Notification.objects.none()


def notification_for(user: Any, uuid: UUID) -> Notification:
    found = notifications_visible_to(user).filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found
