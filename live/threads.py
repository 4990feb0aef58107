"""Database work for sockets, in threads of its own.

Channels runs synchronous work in one thread by default: 40 calls of 50 ms take 2 s, and one slow query holds
every answer to every probe. Each of these threads keeps its database connection between calls, as
CONN_MAX_AGE says, and drops it when it is broken.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings

#: two rooms that people come to and two that they leave (together.AT_ONCE), the evidence of all, and a look at rights
FOR_ATTENDANCE = 6

_pools: dict[str, ThreadPoolExecutor] = {}


def _pool(name: str, threads: int) -> ThreadPoolExecutor:
    """This process's threads, made on first use so that a forked child has its own."""
    if name not in _pools:
        _pools[name] = ThreadPoolExecutor(threads, thread_name_prefix=f"live-{name}")
    return _pools[name]


async def _run(pool: ThreadPoolExecutor, work: Callable[[], Any]) -> Any:
    return await database_sync_to_async(work, thread_sensitive=False, executor=pool)()


async def in_thread(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Run synchronous work that may use the database, and wait for it without holding the loop."""
    return await _run(_pool("messages", settings.LIVE_THREADS), partial(work, *args, **kwargs))


async def for_attendance(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The same for what minutes and rights hang on: it never waits behind what people say to each other."""
    return await _run(_pool("attendance", FOR_ATTENDANCE), partial(work, *args, **kwargs))
