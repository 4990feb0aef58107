"""The worker's part: drawing the pages of slides."""

from django.tasks import task
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from .actions import decks_to_prepare, prepare_deck


@task()
def prepare_slides(deck_id: int) -> bool:
    """Draw one deck now. A repeat, or a deck that another worker has, does nothing."""
    return prepare_deck(deck_id, at=timezone.now())


@db_periodic_task(crontab(minute="*"))
def prepare_waiting_slides() -> None:
    """What a lost job or a killed worker left."""
    for deck_id in decks_to_prepare(at=timezone.now()):
        prepare_deck(deck_id, at=timezone.now())
