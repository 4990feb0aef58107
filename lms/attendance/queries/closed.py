"""The pages of a register as they were signed, each with what was added to it afterwards."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..models import EntryKind, Register, RegisterEntry
from .frozen import amended_sheet, body_of_entry, frozen_sheet
from .sheets import Sheet


@dataclass(frozen=True)
class ClosedPage:
    """One page of a class: its entry and body as signed, its sheet with rectifications laid over it, and the entries
    that came later: rectifications, signatures, inspectors' reports."""

    entry: RegisterEntry
    body: dict[str, Any]
    sheet: Sheet
    amendments: tuple[RegisterEntry, ...]
    signatures: tuple[dict[str, Any], ...]
    reports: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class SignedEntry:
    """One page of own study, or the closing one, with its signatures."""

    entry: RegisterEntry
    body: dict[str, Any]
    signatures: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class WholeRegister:
    """Everything that one register holds, read once."""

    entries: list[RegisterEntry]
    pages: list[ClosedPage]
    study: list[SignedEntry]
    closing: SignedEntry | None
    reports: list[dict[str, Any]]
    stamps: list[dict[str, Any]]

    @property
    def cover(self) -> dict[str, Any]:
        """The newest cover."""
        covers = [e for e in self.entries if e.kind in (EntryKind.OPENING, EntryKind.COVER)]
        return body_of_entry(covers[-1]) if covers else {}


def whole_register(register: Register) -> WholeRegister:
    """One register from its entries alone. One query."""
    entries = list(register.entries.order_by("position"))
    later: dict[int | None, list[RegisterEntry]] = defaultdict(list)
    signatures: dict[int, list[dict[str, Any]]] = defaultdict(list)
    reports, stamps = [], []
    for entry in entries:
        if entry.kind == EntryKind.AMENDMENT:
            later[entry.page_id].append(entry)
        elif entry.kind == EntryKind.SIGNATURE:
            said = _said(entry)
            signatures[said["signs"]["position"]].append(said)
        elif entry.kind == EntryKind.INSPECTION:
            reports.append({**_said(entry), "page_id": entry.page_id})
        elif entry.kind == EntryKind.VIDIMATION:
            stamps.append(_said(entry))
    pages, study, closing = [], [], None
    for entry in entries:
        signed = tuple(signatures[entry.position])
        if entry.kind == EntryKind.PAGE:
            pages.append(_closed_page(entry, later[entry.page_id], signed, reports))
        elif entry.kind == EntryKind.STUDY:
            study.append(SignedEntry(entry, body_of_entry(entry), signed))
        elif entry.kind == EntryKind.CLOSING:
            closing = SignedEntry(entry, body_of_entry(entry), signed)
    return WholeRegister(entries, pages, study, closing, reports, stamps)


def _said(entry: RegisterEntry) -> dict[str, Any]:
    """The body of an entry, with when and by whom it was written."""
    said = json.loads(entry.content)
    return {**said["body"], "written_at": entry.written_at, "written_by": said["written_by"]}


def _closed_page(
    entry: RegisterEntry,
    amendments: list[RegisterEntry],
    signatures: tuple[dict[str, Any], ...],
    reports: list[dict[str, Any]],
) -> ClosedPage:
    body = body_of_entry(entry)
    changes = [body_of_entry(each)["changes"] for each in amendments]
    return ClosedPage(
        entry=entry,
        body=body,
        sheet=amended_sheet(frozen_sheet(body), changes),
        amendments=tuple(amendments),
        signatures=signatures,
        reports=tuple(each for each in reports if each["page_id"] == entry.page_id),
    )


def closed_sheets(register: Register) -> Iterator[tuple[dict[str, Any], Sheet]]:
    """Each closed page of a class, in order: what was signed, and the sheet with its rectifications."""
    for page in whole_register(register).pages:
        yield page.body, page.sheet
