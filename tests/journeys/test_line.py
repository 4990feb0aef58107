"""The whole line, through real pages, a real websocket and a real receiver: catalogue → referral → lessons →
quiz → class → register → competency → the consortium's endpoint, and its feed."""

import asyncio
import json
import re
import sqlite3
import threading
import time
import uuid
from datetime import timedelta

import httpx
import psycopg
import pytest
from django.utils import timezone

from examples.receiver import Receiver, Store
from lms.attendance import actions as attendance
from lms.consortium import actions as consortium
from lms.consortium.models import Subscriber
from tests import factories as make
from tests.conftest import build_body
from tests.journeys.hands import Hands
from tests.live.wire import Member
from tests.site import start_site

pytestmark = [pytest.mark.services]
QUICK = {
    "PONTE_LIVE_PROBE_SECONDS": "1",
    "PONTE_LIVE_FLUSH_SECONDS": "1",
    "PONTE_CONSORTIUM_ALLOW_PRIVATE": "1",
}


class Scene:
    """One network on a running site, everybody signed in, and the consortium listening."""

    def __init__(self, site, folder) -> None:
        self.site = site
        self.body = build_body("Qui")
        now = timezone.now()
        self.newcomer = make.person("Amina", "Farah", role="beneficiary", agency=self.body.consortium)
        make.case(self.body.social_worker, self.newcomer, self.body.consortium)
        self.session = make.session(
            self.body.edition, self.body.trainer, starts_at=now - timedelta(minutes=1), minutes=30
        )
        # The notice of this course asks for no minimum of hours: nobody waits two hours in a test.
        attendance.set_policy(
            self.body.edition,
            {"min_attendance_pct": {"value": 0, "source": "prova", "valid_from": "2026-01-01"}},
            by=self.body.training_director,
            at=now,
        )
        self.goal()
        self.receive(folder)
        self.trainer_cookies = site.sign_in(self.body.trainer)
        self.learner_cookies = site.sign_in(self.newcomer)
        self.trainer_hands = Hands(site.url, self.trainer_cookies)

    def goal(self) -> None:
        from courses.frameworks import importers, queries
        from courses.models import CompetencyGoal

        importers.import_core()
        competency = queries.competency_by_code("digcomp", "1.1")
        course = self.body.course
        course.goals = [CompetencyGoal(competency=competency, level=competency.framework.levels.first())]
        course.save_revision().publish()
        self.competency = competency

    def receive(self, folder) -> None:
        self.stored = folder / "received.jsonl"
        self.receiver = Receiver(("127.0.0.1", 0), Store(self.stored), [])
        subscriber, secret = consortium.create_subscriber(
            name="Consorzio di prova",
            agency=self.body.consortium,
            endpoint=f"http://127.0.0.1:{self.receiver.server_address[1]}/",
            kinds=["frequenza", "trasparenza_I", "register.page_closed"],
            all_editions=True,
            legal_basis="protocollo",
            by=self.body.administrator,
            at=timezone.now(),
        )
        self.receiver.secrets.append(secret)
        self.subscriber = Subscriber.objects.get(pk=subscriber.pk)
        threading.Thread(target=self.receiver.serve_forever, daemon=True).start()

    def hands(self, person) -> Hands:
        return Hands(self.site.url, self.site.sign_in(person))

    def received(self) -> list[dict]:
        if not self.stored.exists():
            return []
        return [json.loads(line) for line in self.stored.read_text().splitlines()]

    def wait_for(self, kind: str, seconds: float = 100) -> dict:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for event in self.received():
                if kind in json.dumps(event):
                    return event
            time.sleep(0.3)
        raise AssertionError(f"no {kind} among {self.received()}\n{self.site.log.read_text()[-2000:]}")


def test_from_the_catalogue_to_the_consortium(db, tmp_path, settings):
    settings.CONSORTIUM_ALLOW_PRIVATE_ENDPOINTS = True
    with start_site(tmp_path / "site", QUICK, worker=True) as site, site.database():
        scene = Scene(site, tmp_path)
        the_course_is_found(scene)
        the_worker_refers(scene)
        the_learner_studies(scene)
        minutes = asyncio.run(the_class_is_held(scene))
        the_page_is_closed(scene, minutes)
        the_competency_is_awarded(scene)
        the_record_arrives(scene)
        the_feed_has_it(scene)
        an_altered_register_is_found(scene)
        scene.receiver.shutdown()


def the_course_is_found(scene: Scene) -> None:
    visitor = Hands(scene.site.url).open("/corsi/")
    visitor.follow(scene.body.course.title)
    assert "application/ld+json" in visitor.answer.text
    assert "Un testo breve" not in visitor.answer.text  # what is behind enrolment stays there


def the_worker_refers(scene: Scene) -> None:
    worker = scene.hands(scene.body.social_worker)
    worker.open(f"/edizioni/{scene.body.edition.code}/invia/")
    worker.send("/invia/", person=str(scene.newcomer.uuid), agency=str(scene.body.consortium.uuid))
    enrolment = scene.newcomer.enrolments.get()
    assert enrolment.status == "active"
    scene.enrolment = enrolment


def the_learner_studies(scene: Scene) -> None:
    learner = scene.hands(scene.newcomer)
    learner.open("/oggi/")
    learner.open(f"/impara/{scene.body.edition.code}/")
    for lesson in ("Lezione 1", "Lezione 2"):
        learner.open(f"/impara/{scene.body.edition.code}/").follow(lesson)
        assert "Un testo breve" in learner.words
        learner.send("/finito/")
    learner.open(f"/impara/{scene.body.edition.code}/").follow("Verifica")
    learner.send("/inizia/")
    for right in ("Quello laterale", "Falso"):
        choices = {
            " ".join(label.text_content().split()): label.xpath(".//input")[0].get("value")
            for label in learner.page.xpath("//main//label[.//input]")
        }
        learner.send("/domanda/", choice=choices[right], button=("go", "next"))
    learner.send("/consegna/")
    assert "/esito/" in learner.path
    assert "2" in learner.words


async def the_class_is_held(scene: Scene) -> float:
    """Trainer and learner meet for some seconds; the line drops once; returns the seconds the learner was in."""
    site, room = scene.site, scene.session.uuid
    trainer = Member(site.url, scene.trainer_cookies, room)
    learner = Member(site.url, scene.learner_cookies, room)
    await trainer.enter()
    await asyncio.to_thread(scene.trainer_hands.open, f"/aula/{room}/")
    await trainer.send(t="start")
    await trainer.hear("started")
    await learner.enter()
    began = time.monotonic()
    await learner.send(t="chat", text="Buongiorno <b>a tutti</b>", key=str(uuid.uuid4()))
    assert (await trainer.hear("said"))["text"] == "Buongiorno <b>a tutti</b>"
    await learner.send(t="hand", up=True)
    await trainer.hear("hands")
    await asyncio.sleep(3)
    await learner.socket.close()
    again = Member(site.url, scene.learner_cookies, room, device=learner.device)
    await again.enter()
    await asyncio.sleep(3)
    await asyncio.to_thread(end_class, scene)
    await again.closed()
    await trainer.closed()
    return time.monotonic() - began


def end_class(scene: Scene) -> None:
    scene.trainer_hands.open(f"/aula/{scene.session.uuid}/").send("/termina/")


def the_page_is_closed(scene: Scene, seconds: float) -> None:
    trainer = scene.trainer_hands
    trainer.open(f"/presenze/{scene.session.uuid}/")
    assert "Amina" in trainer.words
    trainer.open(f"/presenze/{scene.session.uuid}/chiudi/")  # what will be written, for whom
    assert "Amina" in trainer.words
    trainer.send("/chiudi/", topic="Accendere il telefono", secret="una-prova-lunga")
    pdf = trainer.http.get(f"/presenze/{scene.session.uuid}/pagina.pdf")
    assert pdf.content.startswith(b"%PDF")
    csv = trainer.http.get(f"/presenze/{scene.session.uuid}/pagina.csv").text
    assert "Farah" in csv
    from lms.attendance.models import Connection

    rows = Connection.objects.filter(session=scene.session, person=scene.newcomer)
    assert rows.count() == 2
    counted = sum((row.closed_at - row.opened_at).total_seconds() for row in rows)
    assert counted <= seconds + 0.5  # never more than was there


def the_competency_is_awarded(scene: Scene) -> None:
    trainer = scene.trainer_hands
    trainer.open(f"/competenze/{scene.body.edition.code}/")
    assert "Amina" in trainer.words
    path = f"/competenze/{scene.body.edition.code}/{scene.enrolment.uuid}/{scene.competency.uuid}/"
    trainer.open(path).send("proponi/", note="Lo sa fare da sola.")
    scene.hands(scene.body.training_director).open(path).send(path, confirm="on")
    learner = scene.hands(scene.newcomer).open("/competenze/mie/")
    assert scene.body.edition.title in learner.words or scene.body.course.title in learner.words


def the_record_arrives(scene: Scene) -> None:
    event = scene.wait_for("trasparenza_I")
    text = json.dumps(event)
    assert "Farah" not in text  # pseudonymous on the wire
    assert scene.wait_for("register.page_closed")


def the_feed_has_it(scene: Scene) -> None:
    client = consortium.give_client(scene.subscriber, by=scene.body.administrator, at=timezone.now())
    with httpx.Client(base_url=scene.site.url, timeout=30) as http:
        assert http.get("/api/v1/competency-records").status_code == 401
        token_url = re.search(r"/identita/[^\"]*token[^\"]*", http.get("/api/v1/openapi.json").text)
        answer = http.post(
            token_url.group(0) if token_url else "/identita/o/api/token",
            data={
                "grant_type": "client_credentials",
                "client_id": client.client_id,
                "client_secret": client.client_secret,
                "scope": "competency-records.read",
            },
        )
        assert answer.status_code == 200, answer.text
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        feed = http.get("/api/v1/competency-records", headers=bearer)
        assert feed.status_code == 200
        assert scene.competency.code in feed.text
        assert "Farah" not in feed.text


def an_altered_register_is_found(scene: Scene) -> None:
    code = f"REG-{scene.body.edition.code}"
    inspector = scene.hands(scene.body.inspector).open(f"/registri/{code}/")
    assert "Il registro è integro" in inspector.words
    change = (
        "UPDATE attendance_registerentry SET content = replace(content, 'Farah', 'Farat') "
        "WHERE content LIKE '%Farah%'"
    )
    with_fences_down(scene.site, change)
    with pytest.raises(RuntimeError, match="NOT INTACT"):
        scene.site.manage("register", "verify", code)


def with_fences_down(site, statement: str) -> None:
    """What somebody with the database's own password can do."""
    if url := site.env.get("DATABASE_URL"):
        with psycopg.connect(url, autocommit=True) as base:
            base.execute("SET session_replication_role = replica")
            assert base.execute(statement).rowcount == 1
        return
    with sqlite3.connect(site.database_name) as base:
        for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            base.execute(f'DROP TRIGGER "{name}"')
        assert base.execute(statement).rowcount == 1
