"""The worker's part: pages appear and disappear on their day."""

from django.core.management import call_command
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, lock_task


@db_periodic_task(crontab(minute="*"))
@lock_task("cms.publish_due")
def publish_due() -> None:
    """Every minute: publish what was approved for a time that has come, take down what has expired."""
    call_command("publish_scheduled", verbosity=0)
