"""What was set up already, so that a second start does nothing twice."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("cms", "courses", "lms", "live", "demo")


def digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def migrations_hash() -> str:
    """Changes with any migration of ours and with any package version (their migrations)."""
    files = sorted(file for room in ROOMS for file in (ROOT / room).rglob("migrations/*.py"))
    return digest([ROOT / "requirements.lock", *files])


def environment_hash() -> str:
    """The database and the settings that the data folder was set up for."""
    named = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    return hashlib.sha256(repr([os.environ.get(name, "") for name in named]).encode()).hexdigest()


class Stamps:
    """Facts about a data folder, in one small file that is replaced whole."""

    def __init__(self, data: Path) -> None:
        self._file = data / "setup.json"
        try:
            self._facts: dict[str, str] = json.loads(self._file.read_text())
        except (OSError, ValueError):
            self._facts = {}

    def holds(self, name: str, value: str) -> bool:
        return self._facts.get(name) == value

    def keep(self, name: str, value: str) -> None:
        self._facts[name] = value
        draft = self._file.with_suffix(".tmp")
        draft.write_text(json.dumps(self._facts, indent=1))
        draft.replace(self._file)
