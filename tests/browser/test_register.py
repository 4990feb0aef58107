"""A register by hand: an absence is decided, a page closed and signed, rectified by two people, inspected offline.

Then it is forged, twice, and the public page says so.
"""

import io
import re
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pikepdf
import pytest
from playwright.sync_api import expect
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tests.attendance import authority
from tests.browser.conftest import running
from tests.browser.walk import faults_of
from tests.prepared import PASSWORD

REGISTER = "REG-ITA-2026-02"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def product(demo_data, tmp_path_factory):
    """`./run` on a demo of its own, which is altered below, with a seal for its documents."""
    folder = tmp_path_factory.mktemp("sealed")
    shutil.copytree(demo_data, folder / "data")
    seal = {
        "PONTE_SEAL_FILE": str(authority.write_seal(folder)),
        "PONTE_SEAL_PASSPHRASE": authority.PASSPHRASE,
    }
    with running(folder / "data", seal) as product:
        yield product


def test_from_an_absence_to_a_forgery_that_is_found(at_device, product, tmp_path):
    shots = Shots(tmp_path)
    an_absence_is_accepted(at_device("tutor"), shots)
    address = a_page_is_closed_and_signed(at_device("docente"), shots)
    a_rectification_needs_two(at_device("tutor"), at_device("direttore"), address, shots)
    paper = an_inspector_takes_the_pdf(at_device("ispettore"), shots, tmp_path)
    anybody = at_device()
    it_is_checked_offline(anybody, paper, tmp_path)
    nobody_is_fooled(anybody, product, paper, tmp_path, shots)


class Shots:
    """Each page on a phone: nothing wrong with it, and a picture to look at."""

    def __init__(self, folder):
        self.folder = folder

    def take(self, person, name):
        assert faults_of(person) == [], name
        person.page.screenshot(path=self.folder / f"{name}.png", full_page=True)


def an_absence_is_accepted(tutor, shots):
    page = tutor.go("/assenze/")
    shots.take(tutor, "absences")
    page.locator("main").get_by_role("link", name=re.compile("Lacorte")).first.click()
    shots.take(tutor, "absence")
    seen = page.get_by_role("button", name="L'ho visto su carta")
    if seen.count():
        seen.click()
    page.get_by_role("button", name="Accetta", exact=True).click()
    expect(page.locator("main")).to_contain_text("Accettata")
    shots.take(tutor, "absence-accepted")


def a_page_is_closed_and_signed(trainer, shots):
    page = trainer.go("/presenze/")
    shots.take(trainer, "classes")
    page.locator("main").get_by_role("link", name=re.compile("In negozio")).first.click()
    page.wait_for_url(re.compile("/presenze/[0-9a-f-]{36}/$"))
    address = page.url.removeprefix(trainer.url)
    page.locator('main a[href$="/chiudi/"]').click()
    page.locator("input[name=topic]").fill("I prezzi e gli scontrini")
    page.locator("input[name=secret]").fill(PASSWORD)
    shots.take(trainer, "close")
    page.get_by_role("button", name="Chiudi e firma la pagina").click()
    page.wait_for_url(re.compile(address + "$"))
    expect(page.locator("main")).to_contain_text("I prezzi e gli scontrini")
    expect(page.locator("main")).to_contain_text("Firmata")
    shots.take(trainer, "class-closed")
    return address


def a_rectification_needs_two(tutor, director, address, shots):
    page = tutor.go(address)
    page.get_by_role("link", name="Proponi una rettifica").click()
    page.locator("[name=reason]").fill("Firma su carta, linea caduta")
    minutes = page.locator("main input[type=number]").first
    minutes.fill("61")
    shots.take(tutor, "amend")
    page.get_by_role("button", name="Proponi la rettifica").click()
    expect(page.locator("main")).to_contain_text("Firma su carta, linea caduta")
    assert page.get_by_role("button", name="Conferma").count() == 0, "nobody confirms their own"
    second = director.go(address)
    shots.take(director, "class-waiting")
    second.get_by_role("button", name="Conferma").click()
    expect(second.locator("main")).to_contain_text("rettificat")
    shots.take(director, "class-rectified")


def an_inspector_takes_the_pdf(inspector, shots, folder):
    page = inspector.go(f"/registri/{REGISTER}/")
    shots.take(inspector, "register")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Scarica il PDF").first.click()
    paper = folder / "registro.pdf"
    waiting.value.save_as(paper)
    return paper


def it_is_checked_offline(anybody, paper, folder):
    """With what the platform publishes, and with a library that is not ours."""
    published = {}
    for name in ("chiavi.json", "certificati.pem", "verifica_registro.py"):
        answer = anybody.context.request.get(f"{anybody.url}/registri/verifica/{name}")
        (folder / name).write_bytes(answer.body())
        published[name] = folder / name
    said = programme(published, paper)
    assert said.returncode == 0, said.stdout
    assert f"INTEGRO: {REGISTER}" in said.stdout
    with ThreadPoolExecutor(1) as apart:  # Playwright's loop has this thread
        assert apart.submit(sealed_whole, paper, published["certificati.pem"]).result()
    forged = folder / "ritoccato.pdf"
    forged.write_bytes(paper.read_bytes().replace(b"/Producer", b"/Prodqcer", 1))
    assert programme(published, forged).returncode == 1


def sealed_whole(paper, certificates):
    """What pyHanko says of the one signature in a PDF, trusting these certificates alone."""
    trusted = list(load_certs_from_pemder_data(certificates.read_bytes()))
    document = PdfFileReader(io.BytesIO(paper.read_bytes()))
    (signature,) = document.embedded_signatures
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=trusted, allow_fetching=False))
    return status.intact and status.valid and status.bottom_line


def programme(published, paper):
    return subprocess.run(
        [
            sys.executable,
            "-I",
            str(published["verifica_registro.py"]),
            str(paper),
            str(published["chiavi.json"]),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def nobody_is_fooled(anybody, product, paper, folder, shots):
    page = anybody.go("/registri/verifica/")
    shots.take(anybody, "verify")
    ask(page, code=REGISTER)
    expect(page.locator("main")).to_contain_text("È integro")
    shots.take(anybody, "verify-whole")
    ask(page, paper=paper)
    expect(page.locator("main")).to_contain_text("È integro")
    forged = folder / "falso.pdf"
    with pikepdf.open(paper) as document:
        document.docinfo["/Title"] = "Un altro registro"
        document.save(forged)
    ask(page, paper=forged)
    expect(page.locator("main")).to_contain_text("NON è integro")
    shots.take(anybody, "verify-forged")
    with closing(sqlite3.connect(product.data / "ponte.sqlite3", timeout=20)) as database, database:
        database.execute("UPDATE attendance_registerline SET minutes = minutes + 1 WHERE amended")
    ask(page, code=REGISTER)
    expect(page.locator("main")).to_contain_text("NON è integro")
    expect(page.locator("main")).to_contain_text("Rettifica della pagina 6")
    shots.take(anybody, "verify-altered")


def ask(page, *, code="", paper=None):
    page.locator("input[name=code]").fill(code)
    if paper:
        page.locator("input[name=paper]").set_input_files(paper)
    page.locator("main").get_by_role("button", name="Verifica").click()
    page.wait_for_load_state()
