"""Every tool of a class once, by a trainer at a desk and a learner on a phone."""

import re
from itertools import pairwise

import pytest

from tests.live import papers
from tests.live.browsers import DESK, PATIENCE, a_class, healthy, in_class, needs_chromium, opened
from tests.live.test_bad_input import XSS


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@needs_chromium
def test_the_tools_from_preparing_to_closing(db, tmp_path):
    with a_class(tmp_path, worker=True) as (site, body, session):
        with opened(site, body, session, [body.trainer, body.beneficiary]) as room:
            desk, phone = prepared(room), None
            phone = room.enter(body.beneficiary)
            desk.goto(room.room)
            in_class(desk)
            slides_are_shown(desk, phone)
            people_write(desk, phone)
            a_poll_is_asked(desk, phone)
            the_stage_changes(desk, phone)
            healthy(phone, "phone")
            healthy(desk, "desk")
            assert not room.complaints, room.complaints
        poll = session_polls(session)
        assert [(row["state"], row["results_shown"]) for row in poll] == [("closed", True)]


def session_polls(session):
    from live.models import Poll

    return list(Poll.objects.filter(room__session=session).values("state", "results_shown"))


def prepared(room):
    """Before the class: slides are brought, a poll is written."""
    from playwright.sync_api import expect

    desk = room.tab(room.body.trainer, **DESK)
    desk.goto(f"{room.room}prepara/")
    healthy(desk, "prepare, empty")
    desk.set_input_files(
        "#bring-files",
        {"name": "a.pptx", "mimeType": "application/vnd.ms-powerpoint", "buffer": b"PK\x03\x04" * 500},
    )
    expect(desk.get_by_role("alert")).to_contain_text("Salva come PDF", timeout=PATIENCE)
    room.complaints.clear()  # the console tells of the refused upload
    content = papers.pdf("Prima pagina", "Seconda pagina", "Terza pagina")
    desk.set_input_files(
        "#bring-files", {"name": "<b>Rete.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    expect(desk.locator(".decks__one[data-state=ready]")).to_contain_text("<b>Rete", timeout=PATIENCE)
    desk.locator("summary", has_text="Nuovo sondaggio").click()
    desk.get_by_label("Domanda").fill(XSS[1])
    desk.get_by_label("Risposte, una per riga").fill("una sola")
    desk.get_by_role("button", name="Tienilo per dopo").click()
    expect(desk.get_by_role("alert").filter(has_text="Scrivi da 2 a 8")).to_be_visible()
    room.complaints.clear()
    desk.get_by_label("Risposte, una per riga").fill(f"{XSS[3]}\nVerde\nBlu")
    desk.get_by_role("button", name="Tienilo per dopo").click()
    expect(desk.locator(".poll")).to_contain_text(XSS[1])
    healthy(desk, "prepare")
    return desk


def slides_are_shown(desk, phone) -> None:
    from playwright.sync_api import expect

    desk.get_by_role("button", name="Inizia la lezione").click()
    desk.locator(".decks").get_by_role("button", name="Mostra").click()
    expect(phone.locator(".slides__picture")).to_be_visible()
    assert phone.locator(".slides__picture").get_attribute("alt") == "<b>Rete, pagina 1 di 3"
    for page in (2, 3):  # a hand-held pointer
        desk.keyboard.press("PageDown")
        expect(phone.locator(".slides__place")).to_have_text(f"{page} di 3")
    phone.wait_for_function("document.querySelector('.slides__picture').naturalWidth > 0")
    expect(phone.locator("[data-room=announcer]")).to_contain_text(
        "Pagina 3 di 3. Terza pagina", timeout=PATIENCE
    )
    # look back, by button and by key, while the trainer goes on; then return
    phone.get_by_role("button", name="Indietro", exact=True).click()
    expect(phone.locator(".slides__place")).to_have_text("2 di 3")
    phone.keyboard.press("ArrowLeft")
    expect(phone.locator(".slides__place")).to_have_text("1 di 3")
    healthy(phone, "looking back")
    desk.keyboard.press("PageUp")
    expect(desk.locator(".slides__place")).to_have_text("2 di 3")
    expect(phone.get_by_text("Il docente è alla pagina 2.")).to_be_visible()
    expect(phone.locator(".slides__place")).to_have_text("1 di 3")
    phone.get_by_role("button", name="Torna alla pagina del docente").click()
    expect(phone.locator(".slides__place")).to_have_text("2 di 3")
    phone.get_by_role("button", name="Testo").click()
    expect(phone.locator(".slides__text")).to_be_focused()
    expect(phone.locator(".slides__text")).to_have_text("Seconda pagina")
    phone.get_by_role("button", name="Testo").click()
    # nothing stands over the stage: the bar and the tabs begin where the picture ends
    boxes = [
        phone.locator(part).bounding_box()
        for part in (".slides__picture", ".slides__bar", ".tabs", ".controls")
    ]
    for above, below in pairwise(boxes):
        assert above["y"] + above["height"] <= below["y"] + 1


def people_write(desk, phone) -> None:
    from playwright.sync_api import expect

    field = phone.get_by_label("Il tuo messaggio")
    phone.get_by_label("Chi lo legge").select_option("staff")
    field.fill("non capisco")
    phone.keyboard.press("Enter")
    expect(desk.locator(".lines__one")).to_contain_text("linea privata di Beneficiary Qui")
    phone.get_by_label("Chi lo legge").select_option("all")
    field.fill(XSS[7])
    phone.keyboard.press("Enter")
    line = desk.locator(".lines__text").get_by_text(XSS[7], exact=True)
    expect(line).to_be_visible()
    desk.get_by_role("button", name=re.compile("^Rispondi in privato")).click()
    desk.get_by_label("Il tuo messaggio").fill("lo spiego di nuovo")
    desk.keyboard.press("Enter")
    expect(phone.locator(".lines__one", has_text="lo spiego di nuovo")).to_contain_text("tra te e il docente")
    desk.get_by_role("button", name=f"Rimuovi: Beneficiary Qui, {XSS[7][:40]}").click()
    expect(phone.get_by_text("Il docente ha rimosso questo messaggio")).to_be_visible()
    phone.get_by_role("button", name="Più piano").click()
    expect(desk.locator("[data-room=sums]")).to_contain_text("1 × Più piano")
    desk.get_by_role("button", name="Chiudi la chat").click()
    expect(phone.get_by_text("La chat è chiusa. Puoi scrivere solo al docente.").first).to_be_visible()
    expect(phone.get_by_label("Chi lo legge")).to_have_value("staff")
    healthy(phone, "chat")
    desk.get_by_role("button", name="Riapri la chat").click()
    expect(phone.get_by_label("Chi lo legge")).to_have_value("all")


def a_poll_is_asked(desk, phone) -> None:
    from playwright.sync_api import expect

    desk.locator(".poll").get_by_role("button", name="Aprilo adesso").click()
    expect(phone.locator("#tab-polls .count")).to_have_text("1")
    phone.locator("#tab-chat").focus()
    for _twice in range(2):  # tabs by arrow
        phone.keyboard.press("ArrowRight")
    expect(phone.locator("#tab-polls .count")).to_be_hidden()
    phone.get_by_label(XSS[3]).check()
    phone.get_by_role("button", name="Rispondi", exact=True).click()
    expect(phone.locator(".poll__stored")).to_contain_text("Risposta salvata")
    expect(desk.locator(".sums__one").first).to_contain_text("1 (100%)")
    expect(phone.locator(".sums__one")).to_have_count(0)  # not shown yet
    phone.get_by_label("Verde").check()
    phone.get_by_role("button", name="Cambia la risposta").click()
    expect(desk.locator(".sums__one").nth(1)).to_contain_text("1 (100%)")
    healthy(phone, "poll")
    desk.get_by_role("button", name="Mostra i risultati a tutti").click()
    expect(phone.locator(".poll .sums__one").nth(1)).to_contain_text("Verde (tu)")
    # who comes back finds the answer, the page and the sums again
    phone.reload()
    in_class(phone)
    phone.get_by_role("tab", name="Sondaggi").click()
    expect(phone.get_by_label("Verde")).to_be_checked()
    expect(phone.locator(".slides__place")).to_have_text("2 di 3")
    desk.get_by_role("button", name="Mettilo in primo piano").click()
    expect(phone.locator("[data-room=stage-poll]")).to_contain_text("1 (100%)")
    healthy(phone, "poll on stage")
    desk.get_by_role("button", name="Chiudilo").click()
    expect(phone.locator(".poll")).to_contain_text("La tua risposta: Verde")


def the_stage_changes(desk, phone) -> None:
    from playwright.sync_api import expect

    desk.get_by_role("button", name="In primo piano: Beneficiary Qui").click()
    expect(phone.locator("[data-room=stage-name]")).to_have_text("Beneficiary Q.")
    desk.get_by_role("button", name="Le slide", exact=True).click()
    expect(phone.locator(".slides__picture")).to_be_visible()
    desk.get_by_label("Minuti", exact=True).fill("2")
    desk.get_by_role("button", name="Avvia").click()
    expect(phone.get_by_role("timer")).to_contain_text(re.compile("Mancano [12]:"))
    desk.get_by_role("button", name="Ferma").click()
    expect(phone.get_by_role("timer")).to_be_hidden()
