"""Children end with their parent, however it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHILD = "from scripts.family import leave_with_parent; leave_with_parent(grace=1); {then}"
PARENT = """
import sys, time
from scripts.family import Family
family = Family()
for n in range(2):
    child = family.start(str(n), [sys.executable, "-c", {child!r}], env={{"PATH": "/usr/bin:/bin"}})
    print(child.pid, flush=True)
{then}
"""
SLEEP = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


def start(child, then):
    code = PARENT.format(child=CHILD.format(then=child), then=then)
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    pids = [int(parent.stdout.readline()) for _ in range(2)]
    return parent, pids


def lives(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until_gone(pids, seconds=8.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(lives(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("child", [SLEEP, DEAF], ids=["listening", "deaf"])
def test_killing_the_parent_ends_the_children(child):
    parent, pids = start(child, "time.sleep(60)")
    time.sleep(0.3)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert wait_until_gone(pids)


@pytest.mark.parametrize("child", [SLEEP, DEAF], ids=["listening", "deaf"])
def test_stopping_the_family_waits_and_then_insists(child):
    parent, pids = start(child, "time.sleep(0.4); family.stop(grace=1)")
    assert parent.wait(10) == 0
    assert wait_until_gone(pids, 1)
