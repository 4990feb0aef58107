"""Who somebody is here is asked again on every action, and open sockets follow a change at once."""

import asyncio
import time

import pytest
from django.utils import timezone

from live.threads import in_thread
from lms.attendance.models import Connection, RegisterPage
from lms.enrolments import actions as enrolments
from tests import factories as make

AT_ONCE = 2.5  # seconds, on a busy machine


async def _closed_by_itself(socket) -> tuple[int, float]:
    """The code that ends a socket which only answers its probes, and after how many seconds."""
    began = time.monotonic()
    while True:
        output = await socket.wire.receive_output(timeout=5)
        if output["type"] == "websocket.close":
            return output["code"], time.monotonic() - began
        if '"probe"' in output["text"]:
            await socket.send(t="probe_ack", n=int(output["text"].split('"n":')[1].rstrip("}")))


def _end_task(body, person) -> None:
    enrolments.end_staff(
        body.edition.staff.get(user=person, ended_at=None), by=body.training_director, at=timezone.now()
    )


async def _reasons(person) -> list[str]:
    return await in_thread(
        lambda: list(Connection.objects.filter(person=person).values_list("reason", flat=True))
    )


@pytest.mark.services
async def test_a_task_that_changes_or_ends_moves_its_open_sockets(classroom):
    """A tutor becomes a trainer: comes in again. The task ends: out, and no ticket any more."""
    body = classroom.body
    second = await in_thread(make.person, "Sara", "Seconda", role="trainer", agency=body.training_body)
    await in_thread(make.membership, second, "tutor", body.training_body)
    tutoring = await in_thread(make.staff, body.edition, second, "tutor")
    sara = classroom.socket(second)
    await sara.enter()

    def instead() -> None:
        enrolments.end_staff(tutoring, by=body.training_director, at=timezone.now())
        enrolments.assign_staff(body.edition, second, "trainer", by=body.training_director, at=timezone.now())

    await in_thread(instead)
    code, after = await _closed_by_itself(sara)
    assert (code, after < AT_ONCE) == (4409, True)

    again = classroom.socket(second)
    await again.enter()
    await in_thread(_end_task, body, second)
    code, after = await _closed_by_itself(again)
    assert (code, after < AT_ONCE) == (4403, True)
    answer = await in_thread(again.client.post, f"/aula/{classroom.session.uuid}/biglietto/")
    assert answer.status_code == 404
    await asyncio.sleep(0.3)
    assert await _reasons(second) == ["replaced", "removed"]


async def test_before_any_look_each_action_asks_again(classroom, settings):
    settings.LIVE_RIGHTS_SECONDS = settings.LIVE_REREAD_SECONDS = 60
    body = classroom.body
    trainer = classroom.socket(body.trainer)
    await trainer.enter()
    await trainer.send(t="start")
    await trainer.hear("started")
    await in_thread(_end_task, body, body.trainer)
    await trainer.send(t="end")
    assert await trainer.closed() == 4403
    page = await in_thread(lambda: RegisterPage.objects.get(session=classroom.session))
    assert page.ended_at is None
