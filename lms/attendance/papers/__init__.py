"""Registers on paper, in Italian, the language of the register."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from lms.audit.exports import csv_text
from lms.signing import seals

from .. import anchors, queries
from ..files import entries_text, entry_json
from ..models import Register, RegisterPage
from ..queries.closed import ClosedPage, WholeRegister, whole_register
from ..queries.totals import share_text, sums_of
from ..tables import EVENTS_HEADER, HEADER, event_rows, events_table, log_csv, page_rows
from . import covers, pages, words
from .typeset import attachment, typeset

__all__ = ["class_pdf", "register_pdf", "sealed"]


def register_pdf(register: Register, *, at: datetime) -> bytes:
    """The whole register: cover, head of the chain, hours, pages, closing; log, entries and anchor are inside."""
    with translation.override("it"):
        whole = whole_register(register)
        last = whole.entries[-1]
        last.register = register
        anchor = anchors.anchor_data(last)
        return typeset(
            {
                **_frame(register.edition.agency.name, f"Registro {register.code}"),
                "cover": covers.cover_rows(whole.cover),
                "stamps": [*covers.stamps(whole), covers.earlier_covers(whole)],
                "anchor": {
                    **anchor,
                    "pages": len(whole.pages) + len(whole.study),
                    "written": words.when(last.written_at),
                    "check": f"{settings.SITE_URL}/registri/verifica/",
                },
                "totals": _totals(register),
                "pages": [pages.paper_page(page, now=at) for page in whole.pages],
                "study": [pages.study_page(page, now=at) for page in whole.study],
                "reports": [pages.report_words(each) for each in whole.reports if not each["page_id"]],
                "closing": _closing(whole, at),
                "declaration": True,
                "attachments": [
                    attachment(
                        f"{register.code}-ancora.json",
                        json.dumps(anchor, indent=1),
                        "application/json",
                        "L'ancora",
                    ),
                    attachment(
                        f"{register.code}-log.csv",
                        log_csv(register, whole),
                        "text/csv",
                        "Il log, come tabella",
                    ),
                    attachment(
                        f"{register.code}-fatti.csv",
                        csv_text(*events_table(whole)),
                        "text/csv",
                        "Conferme, guasti, ispezioni e chi ha tenuto le lezioni, come tabella",
                    ),
                    attachment(
                        f"{register.code}-voci.json",
                        entries_text(whole),
                        "application/json",
                        "Le voci firmate, lettera per lettera",
                    ),
                ],
            },
            at=at,
        )


def class_pdf(session: Any, *, at: datetime) -> bytes:
    """The page of one class; before it is closed, a draft that says so."""
    page = RegisterPage.objects.filter(session=session).select_related("register").first()
    with translation.override("it"):
        closed = None
        if page and page.closed_at:
            closed = next(p for p in whole_register(page.register).pages if p.entry.page_id == page.pk)
            paper = pages.paper_page(closed, now=at)
        else:
            sheet = queries.sheet_of(session, page)
            story = queries.story_of(session, page, sheet)
            paper = pages.draft_page(session, sheet, story, queries.name_of(session.trainer))
        return typeset(
            {
                **_frame(session.edition.agency.name, f"{session.edition.code} · {session.title}"),
                "draft": paper["seal"] is None,
                "pages": [paper],
                "attachments": _files_of_page(page, closed) if page and closed else [],
            },
            at=at,
        )


def sealed(pdf: bytes, *, reason: str) -> bytes:
    """The paper with the body's seal, where one is configured; without, as it is: it says so itself."""
    return seals.seal(pdf, reason=reason) if seals.configured() else pdf


def _files_of_page(page: RegisterPage, closed: ClosedPage) -> list[dict[str, str]]:
    """The anchor of the register now, the log of the class, and the entries about it, letter by letter."""
    entries = list(page.register.entries.filter(page=page).order_by("position"))
    last = page.register.entries.select_related("register").order_by("-position").first() or closed.entry
    name = f"{page.register.code}-pagina-{page.number}"
    rows = page_rows(closed, queries.justified_by_class(page.register.edition_id))
    return [
        attachment(
            f"{name}-ancora.json",
            json.dumps(anchors.anchor_data(last), indent=1),
            "application/json",
            "L'ancora",
        ),
        attachment(
            f"{name}-log.csv", csv_text(HEADER, rows), "text/csv", "Il log della lezione, come tabella"
        ),
        attachment(
            f"{name}-fatti.csv",
            csv_text(EVENTS_HEADER, event_rows(closed)),
            "text/csv",
            "Conferme, guasti e ispezioni della lezione, come tabella",
        ),
        attachment(
            f"{name}-voci.json",
            json.dumps([entry_json(entry) for entry in entries], ensure_ascii=False),
            "application/json",
            "Le voci firmate che riguardano la pagina, lettera per lettera",
        ),
    ]


def _frame(body: str, title: str) -> dict[str, Any]:
    """What every paper has, with nothing in it yet."""
    return {
        "title": title,
        "author": body,
        "body": body,
        "sealed": seals.configured(),
        "footer": f"{settings.SITE_NAME} {settings.VERSION} · ore di Roma · un'ora = 60 minuti",
        "draft": False,
        "cover": [],
        "stamps": [],
        "anchor": None,
        "totals": [],
        "pages": [],
        "study": [],
        "reports": [],
        "closing": None,
        "declaration": False,
        "attachments": [],
    }


def _totals(register: Register) -> list[list[str]]:
    """Per learner, over every closed page: by mode, missed, minutes, hours with two decimals."""
    return [
        [
            str(n),
            row.name,
            str(row.attended),
            str(row.missed),
            *[str(row.by_mode[mode]) for mode in ("online", "mixed", "presence")],
            str(row.own_study),
            str(row.recovered),
            str(row.minutes),
            words.hours(row.minutes),
            share_text(row.hundredths),
        ]
        for n, row in enumerate(sums_of(register), start=1)
    ]


def _closing(whole: WholeRegister, at: datetime) -> dict[str, Any] | None:
    """The closing page as it was signed."""
    if whole.closing is None:
        return None
    body = whole.closing.body
    held = body["closing"]
    later = [e for e in whole.entries if e.position > whole.closing.entry.position and e.kind == "amendment"]
    return {
        "facts": [
            ["Chiuso il", words.when_text(held["at"])],
            ["Pagine", f"{held['pages']} di lezione, {held['study_pages']} di FAD asincrona"],
            ["Voci prima della chiusura", str(held["entries_before"])],
            ["Impronta SHA-256 del log", held["log_sha256"]],
            ["Frequenza minima", f"{held['minimum_pct']} %, regole versione {body['policy']['version']}"],
            ["Lezioni previste e non tenute", ", ".join(e["title"] for e in held["never_held"]) or "nessuna"],
            ["Rettifiche dopo la chiusura", str(len(later)) if later else "nessuna"],
        ],
        "learners": [
            [
                str(row["n"]),
                row["name"],
                words.hours(row["minutes"]),
                words.hours(row.get("recovered", 0)),
                words.hours(row["planned"]),
                share_text(row["hundredths_of_pct"]),
                words.hours(row["lost"]["justified"]),
                words.hours(row["lost"]["unjustified"]),
                "raggiunta" if row["reached_minimum"] else "non raggiunta",
            ]
            for row in body["learners"]
        ],
        "trainers": [[row["name"], words.hours(row["minutes"])] for row in body["trainers"]],
        "signatures": pages.signature_rows(body, whole.closing.signatures, at),
        "seal": pages.seal_of(whole.closing.entry, json.loads(whole.closing.entry.content)),
        "representative": held["representative"] or "________________",
    }
