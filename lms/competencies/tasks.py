"""The worker's part: forget in time what people shared."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from .actions import forget_shares


@db_periodic_task(crontab(hour="3", minute="25"))
def forget_old_shares() -> None:
    forget_shares(at=timezone.now())
