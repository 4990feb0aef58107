"""Reads a stranger's file in a process that holds nothing and may use little: memory, time, no secrets."""

import json
import subprocess
import sys
import threading
from dataclasses import asdict

from django.conf import settings

from .reading import MAX_BYTES, Known, Reading

MEGABYTES = 1024
SECONDS = 10
#: Files read at once by one process of the site: the other threads serve pages meanwhile.
_free = threading.BoundedSemaphore(2)


def read(data: bytes, known: Known) -> Reading:
    """What the file is. One that takes too much time or memory, or breaks the reader, is "heavy".

    When others are being read, it waits; when that takes too long, it is "busy".
    """
    if len(data) > MAX_BYTES:
        return Reading(problem="size")
    if not _free.acquire(timeout=2 * SECONDS):
        return Reading(problem="busy")
    try:
        return _read(data, known)
    finally:
        _free.release()


def _read(data: bytes, known: Known) -> Reading:
    request = {"megabytes": MEGABYTES, "seconds": SECONDS, "known": asdict(known)}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "lms.competencies.credentials.reading"],
            input=json.dumps(request).encode() + b"\n" + data,
            cwd=settings.BASE_DIR,
            env={"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            timeout=3 * SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Reading(problem="heavy")
    if done.returncode:
        return Reading(problem="heavy")
    return Reading(**json.loads(done.stdout))
