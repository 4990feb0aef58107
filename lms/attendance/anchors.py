"""Anchors: the head of a register at each closing, written outside the database and never over an older one."""

import itertools
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from . import chain, keys
from .models import Register, RegisterEntry

_FILE = re.compile(rb"/EmbeddedFile\b[^\x80-\xff]{0,400}?stream\r?\n", re.DOTALL)
_MOST_FILES, _LONGEST_FILE = 12, 64 * 1024 * 1024
_LINE = re.compile(
    re.escape(chain.ANCHOR_FORMAT).encode()
    + rb"\s+([\w-]{1,50})\s+(\d{1,9})\s+([0-9a-f]{64})\s+([\w-]{1,60})\s+([0-9a-f]{128})"
)


def anchor_data(entry: RegisterEntry) -> dict[str, Any]:
    """The head of the register at one entry, with what is needed to check it by itself."""
    return {
        "format": chain.ANCHOR_FORMAT,
        "register": entry.register.code,
        "register_uuid": str(entry.register.uuid),
        "position": entry.position,
        "hash": entry.hash,
        "key_id": entry.key_id,
        "public_key": keys.public_key_hex(entry.key_id),
        "signature": entry.signature,
        "written_at": entry.written_at.isoformat(),
    }


def parsed_entries(files: list[bytes]) -> list[dict[str, Any]]:
    """The signed entries among the files of a paper."""
    for data in files:
        try:
            read = json.loads(data)
        except ValueError:
            continue
        if isinstance(read, list) and all(isinstance(each, dict) and "content" in each for each in read):
            return read
    return []


def folder_of(register: Register) -> str:
    return f"anchors/{register.code}-{register.uuid}"


def _file_of(register: Register, position: int) -> str:
    return f"{folder_of(register)}/{position:06d}.json"


def write_anchor(entry: RegisterEntry) -> bool:
    """Write the anchor of one entry, unless one is there: an anchor is never written over."""
    store, name = storages["records"], _file_of(entry.register, entry.position)
    if store.exists(name):
        return False
    text = json.dumps(anchor_data(entry), indent=1, ensure_ascii=False)
    return store.save(name, ContentFile(text.encode())) == name


def stored_anchors(register: Register) -> list[chain.Anchor]:
    """Every anchor kept here for a register, in order."""
    store = storages["records"]
    try:
        _folders, names = store.listdir(folder_of(register))
    except FileNotFoundError:
        return []
    found = []
    for name in sorted(name for name in names if re.fullmatch(r"\d{6}\.json", name)):
        with store.open(f"{folder_of(register)}/{name}") as file:
            anchor = _parse(file.read(), name)
        found.append(anchor or chain.Anchor(register.code, int(name[:6]), "", "", "", name))
    return found


def anchors_in(data: bytes, source: str) -> list[chain.Anchor]:
    """The anchors in a file that somebody kept: the JSON itself, a register's PDF that carries it, a message."""
    texts = attachments_of(data) if data.startswith(b"%PDF") else [data]
    found = [anchor for text in texts if (anchor := _parse(text, source))]
    return found or [chain.Anchor(*parts, source) for text in texts for parts in _lines(text)]


def anchor_line(entry: RegisterEntry) -> str:
    """The anchor in one line of text, for a message."""
    return f"{chain.ANCHOR_FORMAT} {entry.register.code} {entry.position} {entry.hash} {entry.key_id} {entry.signature}"


def _lines(text: bytes) -> Iterator[tuple[str, int, str, str, str]]:
    for match in _LINE.finditer(text):
        code, position, hash_, key_id, signature = (part.decode() for part in match.groups())
        yield code, int(position), hash_, key_id, signature


def _parse(data: bytes, source: str) -> chain.Anchor | None:
    try:
        return chain.anchor_from(json.loads(data), source)
    except ValueError:
        return None


def attachments_of(pdf: bytes) -> list[bytes]:
    """The files embedded in a PDF that this application made (typst writes each as one Flate stream).

    Anybody may send a PDF to be checked: no more than a few files of a stated size are unpacked.
    """
    found = []
    for match in itertools.islice(_FILE.finditer(pdf), _MOST_FILES):
        end = pdf.find(b"endstream", match.end())
        try:
            found.append(zlib.decompressobj().decompress(pdf[match.end() : end], _LONGEST_FILE))
        except zlib.error:
            continue
    return found
