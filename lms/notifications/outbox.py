"""Sending what waits: the task, and the one function that sends one row."""

from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import timezone, translation

from lms.people.sms import send_sms

from .models import Channel, Sending
from .rules import claimed_until, next_attempt

log = structlog.get_logger(__name__)


@task()
def send(sending_id: int) -> bool:
    """Send one row now. A repeat, or a row that another worker holds, does nothing."""
    return send_now(sending_id, at=timezone.now())


def send_now(sending_id: int, *, at: datetime) -> bool:
    """Claim the row, hand it over, write what happened. Locks the row only to claim it, never while sending.

    At least once: a worker killed between the carrier and the last write sends again.
    """
    with transaction.atomic():
        row = (
            Sending.objects.select_for_update()
            .filter(pk=sending_id, state=Sending.State.WAITING, next_attempt_at__lte=at)
            .first()
        )
        if row is None:
            return False
        row.next_attempt_at = claimed_until(at)
        row.attempts += 1
        row.save(update_fields=["next_attempt_at", "attempts"])
    try:
        _hand_over(row)
    except Exception as error:  # whatever a carrier does, the row says so and waits
        later = next_attempt(row.attempts, at)
        row.last_error = f"{type(error).__name__}: {error}"[:300]
        row.state = Sending.State.WAITING if later else Sending.State.FAILED
        row.next_attempt_at = later or at
        row.save(update_fields=["last_error", "state", "next_attempt_at"])
        log.warning("sending.failed", sending=row.pk, attempts=row.attempts, error=row.last_error)
        return False
    row.state, row.sent_at, row.last_error = Sending.State.SENT, at, ""
    row.save(update_fields=["state", "sent_at", "last_error"])
    return True


def _hand_over(row: Sending) -> None:
    notification = row.notification
    person = notification.recipient
    link = f"{settings.SITE_URL}{notification.url}" if notification.url else ""
    if row.channel == Channel.SMS:
        send_sms(str(person.phone), " ".join(filter(None, (notification.subject, link))))
        return
    with translation.override(person.preferred_language):
        context = {"notification": notification, "person": person, "link": link, "site": settings.SITE_NAME}
        message = EmailMultiAlternatives(
            subject=notification.subject,
            body=render_to_string("notifications/email.txt", context),
            to=[person.email],
        )
        message.attach_alternative(render_to_string("notifications/email.html", context), "text/html")
        message.send()
