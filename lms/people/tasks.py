"""The worker's part: forget in time who asked for an account."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from .actions import forget_applications


@db_periodic_task(crontab(hour="3", minute="10"))
def forget_old_applications() -> None:
    forget_applications(at=timezone.now())
