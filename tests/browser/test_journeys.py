"""What people do with the product, by hand, in a phone's window."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import open_class
from tests.browser.walk import faults_of
from tests.prepared import PASSWORD

SLOW_PHONE = 4


def slow_down(person) -> None:
    """A cheap phone: a quarter of this machine's speed."""
    session = person.context.new_cdp_session(person.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PHONE})


def test_a_lesson_from_the_first_page_to_finished(at_device):
    """As the README says: sign in, Courses, the course, the large button, read, «Ho finito», the next step."""
    person = at_device("amina")
    slow_down(person)
    page = person.page
    page.get_by_role("link", name=re.compile("Corsi")).last.click()
    page.get_by_role("link", name=re.compile("Italiano per il lavoro")).first.click()
    page.get_by_role("link", name=re.compile("Comincia|Continua")).first.click()
    lesson = page.url
    expect(page.locator("main h1")).to_have_text(re.compile("I numeri"))
    page.get_by_role("button", name="Ho finito").click()
    page.wait_for_url(lambda url: url != lesson)
    person.go("/impara/ITA-2026-02/")
    expect(page.locator("main")).to_contain_text("Che ore sono")
    assert not person.complaints


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_quiz_is_answered_with_and_without_scripts(scripts, at_device):
    """Fatou's next step is a quiz: every question is one page, and the result explains every answer."""
    person = at_device("allievo02", scripts=scripts)
    person.go("/impara/ITA-2026-02/")
    page = person.page
    page.get_by_role("link", name=re.compile("Mi presento")).last.click()
    page.locator("form[action*='/inizia/'] button").first.click()
    for number in range(8):
        if "/domanda/" not in page.url:
            break
        if scripts and number == 0:
            assert not faults_of(person)
        written = page.locator("main input[name=text]")
        if written.count():
            written.fill("quindici")
        else:
            page.locator("main label.answer").first.click()
        before = page.url
        page.locator("main button[value=next]").click()
        page.wait_for_url(lambda url, before=before: url != before)
    assert "/controllo/" in page.url
    if scripts:
        assert not faults_of(person)
    page.locator("form[action*='/consegna/'] button").first.click()
    page.wait_for_url(re.compile("/esito/"))
    expect(page.locator("main")).to_contain_text(re.compile(r"\d"))
    if scripts:
        assert not faults_of(person)
    assert not person.complaints


def test_a_class_with_a_trainer_and_a_learner(at_device):
    """They see each other, the learner writes and raises a hand, the line drops and comes back."""
    trainer, learner = at_device("docente", desk=True), at_device("amina")
    room = open_class(learner)
    slow_down(learner)
    trainer.go(room)
    learner.go(room)
    expect(learner.page.locator("main")).to_contain_text("Lucia", timeout=20_000)
    expect(trainer.page.locator("main")).to_contain_text("Amina", timeout=20_000)
    words = "Buongiorno a tutti, mi sentite?"
    box = learner.page.locator("input[name=text], textarea[name=text]").first
    if not box.is_visible():
        learner.page.get_by_role("tab", name=re.compile("chat", re.I)).click()
    box.fill(words)
    box.press("Enter")
    expect(trainer.page.locator("main")).to_contain_text(words, timeout=20_000)
    learner.context.set_offline(True)
    learner.page.wait_for_timeout(1500)
    learner.context.set_offline(False)
    learner.page.reload()
    expect(learner.page.locator("main")).to_contain_text(words, timeout=20_000)


#: What the focus stands on, and whether it is drawn: on the element, on what covers it, or on its label or card.
FOCUS = """(() => {
    const here = document.activeElement;
    if (here === document.body) return ["", true];
    const drawn = (style) => style.outlineStyle !== "none" || style.boxShadow !== "none";
    const places = [here, here.closest("label, .card") || here];
    return [
        here.name || here.textContent.trim().replace(/\\s+/g, " "),
        places.some((place) => drawn(getComputedStyle(place))) || drawn(getComputedStyle(here, "::after")),
    ];
})()"""


def tab_to(page, words: str) -> None:
    """Press Tab until the focus is on what says this; the focus is seen wherever it stands."""
    passed = []
    for _step in range(60):
        page.keyboard.press("Tab")
        said, seen = page.evaluate(FOCUS)
        passed.append(said)
        assert seen, f"nobody sees the focus on {said!r}"
        if re.search(words, said):
            return
    raise AssertionError(f"Tab does not reach {words!r} on {page.url}: {passed}")


def test_everything_by_keyboard_from_sign_in_to_a_lesson(at_device):
    """No mouse, no finger: Tab and Enter are enough, and the focus is always seen."""
    person = at_device()
    page = person.go("/accedi/")

    def enter(words: str, typed: str = "") -> None:
        tab_to(page, words)
        if typed:
            page.keyboard.type(typed)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    enter("^login$", "allievo14")  # who has not begun: no other test finishes this lesson
    if not page.locator("input[name=password]").is_visible():
        enter("(?i)password")
    enter("^password$", PASSWORD)
    enter("^Corsi$")
    enter("^(Comincia|Continua)")
    lesson = page.url
    tab_to(page, "^Ascolta$")
    assert page.url == lesson
    assert page.get_by_role("button", name="Ho finito").is_disabled()  # it opens after the minimum time


def test_the_first_page_of_a_learner_is_light(at_device):
    """At most 120 kB and 10 requests the first time, 15 kB the second (measured as sent over the line)."""
    person = at_device("amina")
    fresh = at_device()
    fresh.context.add_cookies(person.context.cookies())
    for limit_kb, limit_requests in ((120, 10), (15, 10)):
        session = fresh.context.new_cdp_session(fresh.page)
        session.send("Network.enable")
        seen: list[int] = []
        session.on(
            "Network.loadingFinished", lambda event, seen=seen: seen.append(event["encodedDataLength"])
        )
        fresh.go("/impara/ITA-2026-02/")
        fresh.page.wait_for_load_state("networkidle")
        assert len(seen) <= limit_requests, seen
        assert sum(seen) <= limit_kb * 1000, seen
        session.detach()
