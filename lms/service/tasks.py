"""The worker's sign of life, and the sessions that are over."""

import time

from django.core.management import call_command
from huey import crontab
from huey.contrib.djhuey import HUEY, db_periodic_task, on_startup, periodic_task

from .health import beat


@on_startup()
def first_beat() -> None:
    # Every worker thread calls this; one line in the queue's storage is written over.
    beat(time.time())


@periodic_task(crontab(minute="*"), name="heartbeat")
def heartbeat() -> None:
    beat(time.time())


@db_periodic_task(crontab(hour="3", minute="20"))
def forget_ended_sessions() -> None:
    call_command("clearsessions")


__all__ = ["HUEY", "first_beat", "heartbeat"]
