"""Before a process stops: everybody is told to come back, and their attendance ends at what was proved."""

import asyncio
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from live import actions, broadcast
from live.broadcast import send_on_commit
from live.events import ClassEnded
from live.models import Room
from live.pulse import Pulse
from live.threads import in_thread
from lms.attendance import queries
from lms.attendance.models import Connection


async def _told(socket) -> float:
    """What a socket hears at the end: within how many seconds it may come back."""
    within = (await socket.hear("restart"))["within"]
    assert await socket.closed() == 4312
    return within


@pytest.mark.services
async def test_a_process_that_stops_sends_everybody_back_in_and_cuts_nobody_short(classroom, settings):
    settings.LIVE_PROBE_SECONDS = 30  # so that the only answers are to the last question
    trainer = classroom.socket(classroom.body.trainer)
    learner = classroom.socket(await in_thread(classroom.learner, "Amina", "Keita"))
    asleep = classroom.socket(await in_thread(classroom.learner, "Omar", "Diallo"))
    late = classroom.socket(await in_thread(classroom.learner, "Chen", "Li"))
    asleep.answering = False
    for socket in (trainer, learner, asleep):
        await socket.enter()
    assert await late.knock()
    await asyncio.sleep(0.2)
    asked = timezone.now()
    draining = asyncio.create_task(Pulse.here().drain())
    within = await asyncio.gather(*(_told(socket) for socket in (trainer, learner, asleep)))
    assert min(within) >= 1
    await draining
    await late.send(t="hello", ticket="x" * 40, device="phone")  # comes to a process that is going
    await _told(late)

    rows = {row.person: row for row in await in_thread(_rows)}
    assert {row.reason for row in rows.values()} == {"server_stopped"}
    for row in rows.values():
        assert row.closed_at == row.last_evidence_at
    for socket in (trainer, learner):
        assert timedelta(0) <= rows[socket.user].closed_at - asked < timedelta(seconds=1)
    assert rows[asleep.user].closed_at == rows[asleep.user].opened_at  # proved nothing after its arrival
    found = await in_thread(queries.outages_of, classroom.session)
    assert [(outage.kind, outage.broke) for outage in found.platform] == [("server_stopped", 3)]


def _rows() -> list[Connection]:
    return list(Connection.objects.select_related("person"))


async def test_whoever_is_being_welcomed_while_a_process_stops_comes_back_too(
    classroom, monkeypatch, settings
):
    settings.LIVE_FLUSH_SECONDS = 5  # a row without a socket at two writings is given up: not the matter here

    joined, go_on = asyncio.Event(), asyncio.Event()
    loop, works = asyncio.get_running_loop(), actions.join

    def slow_join(*args, **kwargs):
        arrival = works(*args, **kwargs)
        loop.call_soon_threadsafe(joined.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(5)
        return arrival

    monkeypatch.setattr(actions, "join", slow_join)
    socket = classroom.socket(classroom.body.beneficiary)
    assert await socket.knock()
    ticket = await in_thread(socket.ticket)
    await socket.send(t="hello", ticket=ticket, device="phone")
    await joined.wait()
    draining = asyncio.create_task(Pulse.here().drain())
    await asyncio.sleep(0.1)
    go_on.set()
    await _told(socket)
    await draining
    (row,) = await in_thread(_rows)
    assert (row.reason, row.closed_at) == ("server_stopped", row.opened_at)


async def test_what_commits_after_the_last_socket_waits_for_no_loop(classroom, monkeypatch):
    """A thread that waited for the loop of a process that is stopping would keep the process from ending."""
    over = asyncio.new_event_loop()
    over.close()
    monkeypatch.setattr(broadcast, "_loop", over)
    monkeypatch.setattr(broadcast, "async_to_sync", lambda _work: pytest.fail("it would wait"))

    def say() -> int:
        with transaction.atomic():
            room, _made = Room.objects.get_or_create(session=classroom.session)
            return send_on_commit(room, ClassEnded(at=timezone.now()))

    seq = await in_thread(say)
    assert (
        await in_thread(actions.latest_seq, classroom.session.uuid) == seq
    )  # the others see that they missed it
