"""A real site for a test: daphne (and, if asked, the job worker) as processes, with a database of its own.

    with start_site(tmp_path) as site:
        with site.database():          # this process's ORM now writes into the site's database
            world = build_body("Qui")
            cookies = site.sign_in(world.trainer)
        httpx.get(site.url + "/", cookies=cookies)
        site.kill()                    # kill -9
        site.start_server()            # again, at the same address

The database is a copy of a migrated one (tests/prepared.py). Everything is stopped
by its process id.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from django.test import Client

from tests import prepared

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = "tests.site_settings"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """`url` is where it answers; `pids` are its processes; `log` what they said."""

    def __init__(
        self, data_dir: Path, env: dict[str, str], *, server: str = "daphne", module: str = "scripts.serve"
    ) -> None:
        self.data_dir, self.server_kind, self.module = Path(data_dir), server, module
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.data_dir / "site.log"
        self.env = os.environ | {
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "PONTE_DATA_DIR": str(self.data_dir),
            "PONTE_SITE_URL": self.url,
            "PYTHONUNBUFFERED": "1",
            **env,
        }
        self.database_name = self._make_database()
        self.server: subprocess.Popen | None = None
        self.worker: subprocess.Popen | None = None

    # ---------------------------------------------------------------- processes

    @property
    def pids(self) -> list[int]:
        return [p.pid for p in (self.server, self.worker) if p is not None and p.poll() is None]

    def start_server(self) -> None:
        """Start the web server at this site's port and wait until it answers."""
        command = ["-m", self.module, "--server", self.server_kind, "--port", str(self.port)]
        self.server = self._start(command)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self.server.poll() is not None:
                raise RuntimeError(f"the server stopped:\n{self.log.read_text()[-3000:]}")
            with suppress(OSError), urllib.request.urlopen(self.url + "/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"the server did not answer:\n{self.log.read_text()[-3000:]}")

    def start_worker(self) -> None:
        self.worker = self._start(["manage.py", "run_huey", "--quiet"])

    def kill(self) -> None:
        """kill -9 of the web server, as when the machine loses its power."""
        assert self.server is not None
        os.kill(self.server.pid, signal.SIGKILL)
        self.server.wait(10)

    def restart(self) -> None:
        """Ask the web server to end, as an update does, and start the next one at the same address."""
        assert self.server is not None
        self.server.terminate()
        self.server.wait(20)
        self.start_server()

    def stop(self) -> None:
        for process in (self.worker, self.server):
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(5)

    def manage(self, *arguments: str) -> str:
        """Run a management command of the site; its output."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout

    def _start(self, command: list[str]) -> subprocess.Popen:
        log = self.log.open("ab")
        try:
            return subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=self.env, stdout=log, stderr=log
            )
        finally:
            log.close()

    # ---------------------------------------------------------------- data

    @contextmanager
    def database(self) -> Iterator[None]:
        """Inside, this thread's ORM reads and writes the site's database."""
        with database_named(self.database_name):
            yield

    def sign_in(self, user: Any) -> dict[str, str]:
        """Cookies of a browser where this person is signed in. Inside `database()`."""
        client = Client()
        client.force_login(user)
        return {name: morsel.value for name, morsel in client.cookies.items()}

    def _make_database(self) -> str:
        if self.env.get("DATABASE_URL"):
            return self._make_postgresql()
        name = self.data_dir / "ponte.sqlite3"
        if not name.exists():
            shutil.copy(prepared.sqlite_template(), name)
        return str(name)

    def _make_postgresql(self) -> str:
        base, _, _name = self.env["DATABASE_URL"].rpartition("/")
        template = prepared.postgresql_template(self.env["DATABASE_URL"])
        name = f"ponte_site_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(f"{base}/postgres", autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self.env["DATABASE_URL"] = f"{base}/{name}"
        return name

    def drop_database(self) -> None:
        if url := self.env.get("DATABASE_URL"):
            base, _, name = url.rpartition("/")
            with psycopg.connect(f"{base}/postgres", autocommit=True) as admin:
                admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def start_site(
    data_dir: Path,
    env: dict[str, str] | None = None,
    *,
    server: str = "daphne",
    worker: bool = False,
    module: str = "scripts.serve",
) -> Iterator[Site]:
    """A running site, stopped at the end. `env` adds to its environment: PONTE_…, DATABASE_URL, REDIS_URL."""
    site = Site(data_dir, env or {}, server=server, module=module)
    try:
        site.start_server()
        if worker:
            site.start_worker()
        yield site
    finally:
        site.stop()
        site.drop_database()


@contextmanager
def second_server(site: Site, *, server: str = "daphne") -> Iterator[Site]:
    """One more web process of the same site, at its own port. They meet through Redis."""
    other = Site.__new__(Site)
    other.__dict__.update(site.__dict__)
    other.port, other.server, other.worker, other.server_kind = free_port(), None, None, server
    other.url = f"http://127.0.0.1:{other.port}"
    other.env = site.env | {"PONTE_SITE_URL": other.url}
    try:
        other.start_server()
        yield other
    finally:
        other.stop()


@contextmanager
def database_named(name: str) -> Iterator[None]:
    """Point this thread's default connection, and every one made meanwhile, at another database.

    pytest-django's own connection waits untouched, with its transaction.
    """
    waiting = connections["default"]
    shared = waiting.settings_dict["NAME"]
    waiting.settings_dict["NAME"] = name
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = waiting
        waiting.settings_dict["NAME"] = shared
