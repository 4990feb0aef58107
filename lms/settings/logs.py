"""Where log lines go: to the terminal in words, in production one JSON object a line. No personal data in either."""

import re
from typing import Any

import structlog

# What PostgreSQL adds to an error repeats the row: "Key (email)=(amina@…) already exists".
_ROW_DETAIL = re.compile(r"(DETAIL|CONTEXT|PARAMETERS):.*", re.DOTALL)
_PERSONAL = {"user", "user_id", "username", "email", "phone", "ip", "password", "codice_fiscale", "name"}


def without_people(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Drops fields that name a person, and the copies of rows in the database's error messages."""
    for key in _PERSONAL & event.keys():
        del event[key]
    for key in ("event", "exception"):
        if isinstance(event.get(key), str):
            event[key] = _ROW_DETAIL.sub(r"\1: (left out)", event[key])
    return event


def logging_config(*, as_json: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING; also sets structlog up."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Any] = (
        [structlog.processors.format_exc_info, without_people, structlog.processors.JSONRenderer()]
        if as_json
        else [
            without_people,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
            }
        },
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {
            "django": {"handlers": ["out"], "level": level, "propagate": False},
            # One line per refused or missing page is what ponte.request already writes.
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "huey": {"level": level},
            "django.tasks": {
                "level": "WARNING"
            },  # the hundreds of jobs that went well would hide the one that did not
            "daphne": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "wagtail": {"level": "WARNING"},  # content has its own history, with who and when
        },
    }
