"""Whether this process lives, and whether it can do its work."""

import time
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from huey.contrib.djhuey import HUEY

HEARTBEAT = "ponte.heartbeat"
LATE = 150  # seconds: the worker writes every minute


def beat(at: float) -> None:
    """Written by the worker; read by every server process from the queue they share."""
    HUEY.put(HEARTBEAT, at)


def database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


_migrated: list[bool] = []


def migrations() -> bool:
    """Every migration of this program's version is applied. Asked until it is true, then remembered."""
    if not _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _migrated.append(True)
    return True


@cache
def _redis():
    from redis import Redis

    return Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def redis() -> bool:
    return bool(_redis().ping())


def worker() -> bool:
    last = HUEY.get(HEARTBEAT, peek=True)
    return last is not None and time.time() - float(last) < LATE


def checks() -> dict[str, Callable[[], bool]]:
    found: dict[str, Callable[[], bool]] = {"database": database, "migrations": migrations, "worker": worker}
    if settings.REDIS_URL:
        found["redis"] = redis
    return found


def report() -> dict[str, str]:
    """Each check's name with "ok" or "failed"; never the error itself, which may name hosts and people."""
    result = {}
    for name, check in checks().items():
        try:
            result[name] = "ok" if check() else "failed"
        except Exception:  # whatever goes wrong means: not ready
            result[name] = "failed"
    return result
