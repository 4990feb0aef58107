"""Compiles every .po file of the project to .mo with Babel: `python scripts/messages.py`."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("cms", "courses", "lms", "live", "demo")


def stale() -> list[Path]:
    """The .po files whose .mo is missing or older."""
    found = sorted(file for room in ROOMS for file in (ROOT / room).rglob("locale/*/LC_MESSAGES/*.po"))
    return [
        file
        for file in found
        if not (compiled := file.with_suffix(".mo")).exists()
        or compiled.stat().st_mtime_ns < file.stat().st_mtime_ns
    ]


def compile_messages() -> int:
    """How many files were compiled. Safe to run twice and at once: each file is put in place whole."""
    work = stale()
    if work:
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po
    for file in work:
        with file.open("rb") as source:
            catalogue = read_po(source, locale=file.parts[-3])
        draft = file.with_suffix(f".{os.getpid()}.tmp")
        with draft.open("wb") as target:
            write_mo(target, catalogue)
        draft.replace(file.with_suffix(".mo"))
    return len(work)


if __name__ == "__main__":
    print(f"messages: {compile_messages()} compiled")
