"""The server's clock is set while a class goes on: nobody gains a second by it, and the record says so."""

import asyncio
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from benchmarks.fault_people import union
from live import clock
from live.threads import in_thread
from lms.attendance import queries
from lms.attendance.models import Connection
from tests.live.test_attendance import answer_for


class SetClock(clock.MachineClock):
    """The machine's, set by so much."""

    off = timedelta(0)

    def now(self):
        return timezone.now() + self.off


@pytest.fixture
def machine(monkeypatch) -> SetClock:
    one = SetClock()
    monkeypatch.setattr(clock, "_clock", lambda: one)
    return one


@pytest.mark.parametrize("by", [timedelta(minutes=5), timedelta(minutes=-2)])
async def test_a_step_of_the_clock_gives_nobody_time_and_stands_in_the_record(classroom, tenths, machine, by):
    """Two devices of one person, one on each side of the step, at the same time: once the one, once the other."""
    first, second = (classroom.socket(classroom.body.beneficiary) for _each in range(2))
    began = time.monotonic()
    await first.enter(device="phone")
    await answer_for(first, 0.8)
    machine.off = by
    stepped = timezone.now()
    await second.enter(device="laptop")  # before the pulse looked by itself
    assert (await first.hear("restart"))["within"] >= 1
    assert await first.closed() == 4312
    await answer_for(second, 0.8)
    await second.go()
    lived = timedelta(seconds=time.monotonic() - began)

    one, two = await in_thread(lambda: list(Connection.objects.order_by("id")))
    assert (one.reason, two.reason) == ("clock_jumped", "line_lost")
    assert one.closed_at == one.last_evidence_at <= stepped
    assert two.opened_at >= stepped + by
    spans = union([(one.opened_at, one.closed_at), (two.opened_at, two.closed_at)])
    assert sum((end - start for start, end in spans), timedelta(0)) <= lived
    found = await in_thread(queries.outages_of, classroom.session)
    (outage,) = found.platform
    assert (outage.kind, outage.broke) == ("clock_jumped", 1)
    assert abs(outage.span.end - outage.span.start - abs(by)) <= timedelta(seconds=1)
    assert found.spans == []  # nobody could have been there: no policy gives it back


async def test_a_clock_that_is_put_right_by_a_little_disturbs_nobody(classroom, tenths, machine):
    socket = classroom.socket(classroom.body.beneficiary)
    await socket.enter()
    machine.off = timedelta(seconds=0.2)
    await answer_for(socket, 0.8)
    (row,) = await in_thread(lambda: list(Connection.objects.all()))
    assert row.closed_at is None
    await socket.go()


async def test_an_answer_that_comes_after_the_close_changes_nothing(classroom, tenths, monkeypatch):
    """A laptop wakes up and answers old probes while the database is still away."""
    from django.db import OperationalError

    from live import actions

    socket = classroom.socket(classroom.body.beneficiary)
    socket.answering = False
    await socket.enter()
    works = actions.leave

    def gone_away(*_args, **_more):
        raise OperationalError("gone away")

    monkeypatch.setattr(actions, "leave", gone_away)
    probes = [(await socket.wire.receive_json_from(timeout=5))["n"] for _each in range(2)]
    await asyncio.sleep(2 * tenths)  # it is silent by now, and could not be closed
    for n in probes:
        await socket.send(t="probe_ack", n=n)
    await asyncio.sleep(0.1)
    monkeypatch.setattr(actions, "leave", works)
    await asyncio.sleep(0.6)
    (row,) = await in_thread(lambda: list(Connection.objects.all()))
    assert (row.reason, row.closed_at) == ("silent", row.opened_at)
    await socket.go()
