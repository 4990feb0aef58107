"""One class over the websocket, from the ticket to the end."""

import uuid

import pytest

from live.threads import in_thread
from lms.attendance.models import Connection


async def connections_of(user):
    return await in_thread(lambda: list(Connection.objects.filter(person=user).order_by("id")))


@pytest.mark.services
async def test_a_class_from_beginning_to_end(classroom):
    trainer, amina = classroom.socket(classroom.body.trainer), classroom.socket(classroom.body.beneficiary)
    welcome = await trainer.enter(device="desk")
    assert welcome["leads"]
    assert welcome["room"]["state"] == "planned"

    await amina.enter()
    joined = await trainer.hear("joined")
    assert joined["person"]["full_name"] == "Beneficiary Qui"
    assert [row.closed_at for row in await connections_of(classroom.body.beneficiary)] == [None]

    await trainer.send(t="start")
    assert (await amina.hear("started"))["at"]
    await amina.send(t="chat", text="a < b & <3", key=str(uuid.uuid4()))
    assert (await trainer.hear("said"))["text"] == "a < b & <3"
    await amina.send(t="hand", up=True)
    assert (await trainer.hear("hands"))["hands"] == [amina.welcome["you"]]
    await trainer.send(t="lower")
    assert (await amina.hear("hands", hands=[]))["seq"]

    await trainer.send(t="end")
    await amina.hear("ended")
    assert await amina.closed() == 4410
    assert await trainer.closed() == 4410
    (row,) = await connections_of(classroom.body.beneficiary)
    assert row.reason == "class_ended"
    assert row.closed_at == row.last_evidence_at
