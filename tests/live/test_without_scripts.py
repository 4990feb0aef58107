"""A class in a browser whose scripts fail: slides, chat and votes by plain forms and the page loaded again."""

import re

from django.test import Client
from django.utils import timezone

from live import access, actions
from lms.attendance import actions as attendance
from tests.live import papers
from tests.live.room_with_tools import poll_of


class Browser:
    """Loads pages and posts the forms that stand in them, as a browser without scripts does."""

    def __init__(self, user, session) -> None:
        self.client = Client(headers={"accept-language": "it"})
        self.client.force_login(user)
        self.base = f"/aula/{session.uuid}/"

    def load(self, path: str = "") -> str:
        answer = self.client.get(self.base + path)
        assert answer.status_code == 200, (path, answer.status_code)
        self.html = answer.content.decode()
        return self.html

    def submit(self, action: str, **typed) -> str:
        """Post the form whose address ends so, with its hidden fields, and follow to the next page."""
        form = re.search(rf'<form[^>]*action="([^"]*{action})".*?</form>', self.html, re.DOTALL)
        assert form, f"no form to {action} on this page"
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.group(0))
        data = {name: value for name, value in hidden if name != "csrfmiddlewaretoken"} | typed
        answer = self.client.post(form.group(1), data, follow=True)
        assert answer.status_code == 200
        self.html = answer.content.decode()
        return self.html


def test_a_class_by_plain_forms(world):
    here = world.here
    trainer, amina = Browser(here.trainer, here.session), Browser(here.beneficiary, here.session)
    attendance.start_class(here.session, by=here.trainer, at=timezone.now())

    # before: a poll and slides are prepared
    trainer.load("prepara/")
    trainer.submit("/sondaggi/nuovo/", question="Quale tasto?", kind="one", choices="Rosso\nVerde")
    assert "Il sondaggio è salvato" in trainer.html
    trainer.submit(
        "/slide/carica/", files=papers.upload(papers.pdf("La rete", "Il telefono", "Fine"), "Rete.pdf")
    )
    assert "In attesa di preparazione" in trainer.html
    deck = access.seat_for(here.trainer, here.session.uuid).room.decks.get()
    assert actions.prepare_deck(deck.pk, at=timezone.now())

    # slides: shown by the trainer, seen and looked back at by the learner
    assert "Rete" not in amina.load()
    trainer.load()
    trainer.submit("/mostra/1/")
    trainer.load(f"slide/?deck={deck.uuid}&page=2")
    trainer.submit("/mostra/2/")
    amina.load()
    picture = re.search(r'<img class="slides__picture"[^>]* src="([^"]+)"[^>]*alt="([^"]+)"', amina.html)
    assert picture
    assert picture.group(2) == "Rete, pagina 2 di 3"
    assert amina.client.get(picture.group(1)).status_code == 200
    assert "Il telefono" in amina.html  # the words of the page, for who does not see it
    assert "il docente mostra questa pagina adesso" in amina.load("slide/")
    earlier = re.search(r'rel="prev" href="([^"]+)"', amina.html)
    assert earlier
    assert "La rete" in amina.load("slide/" + earlier.group(1).replace("&amp;", "&"))
    assert "page=3" not in amina.html
    assert "Torna alla pagina del docente" in amina.html

    # a vote
    amina.load()
    trainer.load()
    trainer.submit("/open/")
    amina.load()
    amina.submit("/voto/", choices="1")
    assert "La tua risposta è salvata" in amina.html
    assert 'value="1" checked' in amina.html
    assert "1 (100%)" not in amina.html
    trainer.load()
    trainer.submit("/show/")
    assert "1 (100%)" in amina.load()
    trainer.submit("/sondaggi/[^/]+/close/")
    assert "/voto/" not in amina.load()

    # chat: private, removed, closed
    amina.submit("/messaggi/", text="solo per lei", to="staff")
    assert "tra te e il docente" in amina.html
    amina.submit("/messaggi/", text="parolaccia", to="all")
    trainer.load()
    first = re.findall(r'action="([^"]+/togli/)"', trainer.html)[-1]
    trainer.submit(first.rsplit("messaggi", 1)[1])
    assert "Il docente ha rimosso questo messaggio" in amina.load()
    trainer.load()
    trainer.submit("/chat/close/")
    assert "La chat è chiusa" in amina.load()

    # afterwards everything stays with the class
    attendance.end_class(here.session, by=here.trainer, at=timezone.now())
    amina.load()
    for kept in ("Rete", "Quale tasto?", "1 (100%)", "solo per lei"):
        assert kept in amina.html
    assert "<form" not in amina.html.split("<main", 1)[1].split("</main>")[0]


def test_an_incomplete_or_late_vote_says_so(world):
    here = world.here
    attendance.start_class(here.session, by=here.trainer, at=timezone.now())
    seat = access.seat_for(here.trainer, here.session.uuid)
    poll = poll_of(seat, "Quale?", "Uno", "Due")
    actions.act_on_poll(seat, poll.uuid, "open", at=timezone.now())
    amina = Browser(here.beneficiary, here.session)
    amina.load()
    address = f"{amina.base}sondaggi/{poll.uuid}/voto/"
    key = "0a0b0c0d-0000-4000-8000-000000000009"
    for data, said in (
        ({"choices": "1"}, "Questo modulo è incompleto"),
        ({"key": "x", "choices": "1"}, "Questo modulo è incompleto"),
        ({"key": key}, "Prima scegli una risposta"),
        ({"key": key, "choices": "99999999999999999999"}, "Prima scegli una risposta"),
    ):
        answer = amina.client.post(address, data)
        assert answer.status_code in {400, 409}
        assert said in answer.content.decode()
    actions.act_on_poll(seat, poll.uuid, "close", at=timezone.now())
    assert (
        "Questo sondaggio è chiuso"
        in amina.client.post(address, {"key": key, "choices": "0"}).content.decode()
    )
