"""Those who come at the same moment come in together, each by their own right."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from live import access, actions
from live.actions.doors import digest_of
from live.arrivals import Arrivals, _Hello
from live.events import Hello
from live.models import Room, Ticket
from live.sessions import users_of
from live.threads import in_thread
from lms.attendance.models import Connection, ConnectionRole
from lms.errors import Refused

pytestmark = pytest.mark.services
BOOT = uuid4()


def comer(classroom, user: Any, ticket: str = "", **more: Any) -> actions.Comer:
    at = more.pop("at", None) or timezone.now()
    return actions.Comer(user, ticket or ticket_of(classroom, user), more.pop("device", "phone"), 0, at)


def ticket_of(classroom, user: Any) -> str:
    return actions.issue_ticket(
        access.seat_for(user, classroom.session.uuid, at_the_door=True), at=timezone.now()
    )


def join(classroom, *comers: actions.Comer) -> list[Any]:
    return actions.join(classroom.session.uuid, comers, boot_id=BOOT)


def verdict(answer: Any) -> str:
    """In one word what a comer got."""
    if isinstance(answer, Refused):
        return answer.code
    if isinstance(answer, Http404):
        return "404"
    return f"{answer.place.role}{' waits' if answer.outside else ''}"


def crowd(classroom, number: int) -> list[Any]:
    return [classroom.learner(f"Nome{each}", "Prova") for each in range(number)]


async def test_each_comer_gets_what_is_theirs_and_nobody_takes_it_from_another(classroom):
    def several():
        body = classroom.body
        mate, thief = crowd(classroom, 2)
        expelled = classroom.learner("Fuori", "Prova")
        shared, used = ticket_of(classroom, mate), ticket_of(classroom, mate)
        old = comer(classroom, mate)
        expelled_ticket = ticket_of(classroom, expelled)
        expelled.enrolments.update(status="withdrawn")
        Ticket.objects.filter(digest=digest_of(used)).update(used_at=timezone.now())
        answers = join(
            classroom,
            comer(classroom, body.beneficiary),
            comer(classroom, thief, shared),
            comer(classroom, mate, shared),
            comer(classroom, mate, shared, device="tablet"),
            comer(classroom, mate, used),
            comer(classroom, mate, old.ticket, at=timezone.now() + timedelta(minutes=2)),
            comer(classroom, None, "x" * 43),
            comer(classroom, body.stranger, "x" * 43),
            comer(classroom, expelled, expelled_ticket),
            comer(classroom, body.trainer),
            comer(classroom, body.tutor),
        )
        rows = Connection.objects.values_list("person__pk", "role", "device", "boot_id")
        return [verdict(each) for each in answers], list(rows.order_by("id")), (body, mate)

    answers, rows, (body, mate) = await in_thread(several)
    assert answers == [
        "learner",
        "ticket.invalid",
        "learner",
        "ticket.invalid",
        "ticket.invalid",
        "ticket.invalid",
        "404",
        "ticket.invalid",
        "404",
        "trainer",
        "tutor",
    ]
    assert rows == [
        (body.beneficiary.pk, ConnectionRole.LEARNER, "phone", BOOT),
        (mate.pk, ConnectionRole.LEARNER, "phone", BOOT),
        (body.trainer.pk, ConnectionRole.TRAINER, "phone", BOOT),
        (body.tutor.pk, ConnectionRole.TUTOR, "phone", BOOT),
    ]


async def test_a_refusal_leaves_the_ticket_of_who_was_refused(classroom):
    def early():
        user, ready = classroom.body.beneficiary, crowd(classroom, 1)[0]
        tickets = ticket_of(classroom, user), ticket_of(classroom, ready)
        before = classroom.session.starts_at - timedelta(hours=1)
        Ticket.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
        answers = join(
            classroom, comer(classroom, user, tickets[0], at=before), comer(classroom, ready, tickets[1])
        )
        again = join(classroom, comer(classroom, user, tickets[0]))
        return [verdict(each) for each in answers + again]

    assert await in_thread(early) == ["room.not_yet", "learner", "learner"]


async def test_who_waits_at_the_door_and_who_is_inside_already(classroom):
    def at_the_door():
        first, second = crowd(classroom, 2)
        (inside,) = join(classroom, comer(classroom, first))
        Room.objects.update(waits=True)
        answers = join(classroom, comer(classroom, first, device="tablet"), comer(classroom, second))
        (seen,) = join(classroom, comer(classroom, classroom.body.trainer))
        return [verdict(each) for each in [inside, *answers]], json.loads(seen.room), second

    answers, seen, second = await in_thread(at_the_door)
    assert answers == ["learner", "learner", "learner waits"]
    assert [person["id"] for person in seen["door"]["waiting"]] == [str(second.uuid)]
    assert len(seen["roster"]) == 2, "the first learner once, and the trainer"


async def test_a_class_costs_as_many_queries_as_one_learner(classroom):
    def cost(number: int) -> int:
        comers = [comer(classroom, each) for each in crowd(classroom, number)]
        join(classroom, comer(classroom, classroom.body.beneficiary))  # the room is there
        with CaptureQueriesContext(connection) as found:
            answers = join(classroom, *comers)
        assert {verdict(each) for each in answers} == {"learner"}
        return len(found)

    one, many = await in_thread(cost, 2), await in_thread(cost, 30)
    assert one == many <= 34


async def test_everybody_who_comes_at_once_is_welcomed_and_told_of_the_others(classroom):
    sockets = [classroom.socket(each) for each in await in_thread(crowd, classroom, 12)]
    trainer = classroom.socket(classroom.body.trainer)
    await trainer.enter()
    for socket in sockets:
        assert await socket.knock()
    tickets = [await in_thread(socket.ticket) for socket in sockets]
    for socket, ticket in zip(sockets, tickets, strict=True):
        await socket.send(t="hello", ticket=ticket, device="phone")
    welcomes = await asyncio.gather(*(socket.hear("welcome") for socket in sockets))
    assert [each["you"] for each in welcomes] == [str(socket.user.uuid) for socket in sockets]
    assert all("full_name" not in one for each in welcomes for one in each["room"]["roster"])
    told = [await trainer.hear("joined") for _each in sockets]
    assert {each["person"]["id"] for each in told} == {str(socket.user.uuid) for socket in sockets}
    assert [each["seq"] for each in told] == list(range(told[0]["seq"], told[0]["seq"] + 12))
    rows = await in_thread(lambda: Connection.objects.filter(closed_at=None).count())
    assert rows == 13
    for socket in (*sockets, trainer):
        await socket.go()


async def test_the_database_that_fails_sends_everybody_back_and_stores_nobody(classroom, monkeypatch):
    from django.db import OperationalError

    def gone(*_args, **_more):
        raise OperationalError("gone away")

    sockets = [classroom.socket(each) for each in await in_thread(crowd, classroom, 3)]
    for socket in sockets:
        assert await socket.knock()
    tickets = [await in_thread(socket.ticket) for socket in sockets]
    monkeypatch.setattr("lms.attendance.actions.record_connections", gone)
    for socket, ticket in zip(sockets, tickets, strict=True):
        await socket.send(t="hello", ticket=ticket, device="phone")
    assert [await socket.closed() for socket in sockets] == [4312] * 3
    monkeypatch.undo()
    unused = await in_thread(lambda: Ticket.objects.filter(used_at=None).count())
    assert unused == 3, "the same tickets open the door when it is back"


async def test_one_comer_who_breaks_the_work_costs_the_others_nothing(classroom, monkeypatch):
    """A failure of one person's data is theirs: the others are stored, each by themselves."""
    from lms.attendance import actions as attendance

    mates = await in_thread(crowd, classroom, 3)
    works, poison = attendance.record_connections, mates[1].pk

    def breaks(session, comers, **more):
        if any(one.person.pk == poison for one in comers):
            raise ValueError("poison")
        return works(session, comers, **more)

    def together():
        arrivals = Arrivals(BOOT)
        comers = [comer(classroom, each) for each in mates]
        monkeypatch.setattr("live.arrivals.users_of", lambda scopes: [one.user for one in comers])
        hellos = [
            _Hello({}, Hello(t="hello", ticket=one.ticket, device=one.device), one.at) for one in comers
        ]
        return arrivals._join(classroom.session.uuid, hellos)

    monkeypatch.setattr("lms.attendance.actions.record_connections", breaks)
    first, second, third = await in_thread(together)
    assert isinstance(second, ValueError)
    assert (verdict(first), verdict(third)) == ("learner", "learner")
    assert await in_thread(Connection.objects.count) == 2


async def test_a_cookie_with_any_character_in_it_is_nobody_s(classroom, settings):
    cookie = settings.SESSION_COOKIE_NAME + '="\\000abc"'
    scope = {"headers": [(b"cookie", cookie.encode())]}
    assert await in_thread(users_of, [scope, {"headers": []}]) == [None, None]
