"""The services a second run of the tests uses, when they answer."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

POSTGRES = "PONTE_TEST_DATABASE_URL"
REDIS = "PONTE_TEST_REDIS_URL"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Services:
    """Addresses of a PostgreSQL server (its maintenance database) and of a Redis server."""

    postgres: str
    redis: str


def find_services() -> tuple[Services | None, list[str]]:
    """The services, or None and what is missing."""
    postgres = _answering_postgres()
    redis = _answering_redis()
    missing = []
    if not postgres:
        missing.append(f"PostgreSQL does not answer on 127.0.0.1:5432 (another address: {POSTGRES}).")
    if not redis:
        missing.append(f"Redis does not answer on 127.0.0.1:6379 (another address: {REDIS}).")
    return (Services(postgres, redis) if postgres and redis else None), missing


def _answering_postgres() -> str:
    import psycopg

    given = os.environ.get(POSTGRES, "").strip()
    for url in [given] if given else ["postgres://postgres@127.0.0.1:5432/postgres", "postgres:///postgres"]:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.Error:
            continue
        return url
    return ""


def _answering_redis() -> str:
    import redis

    url = os.environ.get(REDIS, "").strip() or "redis://127.0.0.1:6379"
    try:
        redis.Redis.from_url(url, socket_connect_timeout=2).ping()
    except redis.RedisError:
        return ""
    return url


@contextmanager
def addresses(services: Services) -> Iterator[dict[str, str]]:
    """DATABASE_URL and REDIS_URL of a run of its own: everything it makes is dropped at the end."""
    import psycopg
    import redis
    from psycopg import sql

    name = f"ponte_check_{os.getpid()}"
    server = urlsplit(services.postgres)
    url = services.redis.rstrip("/")
    # Numbers 8 and up; each pytest worker takes the next one (lms/settings/test.py).
    numbers = range(8, 12)
    clients = [redis.Redis.from_url(f"{url}/{number}") for number in numbers]
    for client in clients:
        client.flushdb()
    try:
        yield {
            "DATABASE_URL": server._replace(path=f"/{name}").geturl(),
            "REDIS_URL": f"{url}/{numbers.start}",
        }
    finally:
        for client in clients:
            client.flushdb()
            client.close()
        with psycopg.connect(services.postgres, autocommit=True) as connection:
            left = connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"test_{name}%"]
            )
            for (database,) in left.fetchall():
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))


def browser() -> str:
    """The system's Chromium, or an empty string."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), "")
