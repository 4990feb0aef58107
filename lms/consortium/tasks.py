"""The worker's part: deliver every minute, and at once when something new stands in the feed."""

from django.tasks import task
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from .actions import ask_all, deliver_pending, forget_files, make_files, remake_files


@db_periodic_task(crontab(minute="*"))
def deliver_every_minute() -> None:
    """What the enqueued task below did not do, this does: a lost job loses nothing. No file keeps what was deleted."""
    deliver_pending(at=timezone.now())
    remake_files(at=timezone.now())


@db_periodic_task(crontab(hour="2", minute="10"))
def reconcile_every_night() -> None:
    """Compare with each receiver what it has; the answers come with the deliveries that follow."""
    ask_all(at=timezone.now())


@db_periodic_task(crontab(hour="2", minute="20"))
def make_files_every_night() -> None:
    """What is new, in files for those without a system; files that are old go."""
    make_files(at=timezone.now())
    forget_files(at=timezone.now())


@task()
def deliver_now() -> None:
    deliver_pending(at=timezone.now())
