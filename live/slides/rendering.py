"""Watches over the process that draws pages: takes what it says, ends it when it takes too long or dies."""

import json
import logging
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

log = logging.getLogger("live.slides")
RENDER = "live.slides.render"
PAGE_SECONDS = 45  # a page that takes longer is no slide
ALL_SECONDS = 300


class Unusable(Exception):
    """Why, as a code of kinds.py."""


@dataclass(frozen=True)
class Drawn:
    """One page, with its pictures in `folder` until the next one is asked for."""

    pages: int
    number: int
    digest: str
    width: int
    height: int
    text: str
    folder: Path

    def picture(self, size: str) -> Path:
        return self.folder / f"{self.number}-{size}.webp"


def draw(files: list[Path]) -> Iterator[Drawn]:
    """The pages of one PDF or of some pictures, one by one as they are ready. Raises Unusable."""
    with tempfile.TemporaryDirectory(prefix="slides-") as name:
        folder = Path(name)
        command = [sys.executable, "-m", RENDER, name, *map(str, files)]
        # Nothing of this process's environment goes along: no key, no address of a database.
        process = subprocess.Popen(  # noqa: S603 (our own program, names of our own making)
            command,
            cwd=settings.BASE_DIR,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield from _pages(process, folder)
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def _pages(process: subprocess.Popen, folder: Path) -> Iterator[Drawn]:
    said: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_listen, args=(process, said), daemon=True).start()
    began, pages, drawn = time.monotonic(), 0, 0
    while True:
        left = min(PAGE_SECONDS, began + ALL_SECONDS - time.monotonic())
        try:
            line = said.get(timeout=max(0.0, left))
        except queue.Empty:
            raise Unusable("too_heavy") from None
        if not line:
            break
        what = json.loads(line)
        if "problem" in what:
            raise Unusable(what["problem"])
        if "pages" in what:
            pages = what["pages"]
            continue
        drawn += 1
        yield Drawn(pages, what["page"], what["digest"], what["width"], what["height"], what["text"], folder)
    if not pages or drawn < pages:
        log.warning("drawing slides ended with %s after %s of %s pages", process.wait(5), drawn, pages)
        raise Unusable("too_heavy" if pages else "damaged")


def _listen(process: subprocess.Popen, said: queue.Queue[bytes]) -> None:
    """Lines as they come, then an empty one. A line without end would be no message of ours."""
    assert process.stdout is not None
    try:
        while line := process.stdout.readline(64 * 1024):
            said.put(line)
    except ValueError:  # closed while reading
        pass
    said.put(b"")
