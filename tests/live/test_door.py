"""The door: waiting, let in, sent out, let in again. In the room, in other processes, and in the record."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from live import access, actions, broadcast, events
from live.threads import in_thread
from lms.attendance import queries
from lms.attendance.models import Connection, WaitingStretch
from lms.errors import Refused
from tests.live.test_attendance import answer_for

pytestmark = pytest.mark.services


async def act(classroom, who, action, *args, **kwargs):
    """Do as a page of this person would, in a thread of the server."""

    def work():
        seat = access.seat_for(classroom.body.people[who], classroom.session.uuid)
        return action(seat, *args, at=timezone.now(), **kwargs)

    return await in_thread(work)


async def rows(classroom, person):
    return await in_thread(
        lambda: list(Connection.objects.filter(session=classroom.session, person=person).order_by("id"))
    )


async def line_of(classroom, person):
    def read():
        return next(
            line for line in queries.sheet_of(classroom.session).lines if line.person == str(person.uuid)
        )

    return await in_thread(read)


async def wait_at(classroom, person):
    """This person's socket at a door where people wait."""
    socket = classroom.socket(person)
    assert await socket.knock()
    ticket = await in_thread(socket.ticket)
    await socket.send(t="hello", ticket=ticket, device="phone")
    await socket.hear("waiting")
    return socket


async def begin(classroom, *, waits=True):
    """The trainer's socket in a class that is on."""
    trainer = classroom.socket(classroom.body.trainer)
    await trainer.enter()
    await act(classroom, "trainer", actions.start_class)
    if waits:
        await act(classroom, "trainer", actions.set_door, waits=True)
    await trainer.hear("door" if waits else "started")
    return trainer


async def test_who_waits_reads_nothing_may_do_nothing_and_comes_in_when_let(classroom):
    body, learner = classroom.body, classroom.body.beneficiary
    trainer = await begin(classroom)
    other = await in_thread(classroom.learner, "Zita", "Neri")
    socket = await wait_at(classroom, learner)
    told = await trainer.hear("door")
    assert [person["full_name"] for person in told["door"]["waiting"]] == ["Beneficiary Qui"]
    await trainer.send(t="chat", text="Solo per chi è dentro", key="0a0b0c0d-0000-4000-8000-000000000001")
    await trainer.hear("said")
    for message in ({"t": "hand", "up": True}, {"t": "resync", "seq": 0}):
        await socket.send(**message)
        assert (await socket.receive())["code"] == "room.waiting"
    with pytest.raises(Refused):
        await act(classroom, "beneficiary", actions.say, "ciao", key=learner.uuid)
    assert (await in_thread(classroom_page, classroom, learner)).count("Solo per chi") == 0

    await act(classroom, "trainer", actions.admit, learner.uuid)
    welcome = await socket.hear("welcome")
    assert [line["text"] for line in welcome["room"]["lines"]] == ["Solo per chi è dentro"]
    assert welcome["room"]["door"] == {"waits": True, "waiting": []}
    assert (await trainer.hear("joined"))["person"]["id"] == str(learner.uuid)
    await trainer.send(t="chat", text="Benvenuta", key="0a0b0c0d-0000-4000-8000-000000000002")
    assert (await socket.hear("said"))["text"] == "Benvenuta"
    (row,) = await rows(classroom, learner)
    stretch = await in_thread(row.waiting.get)
    assert (stretch.outcome, stretch.ended_by_id) == ("admitted", body.trainer.pk)

    await socket.go()
    again = classroom.socket(learner)
    await again.enter()  # admitted once, a lost line does not send them back to the door
    zita = await wait_at(classroom, other)
    await act(classroom, "trainer", actions.set_door, waits=False)
    await zita.hear("welcome")
    for each in (again, zita, trainer):
        await each.go()
    assert (await line_of(classroom, learner)).waited_seconds >= 0
    assert [stretch.outcome for stretch in await in_thread(lambda: list(WaitingStretch.objects.all()))] == [
        "admitted",
        "admitted",
    ]


def classroom_page(classroom, person) -> str:
    from django.test import Client

    client = Client(headers={"accept-language": "it"})
    client.force_login(person)
    answer = client.get(f"/aula/{classroom.session.uuid}/")
    assert answer.status_code == 200
    return answer.content.decode()


async def test_minutes_begin_when_somebody_is_let_in(classroom, tenths):
    """Proof given at the door is kept with the connection and is nobody's minute."""
    learner = classroom.body.beneficiary
    trainer = await begin(classroom)
    socket = await wait_at(classroom, learner)
    await answer_for(socket, 1.5)
    let_in = timezone.now()
    await act(classroom, "trainer", actions.admit, None)
    await socket.hear("welcome")
    await answer_for(socket, 3.2)  # the register counts whole seconds
    await socket.go()
    await trainer.go()
    (row,) = await rows(classroom, learner)
    assert row.last_evidence_at - row.opened_at > timedelta(seconds=1.5)
    line = await line_of(classroom, learner)
    assert line.outcome.first_in >= let_in
    assert line.outcome.attended_seconds <= (row.closed_at - let_in).total_seconds()
    assert line.waited[0].start <= row.opened_at


async def test_a_telling_lost_on_the_way_lets_people_in_all_the_same(classroom, monkeypatch):
    """Every few seconds each process reads the room again: the door is in the database, not in the message."""
    trainer = await begin(classroom)
    socket = await wait_at(classroom, classroom.body.beneficiary)
    monkeypatch.setattr(broadcast, "_hand_over", lambda *_lost: None)
    await act(classroom, "trainer", actions.admit, None)
    await socket.hear("welcome")
    await act(classroom, "trainer", actions.send_out, classroom.body.beneficiary.uuid, reason="Prova")
    assert await socket.closed() == 4403
    await trainer.go()


async def test_sent_out_everywhere_at_once_kept_out_and_let_in_again(classroom):
    learner, body = classroom.body.beneficiary, classroom.body
    trainer = await begin(classroom, waits=False)
    phone, tablet = (classroom.socket(learner) for _each in range(2))
    await phone.enter(device="phone")
    await tablet.enter(device="tablet")
    await phone.send(t="hand", up=True)
    await trainer.hear("hands")
    await act(classroom, "tutor", actions.send_out, learner.uuid, reason="Disturba gli altri")
    assert await phone.closed() == 4403
    assert await tablet.closed() == 4403
    assert (await trainer.hear("hands"))["hands"] == []
    await trainer.hear("left")
    assert {row.reason for row in await rows(classroom, learner)} == {"removed"}
    page = await in_thread(classroom_page, classroom, learner)
    assert 'data-phase="sent_out"' in page
    assert "Disturba gli altri" in page
    again = classroom.socket(learner)
    assert await again.knock()
    answer = await in_thread(again.client.post, f"/aula/{classroom.session.uuid}/biglietto/")
    assert answer.status_code == 403
    await again.go()
    for who in (body.tutor, body.trainer, body.stranger):
        with pytest.raises(Refused):  # staff are not sent out, and strangers are not named
            await act(classroom, "trainer", actions.send_out, who.uuid, reason="Prova")
    await act(classroom, "trainer", actions.let_in_again, learner.uuid)
    back = classroom.socket(learner)
    await back.enter()
    for each in (back, trainer):
        await each.go()


async def test_not_let_in_is_not_told_as_having_left(classroom):
    trainer = await begin(classroom)
    socket = await wait_at(classroom, classroom.body.beneficiary)
    await trainer.hear("door")
    await socket.go()
    told = await trainer.hear("door")
    assert told["door"]["waiting"] == []
    await trainer.send(t="resync", seq=0)
    while (message := await trainer.receive())["t"] != "snapshot":
        assert message.get("type") not in {"left", "joined"}
    await trainer.go()


def test_classmates_are_not_told_who_waits():
    person = events.Person(id=UUID(int=1), name="Amina K.", full_name="Amina Keita", role="learner")
    told = events.DoorChanged(door=events.DoorNow(waits=True, waiting=(person,)))
    assert told.as_classmates_see() == events.DoorChanged(door=events.DoorNow(waits=True))
