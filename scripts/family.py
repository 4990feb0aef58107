"""Children that never outlive their parent, on any system and however the parent ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIFELINE = "PONTE_LIFELINE"  # the descriptor on which a child reads the end of its parent


def _signal_group(child: subprocess.Popen[bytes], number: int) -> None:
    """Signals a child and what it started itself: every child leads a process group of its own."""
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        pass


class Family:
    """The processes that one supervisor started.

    Every child holds the reading end of a pipe whose writing end only the supervisor has: when the supervisor
    goes, even by SIGKILL, the child reads the end of file and leaves.
    """

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self, name: str, command: list[str], *, env: dict[str, str], fds: tuple[int, ...] = ()
    ) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env | {LIFELINE: str(self._reading)},
            pass_fds=(self._reading, *fds),
            process_group=0,  # Ctrl-C reaches the supervisor only, which ends the others in order
        )
        self.children[name] = child
        return child

    def ended(self) -> list[tuple[str, int]]:
        """The children that ended by themselves since the last call, with their exit code."""
        gone = [(name, child.returncode) for name, child in self.children.items() if child.poll() is not None]
        for name, _ in gone:
            del self.children[name]
        return gone

    def stop(self, *, grace: float = 8.0) -> None:
        """Asks every child to end, then insists. Safe to call twice."""
        for child in self.children.values():
            _signal_group(child, signal.SIGTERM)
        deadline = time.monotonic() + grace
        for child in self.children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(child, signal.SIGKILL)
                child.wait()
        self.children.clear()


def leave_with_parent(*, grace: float = 8.0) -> None:
    """Called by a child at its start: ends it, gently and then for good, when the parent is gone."""
    number = os.environ.pop(LIFELINE, "")
    if not number:
        return

    def wait() -> None:
        try:
            os.read(int(number), 1)
        except OSError:
            pass
        os.killpg(0, signal.SIGTERM)
        time.sleep(grace)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]
