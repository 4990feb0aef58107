"""Telling a person something."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from .models import Channel, Notification, Sending
from .outbox import send, send_now
from .queries import due_sendings, notifications_for


@transaction.atomic
def notify(
    person: Any,
    *,
    subject: str,
    body: str,
    url: str = "",
    by_email: bool = True,
    by_sms: bool = False,
    at: datetime,
) -> Notification:
    """Put it in the person's list; outside the site it goes after commit, and again until it arrives.

    `url` is an address on this site. Channels that the person has no address for are left out. Takes no lock;
    calling twice tells twice.
    """
    notification = Notification.objects.create(
        recipient=person, subject=subject[:200], body=body, url=url, made_at=at
    )
    channels = [Channel.EMAIL] * bool(by_email and person.email) + [Channel.SMS] * bool(
        by_sms and person.phone
    )
    for channel in channels:
        row = Sending.objects.create(notification=notification, channel=channel, next_attempt_at=at)
        transaction.on_commit(partial(send.enqueue, row.pk))
    return notification


def send_due(*, at: datetime) -> int:
    """Try every row whose time has come; returns how many arrived. Safe beside other workers and repeats."""
    return sum(send_now(pk, at=at) for pk in due_sendings(at))


def mark_read(notification: Notification, *, at: datetime) -> None:
    """The first reading counts. Safe to call twice."""
    Notification.objects.filter(pk=notification.pk, read_at=None).update(read_at=at)


def mark_all_read(person: Any, *, at: datetime) -> int:
    """Safe to call twice."""
    return notifications_for(person).filter(read_at=None).update(read_at=at)
