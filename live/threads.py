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

_pool: ThreadPoolExecutor | None = None


def pool() -> ThreadPoolExecutor:
    """This process's threads, made on first use so that a forked child has its own."""
    global _pool
    if _pool is None:
        _pool = ThreadPoolExecutor(settings.LIVE_THREADS, thread_name_prefix="live")
    return _pool


async def in_thread(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Run synchronous work that may use the database, and wait for it without holding the loop."""
    run = database_sync_to_async(partial(work, *args, **kwargs), thread_sensitive=False, executor=pool())
    return await run()
