"""The worker's part: writing the frameworks that an editor brought."""

from django.tasks import task
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from .actions import imports_to_run, run_import


@task()
def write_framework(import_id: int) -> bool:
    """Write one import now. A repeat, or an import that another worker has, does nothing."""
    return run_import(import_id, now=timezone.now)


@db_periodic_task(crontab(minute="*"))
def write_waiting_frameworks() -> None:
    """What a lost job or a killed worker left."""
    for import_id in imports_to_run(at=timezone.now()):
        run_import(import_id, now=timezone.now)
