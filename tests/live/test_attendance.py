"""What a connection leaves in the attendance record."""

import asyncio
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from live.pulse import Pulse
from live.threads import for_attendance, in_thread
from lms.attendance import actions as attendance
from lms.attendance.models import Connection, ServerLease


async def rows_of(user) -> list[Connection]:
    return await in_thread(lambda: list(Connection.objects.filter(person=user).order_by("id")))


async def answer_for(socket, seconds: float) -> None:
    """Answer probes for a while; other messages are dropped."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                await socket.receive()
    except TimeoutError:
        pass


async def test_the_row_stands_before_the_welcome(classroom, monkeypatch):
    seen = []
    socket = classroom.socket(classroom.body.beneficiary)
    told = Pulse.welcomed

    def welcomed(pulse, client, arrival, now):
        seen.append(arrival.connection_id)
        told(pulse, client, arrival, now)

    monkeypatch.setattr(Pulse, "welcomed", welcomed)
    await socket.enter()
    (row,) = await rows_of(classroom.body.beneficiary)
    assert seen == [row.pk]
    assert row.role == "learner"
    assert row.device == "phone"
    await socket.go()


async def test_evidence_comes_only_from_answers(classroom, tenths):
    """Whoever writes without answering probes is gone after two of them, with no evidence after the arrival."""
    socket = classroom.socket(classroom.body.beneficiary)
    socket.answering = False
    await socket.enter()
    for _each in range(4):
        await socket.send(t="hand", up=True)
        await asyncio.sleep(0.1)
    assert await socket.closed() == 4308
    (row,) = await rows_of(classroom.body.beneficiary)
    assert row.reason == "silent"
    assert row.closed_at == row.last_evidence_at == row.opened_at


@pytest.mark.services
async def test_a_close_is_dated_to_the_last_evidence(classroom, tenths):
    socket = classroom.socket(classroom.body.beneficiary)
    await socket.enter()
    await answer_for(socket, 1.0)
    left = timezone.now()
    await socket.go()
    (row,) = await rows_of(classroom.body.beneficiary)
    assert row.opened_at < row.closed_at == row.last_evidence_at <= left
    assert left - row.closed_at < timedelta(seconds=tenths + 0.7)  # one probe, and a slow machine
    assert row.reason == "line_lost"


@pytest.mark.services
async def test_what_people_say_delays_no_arrival_no_evidence_and_no_departure(classroom, settings, tenths):
    """Every thread for messages is taken, and more wait: minutes have threads of their own."""
    omar = await in_thread(lambda: classroom.learner("Omar"))
    first, second = classroom.socket(classroom.body.beneficiary), classroom.socket(omar)
    ticket = await in_thread(second.ticket) if await second.knock() else ""
    await first.enter()
    held = threading.Event()
    storm = [asyncio.create_task(in_thread(held.wait, 60)) for _each in range(2 * settings.LIVE_THREADS)]
    try:
        began = timezone.now()
        await second.send(t="hello", ticket=ticket, device="tablet", resume_seq=0)
        await second.hear("welcome")
        await asyncio.gather(answer_for(first, 1.0), answer_for(second, 1.0))
        await first.go()
        rows = await for_attendance(lambda: list(Connection.objects.filter(session=classroom.session)))
    finally:
        held.set()
        await asyncio.gather(*storm)
    gone, here = sorted(rows, key=lambda row: row.opened_at)
    assert gone.reason == "line_lost"
    assert gone.closed_at == gone.last_evidence_at > began
    assert here.person_id == omar.pk
    assert here.closed_at is None
    await second.go()


async def test_evidence_is_dated_when_the_probe_was_sent(classroom, tenths):
    """An answer that comes late proves presence when it was asked, not when it came."""
    socket = classroom.socket(classroom.body.beneficiary)
    socket.answering = False
    await socket.enter()
    probe = await socket.wire.receive_json_from(timeout=5)
    asked = timezone.now()
    await asyncio.sleep(0.25)
    await socket.send(t="probe_ack", n=probe["n"])
    await asyncio.sleep(0.1)
    await socket.go()
    (row,) = await rows_of(classroom.body.beneficiary)
    assert row.closed_at <= asked


async def test_an_invented_answer_counts_nothing(classroom):
    socket = classroom.socket(classroom.body.beneficiary)
    socket.answering = False
    await socket.enter()
    for n in (1, 7, 2**50):
        await socket.send(t="probe_ack", n=n)
        assert (await socket.receive())["code"] == "probe.unknown"
    await socket.go()
    (row,) = await rows_of(classroom.body.beneficiary)
    assert row.closed_at == row.opened_at


@pytest.mark.services
async def test_evidence_is_written_in_one_batch_while_the_class_lasts(classroom, tenths):
    """What a killed server leaves behind is at most one probe and one flush old."""
    sockets = [classroom.socket(classroom.body.beneficiary, path="") for _each in range(2)]
    for number, socket in enumerate(sockets):
        await socket.enter(device=f"device-{number}")
    await asyncio.gather(*(answer_for(socket, 1.2) for socket in sockets))
    before = timezone.now()
    rows = await rows_of(classroom.body.beneficiary)
    assert len(rows) == 2
    for row in rows:
        assert row.closed_at is None
        assert before - row.last_evidence_at < timedelta(seconds=tenths + 0.2 + 0.7)
    for socket in sockets:
        await socket.go()


async def test_two_tabs_are_one_person_in_the_room(classroom):
    trainer = classroom.socket(classroom.body.trainer)
    await trainer.enter()
    first, second = (classroom.socket(classroom.body.beneficiary) for _each in range(2))
    await first.enter(device="one")
    await trainer.hear("joined")
    await second.enter(device="two")
    assert len(second.welcome["room"]["roster"]) == 2
    await first.go()
    await second.send(t="chat", text="Ci sono ancora", key="0a0b0c0d-0000-4000-8000-000000000001")
    message = await trainer.receive()
    assert (message["t"], message["type"]) == ("ev", "said")  # nobody was told that they left
    await second.go()
    assert (await trainer.hear("left"))["person"]["name"] == "Beneficiary Q."


@pytest.mark.services
async def test_a_reaped_lease_sends_everybody_back_in(classroom):
    """The worker gave this process up while it was stopped: its sockets must not sit there uncounted."""
    socket = classroom.socket(classroom.body.beneficiary)
    await socket.enter()
    later = timezone.now() + timedelta(hours=1)
    await in_thread(
        ServerLease.objects.update,
        renewed_at=later - timedelta(hours=2),
        expires_at=later - timedelta(hours=1, minutes=1),
        doubted_at=later - timedelta(hours=1, minutes=1),
    )
    assert await in_thread(attendance.reap_expired_leases, at=timezone.now()) == 1
    assert await socket.closed() == 4312
    (row,) = await rows_of(classroom.body.beneficiary)
    assert row.reason == "server_lost"
    again = classroom.socket(classroom.body.beneficiary)
    await again.enter()
    assert [row.closed_at is None for row in await rows_of(classroom.body.beneficiary)] == [False, True]
    await again.go()


async def test_a_database_that_does_not_answer_costs_no_evidence(classroom, tenths, monkeypatch):
    """Evidence waits in memory and is written when the database is back."""
    from django.db import OperationalError

    from live import actions

    socket = classroom.socket(classroom.body.beneficiary)
    await socket.enter()
    works, broken = actions.keep_alive, [True]

    def keep_alive(*args, **kwargs):
        if broken[0]:
            raise OperationalError("gone away")
        return works(*args, **kwargs)

    monkeypatch.setattr(actions, "keep_alive", keep_alive)
    await answer_for(socket, 1.0)
    (row,) = await rows_of(classroom.body.beneficiary)
    assert row.last_evidence_at == row.opened_at
    broken[0] = False
    await answer_for(socket, 0.8)
    (row,) = await rows_of(classroom.body.beneficiary)
    assert row.last_evidence_at > row.opened_at + timedelta(seconds=0.5)
    await socket.go()


async def test_an_inspector_is_seen_and_recorded(classroom):
    learner = classroom.socket(classroom.body.beneficiary)
    await learner.enter()
    inspector = classroom.socket(classroom.body.inspector)
    await inspector.enter()
    joined = await learner.hear("joined")
    assert joined["person"]["role"] == "inspector"
    assert joined["person"]["name"] == "Inspector Qui (Ente di formazione Qui)"
    (row,) = await rows_of(classroom.body.inspector)
    assert row.role == "inspector"
    for socket in (learner, inspector):
        await socket.go()
