"""What the worker does by itself, and when."""

from datetime import datetime, timedelta

from django.utils.module_loading import autodiscover_modules
from huey.contrib.djhuey import HUEY


def times_in_a_day(name: str) -> int:
    """How many minutes of one day the worker runs this task in, as its own scheduler counts them."""
    autodiscover_modules("tasks")
    wanted = {str(task).split(":")[0]: task for task in HUEY._registry.periodic_tasks}[name]
    midnight = datetime(2026, 11, 25)
    return sum(wanted.validate_datetime(midnight + timedelta(minutes=minute)) for minute in range(24 * 60))


def test_pages_are_published_on_their_minute_and_old_data_forgotten_once_a_day():
    assert times_in_a_day("cms.tasks.publish_due") == 24 * 60
    assert times_in_a_day("lms.consortium.tasks.deliver_every_minute") == 24 * 60
    assert times_in_a_day("lms.people.tasks.forget_old_applications") == 1
    assert times_in_a_day("lms.service.tasks.forget_ended_sessions") == 1
