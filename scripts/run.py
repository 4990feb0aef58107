"""Starts Ponte on this machine: `./run --help`.

Sets up what is missing (scripts/prepare.py), then keeps the server processes and one background worker alive until
Ctrl-C. This process never loads Django, so that a second start is a server start and nothing else.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import IO

from . import accounts, assets, prepare
from .family import Family, python
from .sentences import Stop, check_data_folder, listening_socket
from .stamps import ROOT

ASKED_TO_END = {0, -signal.SIGTERM}  # how a server process ends that was restarted (docs/decisions/0059)


def options_of(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run", description="Sets up what is missing and starts Ponte with its background worker."
    )
    parser.add_argument("--port", type=int, default=8000, help="default 8000")
    parser.add_argument("--host", default="127.0.0.1", help="default 127.0.0.1; 0.0.0.0 for every address")
    parser.add_argument("--data", metavar="DIR", help="database, files and keys (default var/)")
    parser.add_argument("--no-demo", action="store_true", help="start empty, without the demo content")
    parser.add_argument("--server", choices=("daphne", "uvicorn"), default="daphne")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="server processes (default 1)")
    options = parser.parse_args(arguments)
    if not 0 < options.port < 65536:
        raise Stop("--port is a number from 1 to 65535.")
    if options.workers < 1:
        raise Stop("--workers is a number from 1 up.")
    if options.workers > 1 and not os.environ.get("REDIS_URL", "").strip():
        raise Stop(
            "More than one worker needs Redis, so that the live classes see each other: "
            "set REDIS_URL (for example redis://127.0.0.1:6379/0) or leave --workers out."
        )
    return options


def hold(data: Path) -> IO[str]:
    """The data folder's lock, kept until this process ends. Raises Stop when another ./run has it."""
    lock = (data / "run.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        raise Stop(
            f"Ponte already runs on {data} (process {lock.read().strip() or 'unknown'}): "
            "stop it first, or choose another folder with --data."
        ) from None
    lock.seek(0)
    lock.truncate()
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def wait_for_answer(address: str, children: list[subprocess.Popen[bytes]], *, seconds: float = 90.0) -> bool:
    """True at the first answer; False when a child ended first."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if any(child.poll() is not None for child in children):
            return False
        try:
            opener.open(f"{address}/healthz", timeout=seconds).close()
            return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.05)
    raise Stop(f"The server does not answer on {address}: look at the lines above.")


class Site:
    """The running site: its socket, its children, and what to do when one of them ends."""

    def __init__(self, options: argparse.Namespace, data: Path) -> None:
        self.options = options
        self.data = data
        self.family = Family()
        self.socket: socket.socket = listening_socket(options.host, options.port)
        shown = "localhost" if options.host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else options.host
        self.address = f"http://{shown}:{options.port}"
        reachable = "127.0.0.1" if options.host == "0.0.0.0" else options.host
        self._own = f"http://{f'[{reachable}]' if ':' in reachable else reachable}:{options.port}"
        self.env = os.environ | {"PONTE_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"}
        self.env.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.dev")
        self.env.setdefault("PONTE_SITE_URL", self.address)
        self.env.setdefault("PONTE_MEDIA_ENGINE", "embedded")
        if not options.no_demo:
            self.env.setdefault("PONTE_DEMO", "1")

    def set_up(self) -> None:
        os.environ |= {key: self.env[key] for key in ("PONTE_DATA_DIR", "DJANGO_SETTINGS_MODULE")}
        steps = prepare.needed(self.data, demo=not self.options.no_demo)
        if not steps:
            return
        first = "database" in steps
        check_data_folder(self.data, needed_mb=300 if first else 20)
        command = python("scripts.prepare", *(["--no-demo"] if self.options.no_demo else []))
        child = self.family.start("set-up", command, env=self.env)
        code = child.wait()
        self.family.ended()
        if code:
            raise Stop("" if code > 0 else f"Setting up was stopped (signal {-code}): run it again.")

    def start(self) -> None:
        self.socket.listen(1024)
        self.socket.set_inheritable(True)
        if self.env["PONTE_MEDIA_ENGINE"] == "embedded":
            self._start_media()
        servers = [self._start_server(f"server {n + 1}") for n in range(self.options.workers)]
        if not wait_for_answer(self._own, servers):
            raise Stop("The server ended before it answered: its own lines above say why.")
        self._start_worker()
        if self.has_demo:
            self._start_demo()

    @property
    def has_demo(self) -> bool:
        return not self.options.no_demo and prepare.demo_exists()

    def _start_demo(self) -> None:
        self.family.start("demo", python("demo.day"), env=self.env)

    def _start_server(self, name: str) -> subprocess.Popen[bytes]:
        fd = self.socket.fileno()
        command = python("scripts.serve", "--fd", str(fd), "--server", self.options.server)
        return self.family.start(name, command, env=self.env, fds=(fd,))

    def _start_media(self) -> None:
        self.family.start("media", python("scripts.media"), env=self.env)

    def _start_worker(self) -> None:
        self.family.start("worker", python("scripts.work"), env=self.env)

    def watch(self) -> None:
        """Restarts what ends; gives up when it ends again and again."""
        restarts: list[float] = []
        while True:
            time.sleep(0.5)
            for name, code in self.family.ended():
                now = time.monotonic()
                if name.startswith("server ") and code in ASKED_TO_END:
                    print(f"· the {name} was asked to end and is started again", flush=True)
                    self._start_server(name)
                    continue
                restarts = [at for at in restarts if now - at < 60] + [now]
                if name == "demo" and len(restarts) > 2:
                    print("· the demo's own process ended again and is left out", flush=True)
                    continue
                if name == "media" and len(restarts) > 4:
                    print("· voice and picture end again and again and are left out", flush=True)
                    continue
                if len(restarts) > 5:
                    raise Stop(
                        f"The {name} ended {len(restarts)} times in a minute: its lines above say why."
                    )
                print(f"· the {name} ended (code {code}) and is started again", flush=True)
                if name == "worker":
                    self._start_worker()
                elif name == "demo":
                    self._start_demo()
                elif name == "media":
                    self._start_media()
                else:
                    self._start_server(name)

    def greet(self, seconds: float) -> None:
        print(f"\nPonte is at {self.address}   (ready in {seconds:.1f} s; Ctrl-C stops it)")
        if not self.has_demo:
            print(
                "No demo content. A first account: .venv/bin/python manage.py createsuperuser\n", flush=True
            )
            return
        print(
            f"\nDemo accounts, all with the password  {accounts.demo_password(self.data)}\n{accounts.table()}\n"
        )
        sys.stdout.flush()


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(arguments: list[str] | None = None) -> int:
    began = time.monotonic()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _interrupted)
    site: Site | None = None
    try:
        options = options_of(sys.argv[1:] if arguments is None else arguments)
        data = Path(options.data or os.environ.get("PONTE_DATA_DIR") or ROOT / "var").expanduser().resolve()
        check_data_folder(data)
        lock = hold(data)
        site = Site(options, data)
        site.set_up()
        site.start()
        site.greet(time.monotonic() - began)
        site.watch()
        lock.close()
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)
        return 0
    except (Stop, assets.AssetsFailed) as stop:
        if str(stop):
            print(stop, file=sys.stderr, flush=True)
        return 1
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        if site:
            site.family.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
