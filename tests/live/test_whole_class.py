"""A class of one trainer and three learners on phones, from the address in the calendar to the closed page of the
register: the door, who is there, a poll, an inspector, a lost line, a substitute who takes over.

With PONTE_SCREENSHOTS=FOLDER it leaves pictures of what was seen.
"""

import re

import httpx
import pytest
from django.utils import timezone
from icalendar import Calendar

from lms.attendance import actions as attendance
from lms.attendance import queries
from lms.attendance.models import RegisterPage
from lms.enrolments import access as timetable
from lms.enrolments import actions as enrolments
from tests import factories as make
from tests.live.browsers import (
    DESK,
    PATIENCE,
    a_class,
    healthy,
    in_class,
    learner,
    needs_chromium,
    opened,
    show,
)

NAMES = (("Amina", "Keita"), ("Bea", "Moretti"), ("Chen", "Li"))
GUEST = "Piera Rossi (Regione Puglia)"


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@needs_chromium
def test_a_class_from_the_calendar_to_the_register(db, tmp_path):
    with a_class(tmp_path) as (site, body, session):
        people = [learner(body, *name) for name in NAMES]
        feeds = []
        for person in people:
            enrolments.make_feed(person, at=timezone.now())
            token = timetable.feed_token(timetable.feed_of(person))
            feeds.append(f"{site.url}/edizioni/calendario/{token}.ics")
        second = make.person("Sara", "Seconda", role="trainer", agency=body.training_body)
        make.staff(body.edition, second, "trainer")
        _pass, token = attendance.make_pass(
            session, name="Piera Rossi", office="Regione Puglia", by=body.training_director, at=timezone.now()
        )
        with opened(site, body, session, [body.trainer, second, *people]) as room:
            desk = room.enter(body.trainer, **DESK)
            desk.get_by_role("button", name="Inizia la lezione").click()
            phones = they_come_by_the_calendar_to_the_door(room, desk, people, feeds)
            assert "Moretti" not in phones[0].content()  # classmates read a given name and an initial
            a_poll_is_answered(desk, phones)
            they_say_that_they_are_there(desk, phones)
            inspector = an_inspector_comes(room, body, phones, token)
            one_is_sent_out_and_let_in_again(desk, phones[2])
            the_trainer_loses_the_line(room, desk, phones)
            sara = another_trainer_takes_over(room, second, desk, phones)
            the_inspector_checks_the_list(inspector)
            the_class_ends_and_its_page_is_closed(sara, phones)
            assert not room.complaints, room.complaints
        page = RegisterPage.objects.get(session=session)
        assert page.closed_at is not None
        assert [each.person for each in queries.leaders_of(session, page)] == [body.trainer, second]
        (visit,) = queries.visits_of(session)
        assert (visit.minutes_number, visit.found, len(visit.checks)) == ("12/2026", 1, 1)
        (prompt,) = queries.prompts_of(session)
        assert [each.verdict for each in prompt.answers].count("voice") == 1
        content = page.entries.get(kind="page").content
        for said in ("Sara", "Piera Rossi", "12/2026", '"waiting"'):
            assert said in content
        for line in queries.sheet_of(session).lines:
            for row in session.connections.filter(person__uuid=line.person):
                assert row.closed_at == row.last_evidence_at


def expect_(locator):
    from playwright.sync_api import expect

    return expect(locator)


def address_in(feed: str, session) -> str:
    """The calendar on the phone shows the class with its address; one touch leads there."""
    calendar = Calendar.from_ical(httpx.get(feed, timeout=60).content)
    (address,) = [
        str(event["url"])
        for event in calendar.walk("VEVENT")
        if str(event["uid"]).startswith(str(session.uuid))
    ]
    return address


def they_come_by_the_calendar_to_the_door(room, desk, people, feeds):
    desk.get_by_role("button", name="Fai aspettare alla porta").click()
    expect_(desk.get_by_role("button", name="Apri la porta a tutti")).to_be_visible(timeout=PATIENCE)
    phones = []
    for person, feed in zip(people, feeds, strict=True):
        phone = room.tab(person)
        phone.goto(address_in(feed, room.session))
        expect_(phone.get_by_role("heading", name="Aspetta qui")).to_be_visible(timeout=PATIENCE)
        phones.append(phone)
    healthy(phones[0], "door")
    expect_(desk.get_by_role("heading", name="3 persone aspettano alla porta")).to_be_visible(
        timeout=PATIENCE
    )
    healthy(desk, "desk")
    desk.get_by_role("button", name="Fai entrare tutti").click()
    for phone in phones:
        in_class(phone)
    expect_(desk.get_by_role("heading", name="3 allievi sono qui")).to_be_visible(timeout=PATIENCE)
    return phones


def they_say_that_they_are_there(desk, phones) -> None:
    """Announced, large, in time for everybody; who does not answer stays, and may answer by voice."""
    desk.get_by_role("button", name="Chiedi chi c'è").click()
    expect_(phones[0].locator("[data-room=prompt-soon]")).to_contain_text(
        "ti chiediamo se ci sei", timeout=PATIENCE
    )
    for phone in phones[:2]:
        button = phone.get_by_role("button", name="Ci sono")
        expect_(button).to_be_visible(timeout=PATIENCE)
        healthy(phone, "prompt")
        button.click()
        expect_(phone.get_by_text("la tua risposta è segnata")).to_be_visible(timeout=PATIENCE)
    expect_(desk.get_by_text("hanno risposto 2 su 3")).to_be_visible(timeout=PATIENCE)
    expect_(phones[2].get_by_role("button", name="Ci sono")).to_be_visible(timeout=PATIENCE)
    desk.get_by_role("button", name="Ha risposto a voce").click()
    expect_(desk.get_by_text("hanno risposto 3 su 3")).to_be_visible(timeout=PATIENCE)
    expect_(phones[2].get_by_role("button", name="Ci sono")).to_be_hidden(timeout=PATIENCE)
    expect_(phones[2].get_by_text("Ti hanno sentito")).to_be_visible()


def a_poll_is_answered(desk, phones) -> None:
    """The trainer writes it in class; two answer the one, one answers the other; then everybody sees it."""
    desk.locator("summary", has_text="Nuovo sondaggio").click()
    desk.get_by_label("Domanda").fill("Quale tasto blocca lo schermo?")
    desk.get_by_label("Risposte, una per riga").fill("Quello laterale\nIl volume")
    desk.get_by_role("button", name="Aprilo adesso").click()
    for phone, answer in zip(phones, ("Quello laterale", "Il volume", "Quello laterale"), strict=True):
        phone.get_by_role("tab", name=re.compile("Sondaggi")).click()
        phone.get_by_label(answer).check()
        phone.get_by_role("button", name="Rispondi", exact=True).click()
        expect_(phone.locator(".poll__stored")).to_contain_text(answer, timeout=PATIENCE)
    expect_(desk.locator(".sums__one").first).to_contain_text("2 (67%)", timeout=PATIENCE)
    desk.get_by_role("button", name="Mostra i risultati a tutti").click()
    for phone in phones:
        expect_(phone.locator(".sums__one").nth(1)).to_contain_text("1 (33%)", timeout=PATIENCE)


def an_inspector_comes(room, body, phones, token):
    tab = room.tab(body.trainer)  # any browser: the address is the key
    tab.context.clear_cookies()
    tab.goto(f"{room.site.url}/aula/visita/{token}/")
    healthy(tab, "visit")
    tab.get_by_role("button", name="Entra in aula come ispettore").click()
    in_class(tab)
    for phone in phones[:2]:
        expect_(phone.locator("[data-room=visit]")).to_have_text(
            f"L'ispettore {GUEST} è in aula.", timeout=PATIENCE
        )
    return tab


def one_is_sent_out_and_let_in_again(desk, phone) -> None:
    row = desk.locator(".desk__one", has_text="Li Chen").first
    row.locator("summary").click()
    row.get_by_label("Perché").fill("Una prova")
    row.get_by_role("button", name="Manda fuori").click()
    expect_(phone.get_by_role("heading", name="Ti hanno mandato fuori")).to_be_visible(timeout=PATIENCE)
    expect_(phone.locator("main")).to_contain_text("Una prova")
    healthy(phone, "sent out")
    desk.get_by_role("button", name="Fai rientrare").click()
    in_class(phone)  # the page looks by itself


def the_trainer_loses_the_line(room, desk, phones) -> None:
    desk.goto("about:blank")
    for phone in phones[:2]:
        expect_(phone.locator("[data-room=away]")).to_contain_text("ha perso la linea", timeout=PATIENCE)
        in_class(phone)  # nobody is thrown out
    healthy(phones[0], "away")
    desk.goto(room.room)
    in_class(desk)
    expect_(phones[0].locator("[data-room=away]")).to_be_hidden(timeout=PATIENCE)


def another_trainer_takes_over(room, second, desk, phones):
    sara = room.enter(second, **DESK)
    expect_(sara.get_by_role("button", name="Termina la lezione")).to_have_count(0)
    desk.locator("summary", has_text="Passa la lezione a un altro docente").click()
    desk.get_by_label("Perché").last.fill("La mia linea cade")
    desk.get_by_role("button", name="Passa la lezione", exact=True).click()
    expect_(phones[0].get_by_text("Ora conduce la lezione Sara Seconda").first).to_be_visible(
        timeout=PATIENCE
    )
    expect_(sara.get_by_role("button", name="Termina la lezione")).to_be_visible(timeout=PATIENCE)
    in_class(desk)
    expect_(desk.get_by_role("button", name="Termina la lezione")).to_have_count(0, timeout=PATIENCE)
    return sara


def the_inspector_checks_the_list(tab) -> None:
    tab.get_by_role("tab", name=re.compile("Persone")).click()
    healthy(tab, "inspector")
    tab.get_by_role("group", name="Keita Amina").get_by_label("Trovato in aula").check()
    tab.get_by_label("Numero del verbale").fill("12/2026")
    tab.get_by_role("button", name="Registra il controllo").click()
    expect_(tab.get_by_role("group", name="Keita Amina").get_by_label("Trovato in aula")).to_be_checked()
    expect_(tab.locator("[data-room=note]")).to_have_text("La visita è registrata.", timeout=PATIENCE)


def the_class_ends_and_its_page_is_closed(sara, phones) -> None:
    sara.get_by_role("button", name="Termina la lezione").click()
    sara.get_by_role("button", name="Sì, termina la lezione").click()
    for phone in phones:
        expect_(phone.get_by_role("heading", name="La lezione è finita")).to_be_visible(timeout=PATIENCE)
    expect_(phones[0].locator(".sums__one").first).to_contain_text("2 (67%)")  # kept with the class
    healthy(phones[0], "after")
    sara.get_by_role("link", name="Come è andata la lezione").click()
    expect_(sara.locator("main")).to_contain_text("Sara")
    expect_(sara.locator(".way").first).to_be_visible()
    sara.locator(".way", has_text="Keita Amina").locator("summary").click()
    expect_(sara.locator("main")).to_contain_text("alla porta dalle")
    healthy(sara, "report")
    sara.get_by_role("link", name="La pagina del registro").click()
    sara.get_by_role("link", name="Guarda la pagina e chiudila").click()
    show(sara, "page-to-close")
    sara.get_by_label("Argomento").fill("Bloccare lo schermo")
    sara.get_by_label("Per firmare").fill("una-prova-lunga")
    sara.get_by_role("button", name="Chiudi e firma la pagina").click()
    expect_(sara.get_by_text(re.compile("è chiusa. Non si può più cambiare. L'hai firmata"))).to_be_visible(
        timeout=PATIENCE
    )
