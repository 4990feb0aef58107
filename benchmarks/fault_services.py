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
from dataclasses import dataclass
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


@dataclass
class Service:
    """One server process: `start()` waits until it answers, `kill()` is kill -9, `stop()` asks."""

    folder: Path
    url: str
    command: list[str]
    answers: Callable[[str], bool]
    process: subprocess.Popen | None = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, cwd=self.folder, **_user())
        until = time.monotonic() + PATIENCE
        while not self.answers(self.url):
            assert time.monotonic() < until, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.1)

    def kill(self) -> None:
        self.end(signal.SIGKILL)

    def stop(self) -> None:
        self.end(signal.SIGQUIT)  # PostgreSQL's immediate stop; Redis keeps nothing here

    def end(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)


def redis_server(folder: Path) -> Service:
    port = _free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    return Service(folder, f"redis://127.0.0.1:{port}/0", command, _redis_answers)


def _redis_answers(url: str) -> bool:
    try:
        return bool(redis.Redis.from_url(url, socket_connect_timeout=1).ping())
    except redis.RedisError:
        return False


def postgresql(folder: Path) -> Service:
    """With a migrated database ready to be copied (tests/prepared.py)."""
    port, data = _free_port(), folder / "data"
    options = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"]
    options += ["-c", "fsync=off", "-c", "max_connections=60"]
    command = [str(POSTGRES_BIN[0] / "postgres"), "-D", str(data), "-p", str(port), *options]
    service = Service(folder, f"postgres://postgres@127.0.0.1:{port}/postgres", command, _postgresql_answers)
    kept = prepared.FOLDER / f"cluster-{prepared.fingerprint()}"
    if kept.exists():
        shutil.copytree(kept, data)
        _give_to_postgres(folder)
    else:
        _make_cluster(folder, data)
        service.start()
        prepared.postgresql_template(service.url)
        service.end(signal.SIGINT)  # everything onto the disk
        for old in prepared.FOLDER.glob("cluster-*"):
            shutil.rmtree(old, ignore_errors=True)
        shutil.copytree(data, kept)
    return service


def _make_cluster(folder: Path, data: Path) -> None:
    data.mkdir()
    _give_to_postgres(folder)
    command = [POSTGRES_BIN[0] / "initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8"]
    command += ["--locale=C.UTF-8", "-D", str(data)]
    made = subprocess.run(command, capture_output=True, text=True, **_user())
    assert made.returncode == 0, made.stdout + made.stderr


def _give_to_postgres(folder: Path) -> None:
    (folder / "data").chmod(0o700)
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, "postgres", "postgres")


def _postgresql_answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=1).close()
    except psycopg.Error:
        return False
    return True


def _user() -> dict[str, str]:
    """PostgreSQL refuses to be root."""
    return {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}


@contextmanager
def own(make: Callable[[Path], Service]) -> Iterator[Service]:
    folder = Path(tempfile.mkdtemp(prefix="ponte-fault-"))
    folder.chmod(0o777)
    service = None
    try:
        service = make(folder)
        service.start()
        yield service
    finally:
        if service is not None:
            service.stop()
        shutil.rmtree(folder, ignore_errors=True)
