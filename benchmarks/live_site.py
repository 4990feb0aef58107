"""The site whose classes are measured: its people, its classes, its server processes, and the browsers' process."""

import hashlib
import json
import os
import secrets
import subprocess
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from benchmarks.data import sign_in
from scripts.family import Family, python
from scripts.run import wait_for_answer
from scripts.sentences import listening_socket
from tests import prepared

ROOT = Path(__file__).resolve().parents[1]


class Database:
    """A copy of the migrated database, dropped at the end. Django must not be set up before `make`."""

    def __init__(self, postgres: str) -> None:
        self.postgres = postgres
        self.name = f"ponte_bench_{os.getpid()}"
        self.url = postgres.rpartition("/")[0] + f"/{self.name}"

    def make(self) -> None:
        template = prepared.postgresql_template(self.postgres)
        self._execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{template}"')

    def drop(self) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(statement)


class People:
    """Learners who are signed in, and classes that have begun. Written many rows at a time."""

    def __init__(self, number: int) -> None:
        from django.contrib.auth import get_user_model

        from tests import factories as make

        self.consortium = make.agency("Consorzio", "consortium")
        self.body = make.agency("Ente", "training_body")
        self.course = make.course("Corso", slug="corso", code="CORSO")
        self.trainer = make.person("Dora", "Docente", role="trainer", agency=self.body)
        user = get_user_model()
        self.learners = user.objects.bulk_create(
            user(username=f"p{n}", first_name=f"Persona{n}", last_name=f"Prova{n}", password="!")
            for n in range(number)
        )
        self.cookies = [sign_in(person) for person in self.learners]

    def a_class(self, learners: int, first: int = 0) -> tuple[Any, range]:
        """A class under way of so many learners, from this one on."""
        from django.utils import timezone

        from lms.attendance import actions as attendance
        from lms.enrolments.models import Enrolment
        from tests import factories as make

        at = timezone.now()
        edition = make.edition(self.course, self.body, capacity=learners)
        make.staff(edition, self.trainer, "trainer")
        places = range(first, first + learners)
        people = [self.learners[place] for place in places]
        Enrolment.objects.bulk_create(
            Enrolment(
                edition=edition,
                person=person,
                status="active",
                asked_at=at,
                asked_by=person,
                active_from=at - timedelta(days=1),
            )
            for person in people
        )
        session = make.session(edition, self.trainer, starts_at=at - timedelta(minutes=5))
        attendance.start_class(session, by=self.trainer, at=at)
        return session, places

    def all_gone(self) -> None:
        """Wait until the record holds nobody inside any more: what was measured before weighs on nothing after."""
        from lms.attendance.models import Connection

        until = time.monotonic() + 60
        while Connection.objects.filter(closed_at=None).exists():
            assert time.monotonic() < until
            time.sleep(0.1)

    def members(self, port: int, session: Any, places: range) -> list[dict[str, Any]]:
        """What the browsers of these people need to enter: a cookie and a ticket each."""
        from django.conf import settings
        from django.utils import timezone

        from live.models import Room, Ticket

        room, _made = Room.objects.get_or_create(session=session)
        tickets = [secrets.token_urlsafe(32) for _place in places]
        Ticket.objects.bulk_create(
            Ticket(
                digest=hashlib.sha256(ticket.encode()).hexdigest(),
                user=self.learners[place],
                room=room,
                expires_at=timezone.now() + timedelta(hours=1),
            )
            for place, ticket in zip(places, tickets, strict=True)
        )
        return [
            {
                "port": port,
                "path": f"/ws/aula/{session.uuid}/",
                "cookie": f"{settings.SESSION_COOKIE_NAME}={self.cookies[place]}",
                "hello": json.dumps({"t": "hello", "ticket": ticket, "device": uuid4().hex}),
                "bare": 0,
            }
            for place, ticket in zip(places, tickets, strict=True)
        ]


def bare_members(port: int, number: int, padding: int) -> list[dict[str, Any]]:
    """The same for the bare server; `padding` makes its messages as long as the room's."""
    one = {"port": port, "path": "/", "cookie": "", "hello": '{"t":"hello"}', "bare": padding}
    return [one] * number


class Servers:
    """Server processes of one kind, as `./run` starts them."""

    def __init__(self, family: Family, kind: str, number: int, env: dict[str, str]) -> None:
        self.kind, self.number = kind, number
        self.ports, self.processes = [], []
        for each in range(number):
            bound = listening_socket("127.0.0.1", 0)
            bound.listen(1024)
            bound.set_inheritable(True)
            self.ports.append(bound.getsockname()[1])
            command = python("scripts.serve", "--server", kind, "--fd", str(bound.fileno()))
            name = f"{kind}-{each}-of-{number}"
            self.processes.append(family.start(name, command, env=env, fds=(bound.fileno(),)))
            bound.close()

    def wait(self) -> None:
        for port, process in zip(self.ports, self.processes, strict=True):
            assert wait_for_answer(f"http://127.0.0.1:{port}", [process])

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self.processes]


class Browsers:
    """The process of benchmarks/live_load.py."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            python("benchmarks.live_load"), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def do(self, what: str, **order: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": what, **order}) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the browsers' process ended")
        return json.loads(answer)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
