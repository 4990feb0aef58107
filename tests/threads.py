"""Several people at the same moment: threads, each with a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections


def at_once(works: Sequence[Callable[[], Any]], *, seconds: float = 60) -> list[Any]:
    """Start all of them together; their results or exceptions, in order."""
    gate = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def one(place: int, work: Callable[[], Any]) -> None:
        try:
            gate.wait(seconds)
            results[place] = work()
        except BaseException as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=one, args=(place, work), daemon=True) for place, work in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
        assert not thread.is_alive(), "somebody waits for ever"
    return results
