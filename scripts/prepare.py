"""Every setting-up step in one process, because each start of Django costs seconds: `python -m scripts.prepare`.

Runs between the package installation (scripts/bootstrap.sh) and the server (scripts/run.py). A step that was done
is remembered in the data folder after it is done, so a killed setup is simply run again.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from . import assets, messages, sentences
from .accounts import demo_password
from .family import leave_with_parent
from .stamps import ROOT, Stamps, digest, environment_hash, migrations_hash


def say(text: str) -> None:
    print(f"· {text}", flush=True)


def static_hash() -> str:
    built = sorted(file for file in assets.DIST.rglob("*") if file.is_file() and file.name != ".stamp")
    return digest([ROOT / "requirements.lock", *built]) + environment_hash()


def _database_lives(data: Path) -> bool:
    """Whether the database that the stamps speak of is still there, without starting Django."""
    url = os.environ.get("DATABASE_URL", "").strip()
    if not url:
        return (data / "ponte.sqlite3").exists()
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.execute("SELECT to_regclass('django_migrations')").fetchone() != (None,)
    except psycopg.OperationalError as error:
        raise sentences.Stop(
            "The database of DATABASE_URL does not answer: start it, or leave DATABASE_URL empty for SQLite."
        ) from error


def demo_exists() -> bool:
    return (ROOT / "demo" / "load.py").exists()


def needed(data: Path, *, demo: bool) -> list[str]:
    """The steps that are still to do, in order; empty at a second start."""
    stamps = Stamps(data)
    steps = []
    if messages.stale():
        steps.append("messages")
    if not assets.fresh():
        steps.append("assets")
    collected = (data / "static" / "staticfiles.json").exists()
    if not collected or "assets" in steps or not stamps.holds("static", static_hash()):
        steps.append("static")
    lives = _database_lives(data)
    if not lives or not stamps.holds("database", migrations_hash() + environment_hash()):
        steps.append("database")
    if demo and demo_exists() and not (lives and stamps.holds("demo", environment_hash())):
        steps.append("demo")
    return steps


def _database(data: Path) -> None:
    from django.core.management import call_command
    from django.db import connection

    def migrate(file: Path | None = None) -> None:
        before = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = file or before
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before

    file = data / "ponte.sqlite3"
    if connection.vendor == "sqlite":
        say("Database" + ("" if file.exists() else " (half a minute the first time)"))
        change_a_copy(file, migrate)
    else:
        say("Database")
        migrate()


def change_a_copy(file: Path, change: Callable[[Path], None]) -> None:
    """Change a copy of a SQLite database, then put it in the place of the file; whoever is killed changed nothing.

    Some migrations of packages are not one transaction on SQLite: killed in one, the file itself could be migrated
    neither on nor anew. Nobody else may have the file open.
    """
    draft = file.with_name(f"{file.name}.draft")
    for old in file.parent.glob(f"{draft.name}*"):
        old.unlink()
    if file.exists():
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(draft)) as target:
            source.backup(target)
    change(draft)
    for database in (draft, file):  # what a log beside it still holds goes into each, and the logs go
        if database.exists():
            with closing(sqlite3.connect(database)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    draft.replace(file)


def _static(_data: Path) -> None:
    from django.core.management import call_command

    say("Static files")
    call_command("collectstatic", interactive=False, verbosity=0)


def _demo(data: Path) -> None:
    from demo import load

    say("Demo content, once (a minute or two)")
    load.load(password=demo_password(data), say=say)


def prepare(data: Path, steps: list[str]) -> None:
    """Does the steps in order. Safe to be killed and run again."""
    stamps = Stamps(data)
    if "messages" in steps:
        say("Translations")
        messages.compile_messages()
    if "assets" in steps:
        say("The look: styles, scripts, icons")
        assets.build()
    if not {"static", "database", "demo"} & set(steps):
        return
    # Taken before the work: a source that changes meanwhile is then done again at the next start.
    facts = {
        "static": static_hash(),
        "database": migrations_hash() + environment_hash(),
        "demo": environment_hash(),
    }
    import django

    os.environ["PONTE_SETTING_UP"] = "1"
    django.setup()
    for step, work in (("static", _static), ("database", _database), ("demo", _demo)):
        if step in steps:
            if step == "static" and stamps.holds(step, facts[step]) and (data / "static").exists():
                continue  # a source changed, and nothing that is served
            began = time.monotonic()
            work(data)
            stamps.keep(step, facts[step])
            if time.monotonic() - began > 5:
                say(f"  done in {time.monotonic() - began:.0f} s")


def main() -> None:
    leave_with_parent()
    parser = argparse.ArgumentParser(prog="prepare", description=__doc__)
    parser.add_argument("--no-demo", action="store_true", help="leave the demo content out")
    options = parser.parse_args()
    data = Path(os.environ.get("PONTE_DATA_DIR") or ROOT / "var").resolve()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.dev")
    try:
        sentences.check_data_folder(data)
        prepare(data, needed(data, demo=not options.no_demo))
    except (sentences.Stop, assets.AssetsFailed) as stop:
        sys.exit(str(stop))
    except Exception as error:
        known = sentences.of_error(error, data)
        if known is None:
            raise
        sys.exit(known)


if __name__ == "__main__":
    main()
