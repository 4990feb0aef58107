"""A trainer maps and proposes, the director awards, the person opens the sheet on a phone."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.walk import faults_of, violations

EDITION = "/competenze/DIG-2026-01/"


@pytest.mark.slow
def test_from_a_question_to_the_sheet(at_device, product):
    """The demo leaves Amina's last goal to be proposed, and one question more to be mapped."""
    trainer, director, amina = at_device("docente", desk=True), at_device("direttore"), at_device("amina")
    page = trainer.page

    # The course: what is missing stands on top, and a tick goes for review.
    trainer.go(mapping_of(product.data, "DIG-BASE"))
    expect(page.locator("main")).to_contain_text("Nessuna domanda la mostra")
    question = page.locator("fieldset", has_text="Sei in biblioteca")
    question.locator("label", has_text="1.1 ").click()
    page.get_by_role("button", name="Salva").click()
    expect(page.locator(".messages, [data-controller='w-messages']").first).to_contain_text("revisione")

    # The evidence, and the proposal.
    trainer.go(EDITION).get_by_role("link", name=re.compile("Da proporre.*Amina")).click()
    expect(page.locator("main")).to_contain_text("Domande che la mostrano")
    title = page.locator("main h1").inner_text()
    page.get_by_role("button", name="Proponi il riconoscimento").click()
    expect(page.locator("main")).to_contain_text("Decide la direzione")

    # Whoever answers for the edition decides.
    desk = director.go("/competenze/decidere/")
    assert not faults_of(director)
    desk.get_by_role("link", name=re.compile("Amina")).click()
    assert not violations(desk)
    desk.locator("input[name=confirm]").check()
    desk.get_by_role("button", name="Attribuisci la competenza").click()
    desk.wait_for_url(re.compile(EDITION + "$"))

    # On her phone: the bar, the table and the words.
    phone = amina.go("/competenze/mie/")
    assert not faults_of(amina)
    expect(phone.locator("main")).to_contain_text(title)
    assert phone.locator("svg.levels .levels__step--reached").count() >= 4
    assert phone.locator("svg.levels").bounding_box()["width"] <= 360
    expect(phone.locator("#levels-table")).to_contain_text(title)
    phone.emulate_media(media="print")
    expect(phone.locator(".doors")).to_be_hidden()
    assert not director.complaints + amina.complaints


def mapping_of(data: Path, code: str) -> str:
    """The page of the editor that maps the course with this code."""
    with closing(sqlite3.connect(data / "ponte.sqlite3")) as database:
        (number,) = database.execute(
            "SELECT page_ptr_id FROM courses_coursepage WHERE code = ?", [code]
        ).fetchone()
    return f"/admin/corsi/{number}/competenze/"
