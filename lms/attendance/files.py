"""Registers as files beside the table: a workbook, and everything as JSON."""

import io
import json
from collections.abc import Sequence
from typing import Any

from . import queries
from .models import Register, RegisterEntry
from .queries.closed import WholeRegister, whole_register
from .tables import events_table, iso, register_table, study_table

EXPORT_FORMAT = "ponte-register-export/1"


def register_xlsx(register: Register) -> bytes:
    """The same tables as a workbook. Text stays text: nothing in it is a formula."""
    import xlsxwriter  # heavy, and only this needs it

    whole = whole_register(register)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    bold = book.add_format({"bold": True})
    for name, (header, rows) in {
        "Collegamenti": register_table(register, whole),
        "Fatti": events_table(whole),
        "Studio": study_table(whole),
        "Ore": hours_table(register),
        "Voci": entries_table(whole),
    }.items():
        page = book.add_worksheet(name)
        page.write_row(0, 0, header, bold)
        page.freeze_panes(1, 0)
        for n, row in enumerate(rows, start=1):
            page.write_row(n, 0, row)
        page.autofilter(0, 0, max(len(rows), 1), len(header) - 1)
        page.set_column(0, len(header) - 1, 16)
    book.set_properties({"title": f"Registro {register.code}", "author": register.edition.agency.name})
    book.close()
    return out.getvalue()


def hours_table(register: Register) -> tuple[Sequence[str], list[list[Any]]]:
    """What the register comes to for each person now."""
    from .queries.totals import share_text, sums_of

    header = (
        "persona",
        "minuti di FAD sincrona",
        "minuti in aula mista",
        "minuti in presenza",
        "minuti di FAD asincrona",
        "minuti recuperati",
        "minuti in tutto",
        "minuti previsti",
        "quota",
        "lezioni frequentate",
        "assenze",
        "minuti persi, giustificati",
        "minuti persi, non giustificati",
    )
    return header, [
        [
            row.name,
            row.by_mode["online"],
            row.by_mode["mixed"],
            row.by_mode["presence"],
            row.own_study,
            row.recovered,
            row.minutes,
            row.planned,
            share_text(row.hundredths),
            row.attended,
            row.missed,
            row.lost_justified,
            row.lost_unjustified,
        ]
        for row in sums_of(register)
    ]


def entries_table(whole: WholeRegister) -> tuple[Sequence[str], list[list[Any]]]:
    """Every link of the chain, without what it says."""
    header = (
        "posizione",
        "tipo",
        "scritta il",
        "impronta SHA-256",
        "voce precedente",
        "chiave",
        "firma Ed25519",
    )
    return header, [
        [e.position, e.kind, iso(e.written_at), e.hash, e.previous_hash, e.key_id, e.signature]
        for e in whole.entries
    ]


def entry_json(entry: RegisterEntry) -> dict[str, Any]:
    """One entry letter by letter, enough to be checked by itself."""
    return {
        "position": entry.position,
        "content": entry.content,
        "hash": entry.hash,
        "key_id": entry.key_id,
        "signature": entry.signature,
    }


def entries_text(whole: WholeRegister) -> str:
    return json.dumps([entry_json(entry) for entry in whole.entries], ensure_ascii=False)


def register_json(register: Register) -> str:
    """The whole register as data: the signed entries, their heads, and the log row by row."""
    whole = whole_register(register)
    header, rows = register_table(register, whole)
    events_header, events = events_table(whole)
    study_header, study = study_table(whole)
    return json.dumps(
        {
            "format": EXPORT_FORMAT,
            "register": register.code,
            "time_zone": "Europe/Rome",
            "hour_minutes": 60,
            "cover": whole.cover,
            "entries": [entry_json(entry) for entry in whole.entries],
            "anchors": queries.anchors(register),
            "log": [dict(zip(header, row, strict=True)) for row in rows],
            "events": [dict(zip(events_header, row, strict=True)) for row in events],
            "study": [dict(zip(study_header, row, strict=True)) for row in study],
        },
        ensure_ascii=False,
        indent=1,
    )
