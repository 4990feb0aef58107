"""The secret calendar address of one person."""

from datetime import datetime
from typing import Any

from django.db import transaction

from lms.audit.actions import record
from lms.enrolments.models import CalendarFeed


@transaction.atomic
def make_feed(user: Any, *, at: datetime) -> CalendarFeed:
    """The person's calendar address, made if there is none. Takes no lock; safe to call twice."""
    feed, new = CalendarFeed.objects.get_or_create(user=user, revoked_at=None, defaults={"made_at": at})
    if new:
        record("write.calendar", by=user, subject=user, target=feed, purpose="make", at=at)
    return feed


@transaction.atomic
def revoke_feed(user: Any, *, at: datetime) -> None:
    """Close the person's calendar address for good. Takes no lock; safe to call twice."""
    if CalendarFeed.objects.filter(user=user, revoked_at=None).update(revoked_at=at):
        record("write.calendar", by=user, subject=user, purpose="revoke", at=at)
