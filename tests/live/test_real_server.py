"""A real daphne process, a real websocket, and kill -9."""

import asyncio
import os
import time
import uuid
from datetime import timedelta

import pytest
import websockets
from django.utils import timezone

from lms.attendance import actions as attendance
from lms.attendance.models import Connection
from tests import factories as make
from tests.conftest import build_body
from tests.live.wire import Member
from tests.site import Site, second_server, start_site

PROBE, FLUSH = 3, 1  # a probe of one second is too much to ask of a busy machine
QUICK = {"PONTE_LIVE_PROBE_SECONDS": str(PROBE), "PONTE_LIVE_FLUSH_SECONDS": str(FLUSH)}


pytestmark = pytest.mark.xdist_group("real server")


class Class:
    """One class in a site's database: its people, signed in."""

    def __init__(self, site: Site, learners: int, mark: str = "Qui") -> None:
        self.site = site
        self.body = build_body(mark)
        self.session = make.session(
            self.body.edition, self.body.trainer, starts_at=timezone.now() - timedelta(minutes=5)
        )
        self.learners = [
            make.person(f"Persona{n}", mark, role="beneficiary", agency=self.body.consortium)
            for n in range(learners)
        ]
        for person in self.learners:
            make.enrolment(person, self.body.edition)
        self.cookies = [site.sign_in(person) for person in self.learners]
        self.trainer_cookies = site.sign_in(self.body.trainer)

    def members(self, url: str = "") -> list[Member]:
        return [Member(url or self.site.url, cookies, self.session.uuid) for cookies in self.cookies]

    def trainer(self, url: str = "") -> Member:
        return Member(url or self.site.url, self.trainer_cookies, self.session.uuid)

    def rows(self, person=None) -> list[Connection]:
        found = Connection.objects.filter(session=self.session).order_by("id")
        return list(found.filter(person=person) if person else found)


@pytest.fixture(scope="module")
def site(tmp_path_factory, django_db_setup):
    """One real server for this file; the test that kills it starts it again."""
    with start_site(tmp_path_factory.mktemp("site"), QUICK) as site:
        yield site


@pytest.mark.services
def test_thirty_people_in_a_real_class_and_a_server_that_dies(db, site):
    """Nobody's minutes reach past their last answer; at most a probe and a flush are missing (live.md)."""
    with site.database():
        room = Class(site, learners=30)
        asyncio.run(_until_the_server_is_killed(site, room))
        killed = timezone.now()
        rows = room.rows()
        assert len(rows) == 31
        assert all(row.closed_at is None for row in rows)
        # What the worker does when the lease has run out.
        for minutes in (1, 2):
            attendance.reap_expired_leases(at=killed + timedelta(minutes=minutes))
        shortest = timedelta(seconds=PROBE + FLUSH + 0.5)
        for row in room.rows():
            assert row.reason == "server_lost"
            assert row.closed_at == row.last_evidence_at <= killed  # over-count 0
            assert killed - row.closed_at <= shortest + timedelta(seconds=room.lag)

        site.start_server()
        asyncio.run(_come_back_and_end(room))
        again = room.rows(room.learners[0])
        assert [row.reason for row in again] == ["server_lost", "class_ended"]
        assert again[0].closed_at < again[1].opened_at  # the outage is nobody's


async def _until_the_server_is_killed(site: Site, room: Class) -> None:
    trainer, members = room.trainer(), room.members()
    await trainer.enter()
    await trainer.send(t="start")
    await asyncio.gather(*(member.enter() for member in members))
    await trainer.hear("joined", count=30)
    for number, member in enumerate(members[:5]):
        await member.send(t="chat", text=f"messaggio {number}", key=str(uuid.uuid4()))
    await asyncio.gather(*(member.hear("said", count=5) for member in members))
    seqs = [event["seq"] for event in trainer.all("ev")]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))  # no gap, none twice
    await asyncio.sleep(PROBE + FLUSH + 1)
    last = min(member.answered_at for member in members)
    site.kill()
    room.lag = max(
        0.0, time.monotonic() - last - PROBE
    )  # a busy machine answers late; the bound is about the server
    await asyncio.gather(*(member.closed() for member in members))


async def _come_back_and_end(room: Class) -> None:
    trainer, first = room.trainer(), room.members()[0]
    await trainer.enter()
    welcome = await first.enter()
    assert welcome["room"]["state"] == "open"
    assert len(welcome["room"]["lines"]) == 5  # nothing said was lost
    await trainer.send(t="end")
    assert await first.closed() == 4410


def test_the_door_of_a_real_server(db, site):
    with site.database():
        asyncio.run(_knock_wrongly(Class(site, learners=1, mark="La")))


async def _knock_wrongly(room: Class) -> None:
    (member,) = room.members()
    with pytest.raises(websockets.InvalidStatus):
        await member.connect(origin="https://example.org")
    ticket = await member.ticket()
    await member.enter(ticket=ticket)
    (again,) = room.members()
    await again.connect()
    again.reader = asyncio.create_task(again._read())
    await again.send(t="hello", ticket=ticket, device="other")
    assert await again.closed() == 4401
    await member.socket.send(
        "x" * 2_000_000
    )  # past what the server takes at all: its own socket ends, no other
    assert await member.closed() is not None


@pytest.mark.services
def test_two_processes_are_one_room(db, tmp_path, settings):
    """Two servers, one PostgreSQL, one Redis: what is said at one is heard at the other."""
    if not (os.environ.get("DATABASE_URL") and settings.REDIS_URL):
        pytest.skip("this run is on SQLite and the in-memory layer, which are one process")
    env = QUICK | {"REDIS_URL": settings.REDIS_URL}
    with start_site(tmp_path, env) as site, second_server(site) as other, site.database():
        room = Class(site, learners=8)
        asyncio.run(_one_room(room, site.url, other.url))
        assert all(row.closed_at == row.last_evidence_at for row in room.rows())


async def _one_room(room: Class, here: str, there: str) -> None:
    trainer = room.trainer(here)
    await trainer.enter()
    members = room.members(here)[:4] + room.members(there)[4:]
    for member in members:
        await member.enter()
    await trainer.hear("joined", count=8)
    await trainer.send(t="start")
    await asyncio.gather(*(member.hear("started") for member in members))
    for number, member in enumerate(members):
        await member.send(t="chat", text=f"da {number}", key=str(uuid.uuid4()))
    await asyncio.gather(*(member.hear("said", count=8) for member in members))
    orders = {tuple(event["text"] for event in member.all("said")) for member in members}
    assert len(orders) == 1  # everybody reads the same conversation
    assert not any(member.all("resync") for member in members)
    await trainer.send(t="end")
    assert {await member.closed() for member in members} == {4410}
