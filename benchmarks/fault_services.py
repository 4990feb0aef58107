"""A PostgreSQL and a Redis of a fault's own, on ports of their own, to be stopped and started at will.

They are ended by their own process ids; whatever else answers on this machine is left alone.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

from tests import prepared

POSTGRES_BIN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
PATIENCE = 30  # seconds for a service to answer


def missing() -> list[str]:
    """What this machine lacks."""
    wanted = []
    if not POSTGRES_BIN:
        wanted.append("postgresql")
    if not shutil.which("redis-server"):
        wanted.append("redis-server")
    return wanted


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """One server process: `start()` waits until it answers, `kill()` is kill -9, `stop()` asks."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, _free_port()
        self.process: subprocess.Popen | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, cwd=self.folder, **_user()
            )
        until = time.monotonic() + PATIENCE
        while not self.answers():
            assert time.monotonic() < until, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.1)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGQUIT)  # PostgreSQL's immediate stop; Redis keeps nothing here

    def _end(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)


class Redis(Service):
    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        return ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]

    def answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.url, socket_connect_timeout=1).ping())
        except redis.RedisError:
            return False


class PostgreSQL(Service):
    """With a migrated database ready to be copied (tests/prepared.py)."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.data = folder / "data"
        kept = prepared.FOLDER / f"cluster-{prepared.fingerprint()}"
        if kept.exists():
            shutil.copytree(kept, self.data)
            self._own()
            return
        self.data.mkdir()
        self._own()
        made = subprocess.run(
            [
                POSTGRES_BIN[0] / "initdb",
                "-A",
                "trust",
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-D",
                str(self.data),
            ],
            capture_output=True,
            text=True,
            **_user(),
        )
        assert made.returncode == 0, made.stdout + made.stderr
        self.start()
        prepared.postgresql_template(self.url)
        self.process.send_signal(signal.SIGINT)  # everything onto the disk
        self.process.wait(30)
        for old in prepared.FOLDER.glob("cluster-*"):
            shutil.rmtree(old, ignore_errors=True)
        shutil.copytree(self.data, kept)

    def _own(self) -> None:
        self.data.chmod(0o700)
        if os.getuid() == 0:
            for path in (self.folder, self.data, *self.data.rglob("*")):
                shutil.chown(path, "postgres", "postgres")

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def command(self) -> list[str]:
        options = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.folder}"]
        options += ["-c", "fsync=off", "-c", "max_connections=60"]
        return [str(POSTGRES_BIN[0] / "postgres"), "-D", str(self.data), "-p", str(self.port), *options]

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=1).close()
        except psycopg.Error:
            return False
        return True


def _user() -> dict[str, str]:
    """PostgreSQL refuses to be root."""
    return {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}


@contextmanager
def own(kind: Callable[[Path], Service]) -> Iterator[Service]:
    folder = Path(tempfile.mkdtemp(prefix="ponte-fault-"))
    folder.chmod(0o777)
    service = None
    try:
        service = kind(folder)
        service.start()
        yield service
    finally:
        if service is not None:
            service.stop()
        shutil.rmtree(folder, ignore_errors=True)
