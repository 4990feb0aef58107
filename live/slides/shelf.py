"""Where the files of slides are: in the private storage, one folder per deck. No address leads there."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.core.files import File
from django.core.files.storage import storages

SIZES = ("large", "small")


def _storage() -> Any:
    return storages["records"]


def _folder(deck: UUID) -> str:
    return f"slides/{deck.hex}"


def keep_originals(deck: UUID, files: Iterable[IO[bytes]]) -> list[str]:
    """Store the files as they came, until their pages are drawn; their names in the storage."""
    return [
        _storage().save(f"{_folder(deck)}/original-{number}", File(file))
        for number, file in enumerate(files, 1)
    ]


def path_of(name: str) -> Path:
    return Path(_storage().path(name))


def forget(names: Iterable[str]) -> None:
    for name in names:
        _storage().delete(name)


def keep_picture(deck: UUID, number: int, size: str, picture: Path) -> None:
    """Store one picture; storing it again replaces it."""
    name = f"{_folder(deck)}/{number}-{size}.webp"
    _storage().delete(name)
    with picture.open("rb") as content:
        _storage().save(name, File(content))


def open_picture(deck: UUID, number: int, size: str) -> IO[bytes]:
    """Raises FileNotFoundError."""
    return _storage().open(f"{_folder(deck)}/{number}-{size}.webp", "rb")


def forget_deck(deck: UUID) -> None:
    """Delete the folder of a deck, whatever is in it. Safe to call twice."""
    folder = Path(_storage().path(_folder(deck)))
    if not folder.is_dir():
        return
    for file in folder.iterdir():
        file.unlink(missing_ok=True)
    os.rmdir(folder)
