"""What processes share besides the database: cache, channel layer, job queue. Redis where there is one."""

from pathlib import Path
from typing import Any

Settings = dict[str, Any]


def shared_stores(redis_url: str, folder: Path) -> tuple[Settings, Settings, Settings]:
    """Django's CACHES, Channels' CHANNEL_LAYERS and huey's HUEY. Without Redis one server process is the limit."""
    if redis_url:
        return (
            {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}},
            {
                "default": {
                    "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
                    # Without this, idle sockets drop, and that falsifies attendance.
                    "CONFIG": {"hosts": [{"address": redis_url, "socket_timeout": None}]},
                }
            },
            {"huey_class": "huey.RedisHuey", "name": "ponte", "url": redis_url, "immediate": False},
        )
    return (
        {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
        {
            "huey_class": "huey.SqliteHuey",
            "name": "ponte",
            "filename": str(folder / "jobs.sqlite3"),
            "immediate": False,
        },
    )
