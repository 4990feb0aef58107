"""The bytes of nightly files: records as their agreement shows them, in three forms. Reads no database."""

import io
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from lms.audit.exports import csv_text, safe_cell
from lms.signing import Ring

from .models.files import FileForm
from .queries import envelope, envelope_text

#: Signs nightly files and nothing else; its public halves are handed out to anybody.
RING = Ring("feed")

Row = dict[str, Any]
#: part of the record that the column needs (empty when it always goes), heading, value out of the envelope
_Column = tuple[str, str, Callable[[Row], Any]]


def _columns() -> list[_Column]:
    """Every column. Pseudonyms and codes, no names of persons."""
    return [
        ("", _("Place in the feed"), lambda row: row["feed_seq"]),
        ("", _("Event"), lambda row: row["record"]["event"]),
        ("", _("Record"), lambda row: row["record"]["record_id"]),
        ("", _("Concerns the record"), lambda row: _concerns(row["record"])),
        ("", _("Reason"), lambda row: row["record"].get("reason", "")),
        ("", _("Pseudonym"), lambda row: _inner(row, "subject", "id")),
        ("", _("Kind"), lambda row: row["record"].get("kind", "")),
        ("", _("Competency"), lambda row: row["record"].get("title", "")),
        ("", _("Code"), lambda row: _inner(row, "competency", "code")),
        ("", _("Framework"), lambda row: _inner(row, "framework", "code")),
        ("", _("Version"), lambda row: _inner(row, "framework", "version")),
        ("", _("Level"), lambda row: _inner(row, "level", "code")),
        ("", _("Issued by"), lambda row: _inner(row, "issuer", "name")),
        ("course", _("Edition"), lambda row: _inner(row, "course", "edition")),
        ("learning", _("Minutes planned"), lambda row: _minutes(_inner(row, "learning", "planned"))),
        ("learning", _("Minutes done"), lambda row: _minutes(_inner(row, "learning", "done"))),
        ("assessment", _("Quizzes passed"), lambda row: _passed(row["record"].get("assessment"))),
        ("", _("Written"), lambda row: row["record"]["valid_from"]),
        ("", "SHA-256", lambda row: row["sha256"]),
    ]


def _concerns(record: Row) -> str:
    return record.get("revokes") or record.get("deletes") or ""


def _inner(row: Row, part: str, name: str) -> Any:
    return (row["record"].get(part) or {}).get(name, "")


def _minutes(duration: str) -> int | str:
    found = re.fullmatch(r"PT(\d+)M", duration)
    return int(found[1]) if found else ""


def _passed(quizzes: Iterable[Row] | None) -> int | str:
    return sum(bool(quiz["passed"]) for quiz in quizzes) if quizzes else ""


def table(records: Iterable[Any], left_out: Sequence[str]) -> tuple[list[str], list[list[Any]]]:
    """Header and rows; the columns of parts that the agreement leaves out are not there at all."""
    columns = [(heading, value) for part, heading, value in _columns() if part not in left_out]
    rows = [envelope(record, left_out) for record in records]
    return [heading for heading, _value in columns], [[value(row) for _, value in columns] for row in rows]


def build(form: str, records: Sequence[Any], left_out: Sequence[str]) -> bytes:
    """The bytes of one file."""
    if form == FileForm.JSONL:
        return "".join(f"{envelope_text(record, left_out)[0]}\n" for record in records).encode()
    header, rows = table(records, left_out)
    return csv_text(header, rows).encode() if form == FileForm.CSV else _workbook(header, rows)


def signed(content: bytes) -> tuple[str, bytes]:
    """The id of the key that signs now, and its signature over a file."""
    return RING.with_current(lambda key_id: (key_id, RING.sign(content, key_id)))


def _workbook(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Text stays text: nothing in it is a formula or a link."""
    import xlsxwriter  # heavy, and only this needs it

    out = io.BytesIO()
    plain = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(out, {"in_memory": True} | plain)
    page = book.add_worksheet()
    page.write_row(0, 0, header, book.add_format({"bold": True}))
    page.freeze_panes(1, 0)
    for number, row in enumerate(rows, start=1):
        page.write_row(number, 0, [safe_cell(cell) for cell in row])
    page.autofilter(0, 0, max(len(rows), 1), len(header) - 1)
    page.set_column(0, len(header) - 1, 18)
    book.close()
    return out.getvalue()
