"""The nightly files of the network, and putting a record right, at a phone and without a fault."""

import pytest

from demo.runs import RUNS
from tests.browser.walk import faults_of

pytestmark = pytest.mark.slow  # the demo is loaded first


def in_both_looks(person) -> list[str]:
    """What is wrong with this page in English in the dark and in Italian by day."""
    found = []
    for language, scheme in (("en", "dark"), ("it", "light")):
        person.speak(language)
        person.page.emulate_media(color_scheme=scheme)
        person.page.reload()
        found += faults_of(person)
    return found + person.complaints


def test_the_page_of_files_with_files_on_it(at_device):
    person = at_device("consorzio")
    page = person.go("/consorzio/file/")
    assert not in_both_looks(person)
    row = page.locator("tbody tr", has_text="file notturni").first
    with page.expect_download() as taken:
        row.get_by_role("link", name="CSV", exact=True).click()
    text = taken.value.path().read_bytes().decode("utf-8-sig")
    assert len(text.splitlines()) > 2
    assert "Amina" not in text


def test_what_a_subscriber_may_do_is_on_its_page(at_device):
    person = at_device("admin")
    page = person.go("/consorzio/destinatari/")
    page.get_by_role("link", name="archivio delle attestazioni").click()
    assert page.locator("code", has_text="attendance-records.read").count() == 1
    assert not in_both_looks(person)
    page.get_by_role("link", name="Modifica").click()
    assert page.get_by_role("checkbox", name="Prelevare attestati di frequenza").is_checked()
    assert page.locator("input[name=files]").count() == 1
    assert not in_both_looks(person)


def test_putting_a_record_right(at_device):
    """An empty form is sent back with what is missing, and each error belongs to its field."""
    person = at_device("direttore")
    page = person.go(f"/competenze/{RUNS[0].code}/")
    form = page.locator("form[action$='/rettifica/']")
    waiting, known = [], set()
    for _ in range(40):
        links = page.locator("main a[href^='/competenze/']").evaluate_all(
            "links => links.map(link => link.getAttribute('href'))"
        )
        new = [
            link
            for link in links
            if link not in known and not link.endswith(".csv") and "/scarica/" not in link
        ]
        waiting = [each for each in new if "/documento/" in each] + waiting + new
        known.update(new)
        person.go(waiting.pop(0))
        if form.count():
            break
    assert form.count() == 1, "the director may put one of these right"
    page.locator("[data-dialog-target='trigger'], button", has_text="Rettifica").first.click()
    assert form.is_visible()
    assert not faults_of(person)
    form.locator("button[type=submit], button:not([type])").first.click()
    page.wait_for_url("**/rettifica/")
    assert page.locator(".form-errors, [role=alert], .error-summary").first.is_visible()
    assert [each for each in faults_of(person) if "region" not in each] == []
