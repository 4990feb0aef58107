"""Loads the demo content: two real courses, three editions, forty people, a register, records, a class open now.

`load()` is called once by ./run; killed half way and called again, it goes on from what is there.
`refresh()` is called at every start: the open class must be open today, not the day of the loading.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lms.errors import Refused


def load(*, password: str, say: Callable[[str], None] = print, at: datetime | None = None) -> None:
    """Every step is one transaction. Raises RuntimeError on production settings."""
    from . import people, records, runs, tree

    if not getattr(settings, "DEMO_ALLOWED", False):
        raise RuntimeError("Demo accounts are refused by these settings.")
    if people.others_live_here():
        say(
            "  left out: this data folder already holds people of yours (./run --data DIR for a demo of its own)"
        )
        return
    at = at or timezone.now()
    with transaction.atomic():
        say("  courses: two, with lessons, quizzes, pictures, audio and video")
        courses = tree.build(at)
    with transaction.atomic():
        say("  people: forty beneficiaries and those who follow and teach them")
        cast = people.build(password=password, at=at - timedelta(days=120))
    actors = runs.Stage(cast, courses, at)
    for run in runs.RUNS:
        with transaction.atomic():
            say(f"  edition {run.code}")
            runs.stage(run, actors)
    with transaction.atomic():
        say("  competencies and the consortium's receiver")
        records.build(cast, at)
    refresh(at)


def refresh(at: datetime | None = None) -> None:
    """Keep one class open now, and the receiver's address true. Safe to call at every start."""
    from . import records, runs

    at = at or timezone.now()
    if endpoint := os.environ.get("PONTE_DEMO_RECEIVER"):
        records.point_to(endpoint, at)
    try:
        runs.open_class_now(at)
    except Refused as no:
        print(f"No class could be opened for the demo: {no.sentence}", flush=True)


def main() -> None:
    """`python -m demo.load` loads; `python -m demo.load refresh` only opens today's class."""
    import sys

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.dev")
    django.setup()
    if sys.argv[1:] == ["refresh"]:
        refresh()
    else:
        load(password=os.environ["PONTE_DEMO_PASSWORD"])


if __name__ == "__main__":
    main()
