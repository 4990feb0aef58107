"""A certificate on its way: the person shows it from a phone, an employer checks it, the consortium has it, and a
revocation reaches all three."""

import json
import re
import time
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import expect

from tests.browser.walk import faults_of

pytestmark = pytest.mark.slow
LEARNER, EDITION = "amina", "DIG-2026-01"


def download(page, form: str, folder):
    with page.expect_download() as arriving:
        page.locator(f"main a[href$='/scarica/{form}/']").first.click()
    file = folder / f"attestato.{form}"
    arriving.value.save_as(file)
    return file


def address_in(paper) -> str:
    """What the square code on the paper says."""
    page = pypdfium2.PdfDocument(paper)[0].render(scale=3, grayscale=True)
    pixels = memoryview(bytes(page.buffer)).cast("B", (page.height, page.stride))
    (code,) = zxingcpp.read_barcodes(pixels)
    return urlsplit(code.text).path


def received(product, *, about: str, event: str) -> dict:
    """The event in the file of the consortium's receiver, which the worker reaches within a minute or two."""
    until = time.monotonic() + 300
    while time.monotonic() < until:
        for line in (product.data / "received.jsonl").read_text().splitlines():
            record = json.loads(line)["data"].get("record", {})
            if record.get("event") == event and about in (record["record_id"], record.get("revokes")):
                return record
        time.sleep(1)
    raise AssertionError(f"{event} of {about} never arrived")


def look(person, folder, name: str) -> None:
    assert not faults_of(person), name
    person.page.screenshot(path=folder / f"{name}.png", full_page=True)


def test_from_the_phone_to_the_employer_and_back(at_device, product, tmp_path):
    learner = at_device(LEARNER)
    page = learner.go("/competenze/mie/")
    page.locator("main a[href*='/competenze/documento/']").first.click()
    look(learner, tmp_path, "record")
    number = page.url.rstrip("/").rpartition("/")[2]
    paper = download(page, "pdf", tmp_path)
    page.locator("main a[href*='/competenze/condividi/?record=']").click()
    look(learner, tmp_path, "make-a-link")
    page.locator("input[name=label]").fill("Forno Bianchi")
    page.get_by_role("button", name=re.compile("link", re.I)).click()
    look(learner, tmp_path, "link")
    link = urlsplit(page.locator("#share-address").input_value()).path

    employer = at_device()
    assert address_in(paper) == f"/verifica/{number}/"
    checking = employer.go(address_in(paper))
    expect(checking.locator("main h1")).to_have_text("Questo attestato è valido")
    look(employer, tmp_path, "number")
    employer.go("/verifica/")
    checking.locator("input[type=file]").set_input_files(paper)
    checking.get_by_role("button", name="Controlla il file").click()
    expect(checking.locator("main h1")).to_have_text("Questo attestato è valido")
    look(employer, tmp_path, "file")
    employer.go(link)
    look(employer, tmp_path, "who-are-you")
    checking.locator("input[name=said]").fill("Lucia Bianchi, forno")
    checking.locator("main form button").click()
    expect(checking.locator("main")).to_contain_text("valido")
    look(employer, tmp_path, "shown")
    page.reload()
    expect(page.locator("main")).to_contain_text("Lucia Bianchi, forno")

    coordinator = at_device("consorzio", desk=True)
    desk = coordinator.go(f"/consorzio/?edition={EDITION}")
    assert number in coordinator.context.request.get(f"{coordinator.url}/consorzio/esporta.csv").text()
    award = received(product, about=f"urn:uuid:{number}", event="awarded")
    assert "Lucia" not in json.dumps(award)

    trainer = at_device("docente", desk=True)
    acting = trainer.go(f"/competenze/documento/{number}/")
    acting.locator("[commandfor=revoke].dialog-trigger").click()
    acting.locator("dialog#revoke input[name=reason][value=mistake]").check()
    acting.locator("dialog#revoke form button.button--danger").click()
    expect(acting.locator("main")).to_contain_text("Revocat")

    employer.go(address_in(paper))
    expect(checking.locator("main h1")).to_have_text("Questo attestato è stato revocato")
    look(employer, tmp_path, "number-revoked")
    employer.go(link)
    expect(checking.locator("main")).to_contain_text("revocat")
    learner.go(f"/competenze/documento/{number}/")
    expect(page.locator("main")).to_contain_text("non vale più")
    coordinator.go(f"/consorzio/?edition={EDITION}")
    expect(desk.locator("main")).to_contain_text("Revocat")
    revocation = received(product, about=f"urn:uuid:{number}", event="revoked")
    assert revocation["reason"] == "mistake"
    for person in (learner, employer, coordinator, trainer):
        assert not person.complaints
