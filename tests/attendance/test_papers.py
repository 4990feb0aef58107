"""The register on paper: what it says, what it carries, and that it anchors."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from lms.attendance import actions, papers, queries
from tests.attendance.conftest import hold
from tests.attendance.test_verification import ENTRY, sql
from tests.factories import NOW


def text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_register_on_paper_says_and_carries_everything(pages):
    register = pages[0].register
    pdf = papers.register_pdf(register, at=NOW + timedelta(days=9))
    reader = PdfReader(io.BytesIO(pdf))
    words = text_of(pdf)
    count, head = queries.head_of(register)
    assert head in words.replace("\n", "").replace(" ", "")
    assert "Pagina 3" in words
    assert str(register.edition.agency.name) in words
    names = set(reader.attachments)
    assert {f"{register.code}-ancora.json", f"{register.code}-log.csv", f"{register.code}-voci.json"} <= names
    anchor = json.loads(reader.attachments[f"{register.code}-ancora.json"][0])
    assert (anchor["position"], anchor["hash"]) == (count, head)
    assert b"pdfaid" in pdf
    assert b"pdfuaid" in pdf


def test_an_old_pdf_finds_a_tail_that_was_cut(pages, tmp_path, records, capsys):
    register = pages[0].register
    kept = tmp_path / "kept.pdf"
    kept.write_bytes(papers.register_pdf(register, at=NOW + timedelta(days=9)))
    call_command("register", "verify", register.code, anchor=[kept])
    assert "INTACT" in capsys.readouterr().out
    sql(f"DELETE FROM {ENTRY} WHERE position = 4")
    sql(
        "UPDATE attendance_registerpage SET closed_at = NULL, closed_by_id = NULL, number = NULL WHERE number = 3"
    )
    for file in records.rglob("000004.json"):
        file.unlink()
    with pytest.raises(CommandError, match=r"kept\.pdf"):
        call_command("register", "verify", register.code, anchor=[kept])


def test_a_file_that_is_no_anchor_is_said_so(pages, tmp_path):
    junk = tmp_path / "foto.pdf"
    junk.write_bytes(b"%PDF-1.7 nothing here")
    with pytest.raises(CommandError, match="holds no anchor"):
        call_command("register", "verify", pages[0].register.code, anchor=[junk])


def test_a_page_that_is_not_closed_says_that_it_is_a_draft(world):
    hold(world.here, people=[(world.here.beneficiary, (0, 50))])
    words = text_of(papers.class_pdf(world.here.session, at=NOW))
    assert "Bozza" in words


def test_text_that_looks_like_markup_stays_text(world):
    body = world.here
    body.beneficiary.last_name = '#panic() $x$ `a` "b" *c* <d> @e'
    body.beneficiary.save()
    page = hold(body, people=[(body.beneficiary, (0, 50))])
    actions.close_page(page, by=body.trainer, at=NOW + timedelta(hours=2), topic="#let x = 1")
    words = text_of(papers.class_pdf(body.session, at=NOW))
    assert "#panic()" in words
    assert "#let x = 1" in words
