"""A class with a committed database of its own: sockets work in threads, which see only what is committed.

pytest-django's transactional tests flush every table, and with them what the migrations put there; copying the
test database takes a tenth of a second and leaves it as it was.
"""

import asyncio
import shutil
import sqlite3
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from live import limits, threads
from live.pulse import Pulse
from live.threads import in_thread
from tests import factories as make
from tests.conftest import Body, build_body
from tests.site import database_named

ORIGIN = b"http://testserver"


@pytest.fixture(scope="session")
def migrated(django_db_setup, django_db_blocker, tmp_path_factory):
    """A copy of the migrated test database, made before any test opens a transaction on it."""
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        if connection.vendor == "postgresql":
            copy = f"{name}_copy"
            _drop(copy)
            connection.close()  # PostgreSQL copies a database that nobody is connected to
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
        else:
            copy = str(tmp_path_factory.mktemp("live") / "migrated.sqlite3")
            with sqlite3.connect(name) as source, sqlite3.connect(copy) as target:
                source.backup(target)
        yield copy
        _drop(copy)


@pytest.fixture
def own_database(migrated, db, tmp_path):
    """`db` for pytest-django's bookkeeping; the work happens on another connection, to another database."""
    if connection.vendor == "postgresql":
        name = f"ponte_live_{uuid.uuid4().hex[:12]}"
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{migrated}"')
    else:
        name = str(shutil.copy(migrated, tmp_path / "class.sqlite3"))
    with database_named(name):
        yield
        _stop_pools()
    _drop(name)


def _drop(name: str) -> None:
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _stop_pools() -> None:
    while threads._pools:
        _name, pool = threads._pools.popitem()
        for _each in range(pool._max_workers):
            pool.submit(connections.close_all)
        pool.shutdown(wait=True)


@pytest.fixture(autouse=True)
def quick(settings):
    """A class that reads and writes quickly; a socket that a test leaves unread for a while is not silent yet."""
    settings.LIVE_PROBE_SECONDS = 2
    settings.LIVE_FLUSH_SECONDS = 0.2
    settings.LIVE_REREAD_SECONDS = 0.4
    settings.LIVE_RIGHTS_SECONDS = 0.1
    limits._buckets.clear()  # the people of each test have the same numbers
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


@dataclass
class Classroom:
    """One class that should be held now, and those who may be in it."""

    body: Body
    session: Any

    @property
    def path(self) -> str:
        return f"/ws/aula/{self.session.uuid}/"

    def socket(self, user, *, origin: bytes = ORIGIN, path: str = "") -> "Socket":
        """A browser of this person, not connected yet."""
        return Socket(self, user, origin, path or self.path)

    def learner(self, first_name: str, last_name: str = ""):
        person = make.person(first_name, last_name, role="beneficiary", agency=self.body.consortium)
        make.enrolment(person, self.body.edition)
        return person


class Socket:
    """One browser's socket, with the messages it received."""

    def __init__(self, room: Classroom, user: Any, origin: bytes, path: str) -> None:
        self.room, self.user, self.origin, self.path = room, user, origin, path
        self.client = Client()
        self.welcome: dict = {}
        self.probes: list[int] = []
        self.answering = True

    def ticket(self) -> str:
        answer = self.client.post(f"/aula/{self.room.session.uuid}/biglietto/")
        assert answer.status_code == 200, answer.content
        return answer.json()["ticket"]

    async def knock(self) -> bool:
        """Whether the server takes the socket."""
        from lms.asgi import application

        if self.user is not None and not self.client.cookies:
            await in_thread(self.client.force_login, self.user)
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in self.client.cookies.items())
        headers = [(b"origin", self.origin), (b"host", b"testserver"), (b"cookie", cookie.encode())]
        self.wire = WebsocketCommunicator(application, self.path, headers=headers)
        accepted, _code = await self.wire.connect(timeout=5)
        return accepted

    async def enter(self, *, device: str = "phone", ticket: str = "", resume_seq: int = 0) -> dict:
        assert await self.knock()
        ticket = ticket or await in_thread(self.ticket)
        await self.send(t="hello", ticket=ticket, device=device, resume_seq=resume_seq)
        self.welcome = await self.hear("welcome")
        return self.welcome

    async def send(self, **message) -> None:
        await self.wire.send_json_to(message)

    async def receive(self) -> dict:
        """The next message that is no probe; probes are answered unless told otherwise."""
        while True:
            message = await self.wire.receive_json_from(timeout=5)
            if message["t"] != "probe":
                return message
            self.probes.append(message["n"])
            if self.answering:
                await self.send(t="probe_ack", n=message["n"], visible=True)

    async def hear(self, name: str, **fields) -> dict:
        """The next message (or event) of that name; those before it are skipped."""
        while True:
            message = await self.receive()
            if name in {message["t"], message.get("type")} and all(
                message.get(key) == value for key, value in fields.items()
            ):
                return message
            assert message["t"] != "error", message

    async def refused(self) -> str:
        """The code of the next refusal; what comes before it is skipped."""
        while (message := await self.receive())["t"] != "error":
            pass
        return message["code"]

    async def closed(self) -> int:
        """Read until the server closes; the code."""
        while True:
            output = await self.wire.receive_output(timeout=5)
            if output["type"] == "websocket.close":
                await self.wire.disconnect(timeout=5)
                await settled()
                return output.get("code", 1000)

    async def go(self) -> None:
        """The line breaks: no goodbye."""
        await self.wire.disconnect(code=1006, timeout=5)
        await settled()


async def settled() -> None:
    """What ended sockets left to do is done: their connections are closed in the record."""
    async with asyncio.timeout(10):
        while Pulse.here()._closing:
            await asyncio.sleep(0.005)


@pytest.fixture
def classroom(own_database) -> Classroom:
    body = build_body("Qui")
    body.edition.ends_on = timezone.localdate() + timedelta(
        days=30
    )  # classes here are held on the day of the run
    body.edition.save()
    session = make.session(
        body.edition, body.trainer, starts_at=timezone.now() - timedelta(minutes=5), minutes=120
    )
    return Classroom(body, session)


@pytest.fixture
def tenths(settings) -> float:
    """Probes every three tenths of a second: a test of silence takes one."""
    settings.LIVE_PROBE_SECONDS = 0.3
    return 0.3
