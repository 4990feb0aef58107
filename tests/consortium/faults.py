"""The steps of a delivery, and how a fault is put before or after one of them."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connection

from lms.consortium import disclosures
from lms.consortium.actions import deliveries as delivering
from lms.consortium.actions import sending

#: Where a worker may die: before or after one of its steps, or inside the transaction that settles.
STEPS = {
    "owe": (delivering, "fan_out"),
    "claim": (delivering, "claim"),
    "post": (sending, "_post"),
    "settle": (sending, "_settle"),
    "give back": (sending, "_give_back"),
    "tell the person": (disclosures, "delivered"),
    "note the line": (sending, "_note_the_line"),
}


def wrap(step: str, when: str, turn: int, hit: Callable[[], None], patch: Any = setattr) -> None:
    """Call `hit` at the `turn`-th time of a step, before it or after it."""
    module, name = STEPS[step]
    real, left = getattr(module, name), [turn]

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and when == "before":
            hit()
        result = real(*args, **kwargs)
        if left[0] == 0 and when == "after":
            hit()
        return result

    patch(module, name, wrapped)


def end_connections() -> None:
    """What a PostgreSQL that fails over does: every connection to this database ends, whatever it was doing."""
    settings = connection.settings_dict
    address = {
        "host": settings["HOST"] or None,
        "port": settings["PORT"] or None,
        "user": settings["USER"] or None,
        "password": settings["PASSWORD"] or None,
    }
    with psycopg.connect(dbname="postgres", autocommit=True, **address) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [settings["NAME"]]
        )


def stop_server(process: int) -> None:
    """What a PostgreSQL that crashes does: nothing is written any more, and nobody answers. Back when it is gone."""
    os.kill(process, signal.SIGQUIT)
    try:
        while True:  # until its parent has taken note of its end
            os.kill(process, 0)
            time.sleep(0.02)
    except ProcessLookupError:
        pass
