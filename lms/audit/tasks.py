"""The worker's part: what has had its time goes, every night."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, lock_task

from .retention import carry_out


@db_periodic_task(crontab(hour="3", minute="40"))
@lock_task("audit.retention")
def keep_no_longer() -> None:
    carry_out(at=timezone.now())
