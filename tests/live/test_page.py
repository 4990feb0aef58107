"""The page of a class, in each phase, without and with scripts."""

import json
import os
import re
import shutil
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lms.attendance import actions as attendance
from tests import factories as make
from tests.conftest import build_body
from tests.site import start_site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def page(user, session) -> str:
    client = Client(headers={"accept-language": "it"})
    client.force_login(user)
    answer = client.get(f"/aula/{session.uuid}/")
    assert answer.status_code == 200
    return answer.content.decode()


def phase(html: str) -> str:
    found = re.search(r'data-phase="(\w+)"', html)
    assert found
    return found.group(1)


def session_at(world, **before):
    body = world.here
    return make.session(
        body.edition, body.trainer, starts_at=timezone.now() - timedelta(**before), minutes=60
    )


def test_each_phase_says_what_to_do(world):
    amina, trainer = world.here.beneficiary, world.here.trainer
    early = session_at(world, minutes=-120)
    assert phase(page(amina, early)) == "early"
    assert "Puoi entrare dalle" in page(amina, early)
    missed = session_at(world, minutes=120)
    assert phase(page(amina, missed)) == "missed"
    now = session_at(world, minutes=5)
    assert phase(page(amina, now)) == "waiting"
    assert "Inizia la lezione" not in page(amina, now)
    assert "Inizia la lezione" in page(trainer, now)
    attendance.start_class(now, by=trainer, at=timezone.now())
    assert phase(page(amina, now)) == "open"
    assert "Termina la lezione" in page(trainer, now)
    attendance.end_class(now, by=trainer, at=timezone.now())
    over = page(amina, now)
    assert phase(over) == "over"
    assert f"/impara/{world.here.edition.code}/" in over
    assert "classroom.js" not in over
    assert f"/presenze/{now.uuid}/" in page(trainer, now)


def test_an_inspector_has_nothing_to_press(world):
    now = session_at(world, minutes=5)
    html = page(world.here.inspector, now)
    assert 'data-room="compose"' not in html
    assert 'data-room="hand"' not in html
    assert "Inizia la lezione" not in html


def test_a_cancelled_class_is_absent(world):
    now = session_at(world, minutes=5)
    now.cancelled_at = timezone.now()
    now.save()
    client = Client()
    client.force_login(world.here.beneficiary)
    assert client.get(f"/aula/{now.uuid}/").status_code == 404


def test_a_line_sent_by_form_is_stored_once_and_escaped(world):
    now = session_at(world, minutes=5)
    client = Client()
    client.force_login(world.here.beneficiary)
    data = {"text": "<script>alert(1)</script> a < b & <3", "key": str(uuid.uuid4())}
    for _twice in range(2):
        assert client.post(f"/aula/{now.uuid}/messaggi/", data).status_code == 302
    html = page(world.here.trainer, now)
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt; a &lt; b &amp; &lt;3") == 1
    assert "<script>alert" not in html


def test_an_empty_or_endless_line_is_sent_back(world):
    now = session_at(world, minutes=5)
    client = Client(headers={"accept-language": "it"})
    client.force_login(world.here.beneficiary)
    for text in ("", "   ", "a" * 1001):
        answer = client.post(
            f"/aula/{now.uuid}/messaggi/", {"text": text, "key": str(uuid.uuid4())}, follow=True
        )
        assert "Il messaggio non è stato inviato" in answer.content.decode()


def test_the_page_asks_as_much_for_two_as_for_fifty(world, django_assert_max_num_queries):
    now = session_at(world, minutes=5)
    counts = []
    for people in (2, 50):
        for _each in range(people):
            person = make.person(role="beneficiary", agency=world.here.consortium)
            make.enrolment(person, world.here.edition)
            attendance.record_connection(
                person, now, device="d", boot_id=uuid.uuid4(), role="learner", at=timezone.now()
            )
        client = Client()
        client.force_login(world.here.trainer)
        client.get(f"/aula/{now.uuid}/")
        with django_assert_max_num_queries(60) as queries:
            client.get(f"/aula/{now.uuid}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_class_in_two_browsers(db, tmp_path):
    """Trainer at a desk, learner on a phone: begin, write, ask to speak, lose the line, come back, end."""
    with start_site(tmp_path) as site, site.database():
        body = build_body("Qui")
        session = make.session(body.edition, body.trainer, starts_at=timezone.now() - timedelta(minutes=2))
        cookies = {name: site.sign_in(body.people[name]) for name in ("trainer", "beneficiary")}
        _in_chromium(site.url, f"{site.url}/aula/{session.uuid}/", cookies)
        rows = [(row.reason, row.closed_at) for row in session.connections.filter(person=body.beneficiary)]
        assert len(rows) >= 2  # the line was lost once
        assert all(closed for _reason, closed in rows)


def _in_chromium(site: str, address: str, cookies: dict) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import expect, sync_playwright

    def healthy(tab) -> None:
        found = Axe().run(tab).response["violations"]
        assert not found, [(each["id"], each["nodes"][0]["html"]) for each in found]

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        lines: list = []  # the socket of each page, and the server's end of it

        def tab_of(who: str, **options):
            context = browser.new_context(locale="it-IT", **options)
            context.add_cookies([{"name": k, "value": v, "url": site} for k, v in cookies[who].items()])
            tab = context.new_page()
            tab.set_default_timeout(30_000)
            tab.on("dialog", lambda dialog: pytest.fail("a script ran"))
            tab.route_web_socket(
                re.compile("/ws/aula/"), lambda line: lines.append((line, line.connect_to_server()))
            )
            tab.goto(address)
            expect(tab.locator("[data-room=line-words]")).to_have_text("Sei in aula", timeout=30_000)
            return tab

        desk = tab_of("trainer", viewport={"width": 1280, "height": 800})
        phone = tab_of("beneficiary", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
        healthy(phone)
        desk.get_by_role("button", name="Inizia la lezione").click()
        expect(phone.get_by_role("heading", name="La lezione è in corso")).to_be_visible()
        for text in ("<img src=x onerror=alert(1)>", "</template><script>alert(1)</script>", "a < b & <3"):
            phone.get_by_label("Il tuo messaggio").fill(text)
            phone.keyboard.press("Enter")
            expect(desk.locator(".lines__text").get_by_text(text, exact=True)).to_be_visible()
        phone.get_by_role("button", name="Alza la mano").click()
        expect(phone.get_by_text("Tocca a te", exact=False).first).to_be_visible()
        desk.get_by_role("button", name=re.compile("^Abbassa: Beneficiary")).click()
        expect(phone.get_by_role("button", name="Alza la mano")).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360
        healthy(desk)
        _trouble_is_shown_as_long_as_it_lasts(phone, lines[-1][0], healthy)
        _a_restart_brings_everybody_back(phone, lines)
        phone.get_by_role("tab", name="Persone").click()
        expect(phone.get_by_text("Beneficiary Q. (tu)")).to_be_visible()
        healthy(phone)
        phone.reload()  # the line is lost and taken up again, with everything that was said
        expect(phone.locator(".lines__text").get_by_text("a < b & <3", exact=True)).to_be_visible()
        expect(phone.locator("[data-room=line-words]")).to_have_text("Sei in aula")
        desk.get_by_role("button", name="Termina la lezione").click()
        desk.get_by_role("button", name="Sì, termina la lezione").click()
        expect(phone.get_by_role("heading", name="La lezione è finita")).to_be_visible()
        expect(phone.get_by_role("link", name="Continua il corso")).to_be_visible()
        healthy(phone)
        browser.close()


def _trouble_is_shown_as_long_as_it_lasts(phone, line, healthy) -> None:
    """What the server says of its own faults, put into the line: a sentence that stays, and one at the end."""
    from playwright.sync_api import expect

    def say(what: str, *, over: bool) -> None:
        line.send(json.dumps({"t": "trouble", "what": what, "over": over}))

    banner, announced = phone.locator("[data-room=trouble]"), phone.locator("[data-room=announcer]")
    expect(banner).to_be_hidden()
    say("processes", over=False)
    expect(banner).to_contain_text("con qualche secondo di ritardo")
    say("records", over=False)
    expect(banner).to_contain_text("Resta qui: la tua presenza conta")
    expect(banner).to_contain_text("non può salvare niente")  # the graver one
    expect(announced).to_contain_text("non può salvare niente")
    healthy(phone)
    if folder := os.environ.get("PONTE_SCREENSHOTS"):
        phone.screenshot(path=f"{folder}/trouble.png")
    say("records", over=True)
    expect(banner).to_contain_text("con qualche secondo di ritardo")
    say("processes", over=True)
    expect(banner).to_be_hidden()
    expect(announced).to_contain_text("Tutto funziona di nuovo")


def _a_restart_brings_everybody_back(phone, lines) -> None:
    """The server says when and closes with its own code: the page comes back by itself."""
    from playwright.sync_api import expect

    before = len(lines)
    page, server = lines[-1]
    page.send(json.dumps({"t": "restart", "within": 1.0}))
    page.close(code=4312)
    server.close()
    expect(phone.locator("[data-room=line]")).not_to_have_attribute("data-state", "on")
    expect(phone.locator("[data-room=line-words]")).to_have_text("Sei in aula")
    assert len(lines) == before + 1
