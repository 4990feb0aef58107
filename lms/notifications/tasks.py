"""What the worker does every minute."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, lock_task

from .actions import send_due


@db_periodic_task(crontab(minute="*"))
@lock_task("notifications.send_due")
def send_waiting() -> None:
    """Send again what did not arrive."""
    send_due(at=timezone.now())
