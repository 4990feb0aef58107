"""What tests copy instead of building it: migrated databases, and a data folder with the demo.

Each is made once for each state of the code, whoever asks first; `python -m tests.prepared` makes all of them, which
`./test` does beside its other checks. Several pytest workers may ask at once.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "test" / "prepared"
ROOMS = ("cms", "courses", "lms", "live")
PASSWORD = "una-prova-lunga"


def _digest(files: list[Path], seed: str = "") -> str:
    digest = hashlib.sha256(seed.encode())
    for file in files:
        digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def fingerprint() -> str:
    """Changes with every migration of ours and the fences they put up; those of packages change with the lock."""
    ours = sorted(
        file
        for room in ROOMS
        for pattern in ("migrations/*.py", "fences.py")
        for file in (ROOT / room).rglob(pattern)
    )
    return _digest([*ours, ROOT / "requirements-dev.lock"])


@contextmanager
def _alone(name: str) -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(arguments: list[str], env: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout[-3000:] + done.stderr[-3000:])


def _migrate(data: Path, database_url: str) -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "tests.site_settings", "PONTE_DATA_DIR": str(data)}
    _run(["manage.py", "migrate", "--verbosity", "0"], os.environ | settings | {"DATABASE_URL": database_url})


# ---------------------------------------------------------------- databases


def sqlite_template() -> Path:
    """The file of a migrated database."""
    template = FOLDER / f"{fingerprint()}.sqlite3"
    with _alone("sqlite"):
        if not template.exists():
            for old in FOLDER.glob("*.sqlite3"):
                old.unlink()
            draft = FOLDER / f"draft-{os.getpid()}"
            draft.mkdir(exist_ok=True)
            _migrate(draft, "")
            file = draft / "ponte.sqlite3"
            with sqlite3.connect(file) as database:  # everything into the one file that is copied
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            file.rename(template)
            shutil.rmtree(draft)
    return template


def postgresql_template(url: str) -> str:
    """The name of a migrated database on the server of this address."""
    base, _, _name = url.rpartition("/")
    template = f"ponte_site_{fingerprint()}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", (int(fingerprint(), 16) % 2**31,))
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (template,)).fetchone():
            draft = FOLDER / f"draft-postgresql-{os.getpid()}"
            draft.mkdir(parents=True, exist_ok=True)
            admin.execute(f'DROP DATABASE IF EXISTS "{template}_draft"')
            admin.execute(f'CREATE DATABASE "{template}_draft"')
            _migrate(draft, f"{base}/{template}_draft")
            admin.execute(f'ALTER DATABASE "{template}_draft" RENAME TO "{template}"')
            shutil.rmtree(draft)
    return template


def give_test_database(settings: dict[str, Any], *, anew: bool) -> None:
    """Let Django find this pytest worker's database migrated; `settings` are those of its connection."""
    if settings["ENGINE"].endswith("postgresql"):
        settings["TEST"]["TEMPLATE"] = postgresql_template(os.environ["DATABASE_URL"])
        return
    file = Path(settings["TEST"]["NAME"])
    stamp = Path(f"{file}.made-of")
    if anew or not file.exists() or not stamp.exists() or stamp.read_text() != fingerprint():
        stamp.unlink(missing_ok=True)
        for old in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
            old.unlink(missing_ok=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(sqlite_template(), file)
        stamp.write_text(fingerprint())


# ---------------------------------------------------------------- the demo


def demo_environment(data: Path) -> dict[str, str]:
    """The environment of `./run` on this data folder, whatever this shell has set."""
    data.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PONTE_", "DJANGO_"))}
    for name in ("DATABASE_URL", "REDIS_URL", "PYTEST_XDIST_WORKER"):
        kept.pop(name, None)
    return kept | {"PONTE_DATA_DIR": str(data), "PONTE_DEMO_PASSWORD": PASSWORD}


def demo_data() -> Path:
    """A data folder with the demo loaded. The day counts, because its dates follow today."""
    code = sorted(file for folder in ("demo", *ROOMS) for file in (ROOT / folder).rglob("*.py"))
    ready = FOLDER / f"demo-{_digest(code, date.today().isoformat())}"
    with _alone("demo"):
        if not ready.exists():
            for old in FOLDER.glob("demo-*"):
                if old.is_dir():
                    shutil.rmtree(old)
            draft = FOLDER / f"demo-draft-{os.getpid()}"
            environment = demo_environment(draft)
            shutil.copy(sqlite_template(), draft / "ponte.sqlite3")
            _run(["-m", "scripts.prepare"], environment)
            draft.rename(ready)
    return ready


def main() -> None:
    from scripts.services import find_services

    sqlite_template()
    demo_data()
    services, _missing = find_services()
    if services:
        postgresql_template(services.postgres)


if __name__ == "__main__":
    main()
