"""The room itself: numbers, snapshots, hands, chat, and who is put out."""

import asyncio
import time
import uuid

from django.test import Client
from django.utils import timezone

from live import access, actions, clients, hub
from live.broadcast import send_on_commit
from live.events import HandsChanged
from live.models import ChatLine, Room
from live.threads import in_thread
from lms.attendance import actions as attendance
from lms.enrolments import actions as enrolments


def chat(text: str) -> dict:
    return {"t": "chat", "text": text, "key": str(uuid.uuid4())}


async def test_numbers_have_no_gap(classroom):
    trainer, amina = classroom.socket(classroom.body.trainer), classroom.socket(classroom.body.beneficiary)
    seq = (await trainer.enter())["room"]["seq"]
    await amina.enter()
    for number in range(3):
        await amina.send(**chat(f"riga {number}"))
    for _each in range(4):
        event = await trainer.hear("ev")
        assert event["seq"] == seq + 1
        seq = event["seq"]
    await trainer.go()
    await amina.go()


async def test_who_comes_back_gets_what_was_said_meanwhile(classroom):
    trainer, amina = classroom.socket(classroom.body.trainer), classroom.socket(classroom.body.beneficiary)
    await trainer.enter()
    await amina.enter()
    await trainer.send(**chat("prima"))
    last = await amina.hear("said")
    await amina.go()
    await trainer.send(**chat("mentre non c'eri"))
    await trainer.hear("said", text="mentre non c'eri")
    back = await classroom.socket(classroom.body.beneficiary).enter(resume_seq=last["seq"])
    assert [line["text"] for line in back["room"]["lines"]] == ["mentre non c'eri"]


async def test_a_lost_event_is_noticed_and_healed(classroom, monkeypatch):
    """An event that the layer loses leaves a gap: everybody is told to read the room again."""
    amina = classroom.socket(classroom.body.beneficiary)
    await amina.enter()
    monkeypatch.setattr("live.broadcast._hand_over", lambda group, message: None)
    await in_thread(_tell, classroom)
    monkeypatch.undo()
    await amina.hear("resync")
    await amina.send(t="resync", seq=0)
    snapshot = await amina.hear("snapshot")
    assert snapshot["room"]["seq"] == await in_thread(lambda: Room.objects.get().seq)
    await amina.go()


def _tell(classroom) -> None:
    from django.db import transaction

    with transaction.atomic():
        send_on_commit(Room.objects.get(), HandsChanged(hands=()))


def _message(seq: int) -> dict:
    text = f'{{"t":"ev","seq":{seq}}}'
    return {"seq": seq, "staff": text, "learners": text, "ends": False}


async def test_events_that_arrive_out_of_order_leave_in_order(classroom):
    room = hub.RoomHere(uuid.uuid4())
    room.seq = 4
    sent: list[int] = []

    class Ear:
        def event(self, message):
            sent.append(message["seq"])

    room.clients = {Ear()}  # type: ignore[assignment]
    now = time.monotonic()
    for seq in (6, 7, 5, 5, 8):
        room.take(_message(seq), now)
    assert sent == [5, 6, 7, 8]
    assert not room.missed(now + 60)
    room.take(_message(10), now)
    assert room.missed(now + 2)


async def test_a_slow_phone_is_told_to_resync_and_delays_nobody():
    """Its queue is bounded by what it has not confirmed; the first answer frees it."""
    sent: list[str] = []

    async def transmit(message: dict) -> None:
        sent.append(message["text"])

    slow = clients.Client(uuid.uuid4(), transmit)
    slow.opened_at = timezone.now()
    line = "x" * 1000
    for _each in range(400):
        slow.push(line)
    assert slow.behind
    slow.probe(time.monotonic())
    assert sum(map(len, sent)) <= clients.WINDOW + 100
    assert slow.answered(1)
    assert sent[-1] == clients.RESYNC


async def test_a_server_that_cannot_write_to_one_client_keeps_its_messages_in_order():
    """uvicorn waits for a client whose buffer is full: that wait belongs to this client alone."""
    sent: list[str] = []
    room_for_more = asyncio.Event()

    async def transmit(message: dict) -> None:
        await room_for_more.wait()
        sent.append(message.get("text") or message["code"])

    stalled = clients.Client(uuid.uuid4(), transmit)
    for number in range(5):
        stalled.push(str(number))
    stalled.close(4312)
    assert sent == []
    room_for_more.set()
    await asyncio.sleep(0.01)
    assert sent == ["0", "1", "2", "3", "4", 4312]


async def test_a_snapshot_longer_than_the_window_still_arrives_whole():
    sent: list[str] = []

    async def transmit(message: dict) -> None:
        sent.append(message["text"])

    client = clients.Client(uuid.uuid4(), transmit)
    whole = "x" * (clients.WINDOW + 1)
    client.caught_up(7, whole)
    assert sent == [whole]
    assert client.seq == 7
    assert not client.behind


async def test_the_same_line_sent_twice_is_one(classroom):
    amina = classroom.socket(classroom.body.beneficiary)
    await amina.enter()
    line = chat("una volta")
    await amina.send(**line)
    await amina.hear("said")
    await amina.send(**line)
    await amina.send(t="resync", seq=0)
    assert len((await amina.hear("snapshot"))["room"]["lines"]) == 1
    await amina.go()


async def test_hands_form_a_queue_that_ends_with_the_class(classroom):
    trainer = classroom.socket(classroom.body.trainer)
    await trainer.enter()
    await trainer.send(t="start")
    await trainer.hear("started")
    people = [await in_thread(classroom.learner, name) for name in ("Amina", "Bledar")]
    sockets = [classroom.socket(person) for person in people]
    for number, socket in enumerate(sockets):
        await socket.enter()
        await socket.send(t="hand", up=True)
        await socket.hear("hands")
        await socket.send(t="hand", up=True)  # twice is once
        assert len((await trainer.hear("hands"))["hands"]) == number + 1
    await trainer.send(t="lower", person=str(people[0].uuid))
    assert (await trainer.hear("hands"))["hands"] == [str(people[1].uuid)]
    await sockets[1].go()
    assert (await trainer.hear("hands"))["hands"] == []  # who leaves asks no more
    await trainer.send(t="end")
    await trainer.hear("ended")
    assert await in_thread(lambda: Room.objects.get().hands) == []


async def test_classmates_read_an_initial_and_staff_the_name(classroom):
    amina = await in_thread(classroom.learner, "Amina", "Keita")
    trainer, bledar = classroom.socket(classroom.body.trainer), classroom.socket(classroom.body.beneficiary)
    await trainer.enter()
    await bledar.enter()
    await trainer.hear("joined")
    socket = classroom.socket(amina)
    await socket.enter()
    seen = (await trainer.hear("joined"))["person"]
    assert (seen["name"], seen["full_name"]) == ("Amina K.", "Amina Keita")
    assert (await bledar.hear("joined"))["person"] == {
        "id": str(amina.uuid),
        "name": "Amina K.",
        "role": "learner",
    }
    assert all("full_name" not in person for person in socket.welcome["room"]["roster"])
    for each in (trainer, bledar, socket):
        await each.go()


async def test_who_is_withdrawn_is_refused_and_put_out(classroom):
    amina = classroom.socket(classroom.body.beneficiary)
    await amina.enter()
    await in_thread(
        enrolments.withdraw,
        classroom.body.enrolment,
        by=classroom.body.tutor,
        at=timezone.now(),
        reason="prova",
    )
    await amina.send(**chat("ci sono?"))
    assert await amina.closed() == 4403
    assert await in_thread(ChatLine.objects.count) == 0


async def test_who_is_withdrawn_and_silent_is_put_out_too(classroom):
    amina = classroom.socket(classroom.body.beneficiary)
    await amina.enter()
    await in_thread(
        enrolments.withdraw,
        classroom.body.enrolment,
        by=classroom.body.tutor,
        at=timezone.now(),
        reason="prova",
    )
    started = time.monotonic()
    while True:  # answers its probes like any client
        output = await amina.wire.receive_output(timeout=5)
        if output["type"] == "websocket.close":
            break
        if '"probe"' in output["text"]:
            await amina.send(t="probe_ack", n=int(output["text"].split('"n":')[1].rstrip("}")))
    assert output["code"] == 4403
    assert time.monotonic() - started < 3


async def test_a_class_that_the_register_ended_is_noticed(classroom):
    """Nobody told the room: it reads the database again."""
    amina = classroom.socket(classroom.body.beneficiary)
    await amina.enter()
    await in_thread(attendance.start_class, classroom.session, by=classroom.body.trainer, at=timezone.now())
    await in_thread(attendance.end_class, classroom.session, by=classroom.body.trainer, at=timezone.now())
    assert await amina.closed() in {4410, 4312}  # the connection or the class, whichever is read first


async def test_a_page_without_scripts_reaches_the_room(classroom):
    trainer = classroom.socket(classroom.body.trainer)
    await trainer.enter()

    def post():
        client = Client()
        client.force_login(classroom.body.beneficiary)
        return client.post(
            f"/aula/{classroom.session.uuid}/messaggi/", {"text": "senza script", "key": str(uuid.uuid4())}
        )

    assert (await in_thread(post)).status_code == 302
    assert (await trainer.hear("said"))["text"] == "senza script"
    await trainer.go()


async def test_forty_slow_calls_do_not_wait_for_each_other(own_database):
    started = time.monotonic()
    await asyncio.gather(*(in_thread(time.sleep, 0.05) for _each in range(40)))
    assert time.monotonic() - started < 1.0  # one thread: 2 s


async def test_filter_and_check_agree(classroom):
    from django.http import Http404

    from lms.enrolments.access import sessions_visible_to

    def seats() -> dict[str, bool]:
        found = {}
        for role, person in classroom.body.people.items():
            try:
                access.room_for(person, classroom.session.uuid)
            except Http404:
                found[role] = False
            else:
                found[role] = True
            assert found[role] == sessions_visible_to(person).filter(pk=classroom.session.pk).exists()
        return found

    found = await in_thread(seats)
    assert {role for role, may in found.items() if may} == {
        "beneficiary",
        "trainer",
        "tutor",
        "training_director",
        "inspector",
    }


async def test_chat_is_stored_at_once_and_limited(classroom):
    amina = classroom.socket(classroom.body.beneficiary)
    await amina.enter()
    codes = []
    for number in range(actions.LINES_IN_TEN_SECONDS + 1):
        await amina.send(**chat(f"riga {number}"))
        message = await amina.receive()
        codes.append(message.get("code", message.get("type")))
    assert codes == ["said"] * actions.LINES_IN_TEN_SECONDS + ["chat.too_often"]
    assert await in_thread(ChatLine.objects.count) == actions.LINES_IN_TEN_SECONDS
    await amina.go()
