"""The worker's part: what a lost server leaves open, anchors that a crash left out, heads that leave the database."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from .actions import (
    close_expired_guests,
    reap_expired_leases,
    stamp_heads,
    tell_heads,
    write_missing_anchors,
)


@db_periodic_task(crontab(minute="*"))
def close_lost_connections() -> None:
    """Every minute: a process that stops renewing its lease is given up within two."""
    reap_expired_leases(at=timezone.now())


@db_periodic_task(crontab(minute="*/10"))
def make_up_for_missing_anchors() -> None:
    write_missing_anchors()


@db_periodic_task(crontab(minute="*/10"))
def have_heads_dated() -> None:
    """By the timestamp authority, where one is configured."""
    stamp_heads()


@db_periodic_task(crontab(hour="19", minute="30"))
def send_heads_to_directors() -> None:
    """In the evening, after the day's pages; who directs keeps the message."""
    tell_heads(at=timezone.now())


@db_periodic_task(crontab(minute="5"))
def shut_guests_whose_pass_is_over() -> None:
    """Their pass lets nobody in from its last second; this shuts the account as well."""
    close_expired_guests(at=timezone.now())
