"""Reading the environment: the only place where configuration enters the program.

Every variable is listed in docs/configuration.md.
"""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool = False) -> bool:
    value = text(name)
    return default if not value else value.lower() in {"1", "true", "yes", "on", "si", "sì"}


def number(name: str, default: int) -> int:
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def choice(name: str, choices: dict[str, str]) -> str:
    """What the chosen word stands for; the first one without a choice."""
    value = text(name) or next(iter(choices))
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return choices[value]


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def required(name: str, what: str) -> str:
    """The value, or one clear sentence when it is missing."""
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"Set {name}: {what}")
    return value


def database(url: str, sqlite_file: Path) -> dict:
    """Django's DATABASES entry for DATABASE_URL, or SQLite in the data folder when it is empty.

    Accepts postgres://user:password@host:port/name?option=value; an empty host means the local socket.
    Raises ImproperlyConfigured for any other scheme.
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": sqlite_file,
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// (leave it empty for SQLite).")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def mailers(url: str, folder: Path) -> dict:
    """Django's MAILERS for PONTE_EMAIL_URL, or files in that folder when it is empty.

    Accepts smtp://user:password@host:port, with ?tls=1 (STARTTLS) or smtps:// (TLS from the start), and
    console:// for the terminal.
    """
    if not url:
        backend = "filebased.EmailBackend"
        options: dict[str, object] = {"file_path": str(folder)}
    elif url.startswith("console:"):
        backend, options = "console.EmailBackend", {}
    else:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ImproperlyConfigured("PONTE_EMAIL_URL must begin with smtp://, smtps:// or console://.")
        backend = "smtp.EmailBackend"
        options = {
            "host": parts.hostname,
            "port": parts.port or (465 if parts.scheme == "smtps" else 25),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": parts.scheme == "smtps",
            "use_tls": dict(parse_qsl(parts.query)).get("tls") == "1",
            "timeout": 15,
        }
    return {"default": {"BACKEND": f"django.core.mail.backends.{backend}", "OPTIONS": options}}
