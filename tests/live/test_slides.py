"""Slides: from a file to pages, who may look at which, and what happens to files that nobody should bring."""

import io
import struct
import subprocess
import zlib
from datetime import timedelta

import pytest
from django.http import Http404
from django.test import Client
from django.utils import timezone
from PIL import Image

from live import access, actions
from live.models import Deck
from live.slides import rendering, shelf
from live.tasks import prepare_waiting_slides
from live.threads import in_thread
from lms.attendance import actions as attendance
from lms.errors import Refused
from tests.live import papers
from tests.live.room_with_tools import deck_of


@pytest.fixture
def seats(world):
    """The trainer's and a learner's seat in a class that is on."""
    attendance.start_class(world.here.session, by=world.here.trainer, at=world.here.session.starts_at)
    return [
        access.seat_for(world.here.people[who], world.here.session.uuid) for who in ("trainer", "beneficiary")
    ]


def brought(seat, *files):
    """A deck whose pages were drawn, as the worker does it."""
    deck = actions.bring_deck(seat, files, at=timezone.now())
    assert actions.prepare_deck(deck.pk, at=timezone.now())
    deck.refresh_from_db()
    return deck


def test_a_pdf_becomes_pages_with_pictures_and_words(seats):
    deck = brought(
        seats[0], papers.upload(papers.pdf("La rete (è qui)", "Secondo passo"), "../La_rete <b>.pdf")
    )
    assert (deck.state, deck.page_count, deck.title) == ("ready", 2, "La rete <b>")
    assert [page.text for page in deck.pages.all()] == ["La rete (è qui)", "Secondo passo"]
    first = deck.pages.get(number=1)
    for size, width in (("large", 1440), ("small", 720)):
        with shelf.open_picture(deck.uuid, 1, size) as file:
            drawn = Image.open(io.BytesIO(file.read()))
        assert (drawn.format, drawn.width) == ("WEBP", width)
        assert drawn.convert("L").getextrema()[0] < 100  # the words are there
    assert (first.width, first.height) == (1440, 810)
    assert not (
        shelf.path_of(f"slides/{deck.uuid.hex}/original-1")
    ).exists()  # nothing more than is shown is kept


def test_pictures_stand_upright_in_the_order_of_their_names_without_their_place(seats):
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the phone on its side
    exif.get_ifd(0x8825)[1] = "N"  # where it was taken
    photo = papers.picture(400, 200, exif=exif)
    assert b"Exif" in photo
    files = [
        papers.upload(papers.picture(colour="blue", kind="PNG"), "foto10.png"),
        papers.upload(photo, "foto2.jpg"),
    ]
    deck = brought(seats[0], *files)
    sizes = [(page.width, page.height) for page in deck.pages.all()]
    assert sizes == [(200, 400), (400, 300)]  # foto2 first, and upright; nothing is blown up
    with shelf.open_picture(deck.uuid, 1, "large") as file:
        content = file.read()
    assert not Image.open(io.BytesIO(content)).getexif()
    assert b"Exif" not in content


def test_what_cannot_be_used_is_refused_at_once_with_what_to_do(seats):
    pdf, photo = papers.pdf("a"), papers.picture()
    refused = {
        "office": [papers.upload(b"PK\x03\x04" + b"\0" * 2000, "lezione.pptx")],
        "heic": [papers.upload(b"\0\0\0\x18ftypheic" + b"\0" * 2000, "foto.heic")],
        "unknown": [papers.upload(b"<svg onload=alert(1)>" * 100, "slide.pdf")],
        "empty": [papers.upload(b"", "vuoto.pdf")],
        "mixed": [papers.upload(pdf), papers.upload(photo, "foto.jpg")],
        "too_many": [papers.upload(photo, f"{n}.jpg") for n in range(61)],
    }
    for code, files in refused.items():
        with pytest.raises(Refused) as no:
            actions.bring_deck(seats[0], files, at=timezone.now())
        assert no.value.code == f"slides.{code}"
        assert len(no.value.sentence) > 30
    with pytest.raises(Refused, match=r"slides\.empty"):
        actions.bring_deck(seats[0], [], at=timezone.now())
    huge = papers.upload(pdf)
    huge.size = 61 * 1024 * 1024
    with pytest.raises(Refused, match=r"slides\.too_large"):
        actions.bring_deck(seats[0], [huge], at=timezone.now())
    assert not Deck.objects.exists()


def bomb() -> bytes:
    """A picture of a few kilobytes that would be 12 GB when opened."""
    small = papers.picture(10, 10, kind="PNG")
    header = small.index(b"IHDR")
    ihdr = b"IHDR" + struct.pack(">II", 60_000, 60_000) + small[header + 12 : header + 17]
    return small[:header] + ihdr + struct.pack(">I", zlib.crc32(ihdr)) + small[header + 21 :]


def test_hostile_and_broken_files_end_with_a_sentence_and_leave_nothing(seats):
    endings = {
        "damaged": papers.pdf("a", "b")[:700],
        "password": papers.pdf("a", password="segreto"),
        "too_many_pages": papers.pdf(*["pagina"] * 201),
        "too_heavy": bomb(),
    }
    for problem, content in endings.items():
        deck = brought(seats[0], papers.upload(content, "x.pdf"))
        assert (deck.state, deck.problem) == ("failed", problem), problem
        assert not deck.pages.exists()
        assert not shelf.path_of(f"slides/{deck.uuid.hex}").exists()
    with pytest.raises(Refused, match=r"slides\.no_page"):
        actions.show_slide(seats[0], deck.uuid, 1, at=timezone.now())
    client = Client(headers={"accept-language": "it"})
    client.force_login(seats[0].user)
    html = client.get(f"/aula/{seats[0].session.uuid}/prepara/").content.decode()
    assert "protetto da una password" in html
    assert "danneggiato" in html


@pytest.mark.parametrize(("behaviour", "problem"), [("sleep", "too_heavy"), ("die", "damaged")])
def test_a_drawing_that_hangs_or_dies_is_ended(seats, monkeypatch, behaviour, problem):
    monkeypatch.setattr(rendering, "RENDER", "tests.live.bad_render")
    monkeypatch.setattr(rendering, "PAGE_SECONDS", 2)
    made = []
    start = subprocess.Popen

    def remember(command, **options):
        assert set(options["env"]) == {"PATH", "LC_ALL"}  # no key and no address of a database goes along
        made.append(start([*command, behaviour], **options))
        return made[-1]

    monkeypatch.setattr(rendering.subprocess, "Popen", remember)
    deck = brought(seats[0], papers.upload(papers.pdf("a")))
    assert (deck.state, deck.problem) == ("failed", problem)
    assert made[0].poll() is not None


def test_one_worker_has_a_deck_and_a_dead_one_leaves_it_to_the_next(seats):
    deck = actions.bring_deck(seats[0], [papers.upload(papers.pdf("a"))], at=timezone.now())
    now = timezone.now()
    Deck.objects.filter(pk=deck.pk).update(claimed_until=now + timedelta(minutes=5), attempts=1)
    assert not actions.prepare_deck(deck.pk, at=now)
    assert actions.decks_to_prepare(at=now) == []
    later = now + timedelta(minutes=6)
    assert actions.decks_to_prepare(at=later) == [deck.pk]
    assert actions.prepare_deck(deck.pk, at=later)
    deck.refresh_from_db()
    assert (deck.state, deck.attempts) == ("ready", 2)
    assert not actions.prepare_deck(deck.pk, at=later)  # it is ready: nothing happens

    lost = actions.bring_deck(seats[0], [papers.upload(papers.pdf("a"))], at=now)
    Deck.objects.filter(pk=lost.pk).update(claimed_until=now, attempts=2)
    assert actions.prepare_deck(lost.pk, at=later)
    lost.refresh_from_db()
    assert (lost.state, lost.problem) == ("failed", "interrupted")


def test_a_deck_deleted_while_it_is_drawn_leaves_nothing(
    seats, monkeypatch, django_capture_on_commit_callbacks
):
    deck = actions.bring_deck(seats[0], [papers.upload(papers.pdf("a", "b", "c"))], at=timezone.now())
    keep = shelf.keep_picture

    def keep_and_drop(uuid, number, size, picture):
        keep(uuid, number, size, picture)
        if (number, size) == (2, "small"):
            actions.drop_deck(seats[0], deck.uuid)

    monkeypatch.setattr(shelf, "keep_picture", keep_and_drop)
    assert actions.prepare_deck(deck.pk, at=timezone.now())
    assert not Deck.objects.exists()
    assert not shelf.path_of(f"slides/{deck.uuid.hex}").exists()


def test_learners_see_what_was_shown_and_no_further(seats):
    trainer, learner = seats
    deck = brought(trainer, papers.upload(papers.pdf("uno", "due", "tre", "quattro")))
    now = timezone.now()
    with pytest.raises(Http404):
        actions.deck_for(learner, deck.uuid)
    actions.show_slide(trainer, deck.uuid, 2, at=now)
    actions.show_slide(trainer, deck.uuid, 1, at=now)
    room = actions.snapshot(learner, since=0, at=now)
    assert room.slides is not None
    assert (room.slides.now.page, room.slides.now.text, room.decks[0].until) == (1, "uno", 2)
    client = Client()
    client.force_login(learner.user)
    base = f"/aula/{learner.session.uuid}/slide/{deck.uuid}/"
    pages = client.get(base).json()["pages"]
    assert [page["text"] for page in pages] == ["uno", "due"]
    digests = dict(deck.pages.values_list("number", "digest"))
    codes = {n: client.get(f"{base}{n}-{digests[n]}-small.webp").status_code for n in range(1, 5)}
    assert codes == {
        1: 200,
        2: 200,
        3: 200,
        4: 404,
    }  # the next one is fetched ahead, so that turning costs no wait
    assert client.get(f"{base}1-{digests[2]}-small.webp").status_code == 404
    assert client.get(f"{base}1-{digests[1]}-huge.webp").status_code == 404
    picture = client.get(f"{base}1-{digests[1]}-large.webp")
    assert picture["Content-Type"] == "image/webp"
    assert set(picture["Cache-Control"].split(", ")) == {"private", "max-age=31536000", "immutable"}
    html = client.get(f"/aula/{learner.session.uuid}/slide/?deck={deck.uuid}&page=3")
    assert html.status_code == 404


def test_decks_are_ordered_renamed_described_and_taken_away(seats, django_capture_on_commit_callbacks):
    trainer, learner = seats
    a, _b, c = (deck_of(trainer.room, trainer.user, title=title) for title in "abc")
    actions.move_deck(trainer, c.uuid, up=True)
    actions.move_deck(trainer, a.uuid, up=True)  # it is the first already
    assert [deck.title for deck in actions.decks_for(trainer)] == ["a", "c", "b"]
    actions.rename_deck(trainer, a.uuid, "  Un \u202e titolo ")
    actions.describe_page(trainer, a.uuid, 1, "Una foto del telefono")
    a.refresh_from_db()
    assert a.title == "Un titolo"
    assert a.pages.get(number=1).text == "Una foto del telefono"
    actions.show_slide(trainer, a.uuid, 1, at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        actions.drop_deck(trainer, a.uuid)
    room = actions.snapshot(learner, since=0, at=timezone.now())
    assert (room.slides, room.stage.what) == (None, "nothing")


def test_the_list_asks_as_much_for_two_decks_as_for_fifty(seats, django_assert_max_num_queries):
    trainer = seats[0]
    client = Client()
    client.force_login(trainer.user)
    counts = []
    for more in (2, 48):
        for _each in range(more):
            deck_of(trainer.room, trainer.user, pages=2)
        client.get(f"/aula/{trainer.session.uuid}/prepara/")
        with django_assert_max_num_queries(60) as queries:
            client.get(f"/aula/{trainer.session.uuid}/prepara/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


async def test_who_comes_late_finds_the_page_and_everybody_turns_with_the_trainer(classroom):
    trainer, amina = classroom.socket(classroom.body.trainer), classroom.socket(classroom.body.beneficiary)
    await trainer.enter()
    await trainer.send(t="start")
    await trainer.hear("started")
    seat = await in_thread(access.seat_for, classroom.body.trainer, classroom.session.uuid)
    deck = await in_thread(deck_of, seat.room, seat.user)
    await trainer.send(t="slide", deck=str(deck.uuid), page=1)
    await trainer.hear("slide")
    welcome = await amina.enter()
    assert welcome["room"]["stage"] == {"what": "slides"}
    assert welcome["room"]["slides"]["now"]["text"] == "Testo della pagina 1"
    assert welcome["room"]["slides"]["next"]["page"] == 2
    await trainer.send(t="slide", deck=str(deck.uuid), page=2)
    shown = await amina.hear("slide")
    assert (shown["slides"]["now"]["page"], shown["until"]) == (2, 2)
    await trainer.send(t="slide", deck=str(deck.uuid), page=9)
    assert await trainer.refused() == "slides.no_page"
    await trainer.send(t="end")
    await amina.hear("ended")
    later = await in_thread(lambda: actions.snapshot(seat, since=0, at=timezone.now()))
    assert later.stage.what == "nothing"
    assert later.decks[0].until == 2  # kept with the class


def test_the_worker_draws_what_a_page_uploads(world, monkeypatch):
    """From the form to the pages, through the task's own function; the answer to a script is one word."""
    attendance.start_class(world.here.session, by=world.here.trainer, at=world.here.session.starts_at)
    client = Client()
    client.force_login(world.here.trainer)
    address = f"/aula/{world.here.session.uuid}/slide/carica/"
    answer = client.post(
        address, {"files": papers.upload(papers.pdf("a"))}, headers={"accept": "application/json"}
    )
    assert answer.status_code == 200
    wrong = client.post(
        address, {"files": papers.upload(b"PK\x03\x04", "a.pptx")}, headers={"accept": "application/json"}
    )
    assert (wrong.status_code, wrong.json()["code"]) == (400, "slides.office")
    prepare_waiting_slides.call_local()
    assert Deck.objects.get().state == "ready"
