"""What stands large, the timer, and signs that are summed and gone."""

from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from live import access, actions
from live.threads import in_thread
from lms.errors import Refused
from tests.live.conftest import Classroom
from tests.live.room_with_tools import furnished


@pytest.fixture
def room(world):
    return furnished(Classroom(world.here, world.here.session))


def now_of(room):
    return actions.snapshot(room.learner, since=0, at=timezone.now())


def test_the_timer_is_by_the_servers_clock(room):
    at = timezone.now()
    actions.set_timer(room.trainer, 5, at=at)
    timer = now_of(room).timer
    assert (timer.started_at, timer.ends_at) == (at, at + timedelta(minutes=5))
    actions.set_timer(room.trainer, 1, more=True, at=at + timedelta(minutes=2))
    assert now_of(room).timer.ends_at == at + timedelta(minutes=6)
    actions.set_timer(room.trainer, 180, more=True, at=at + timedelta(minutes=3))
    assert now_of(room).timer.ends_at == at + timedelta(minutes=183)  # never longer than the longest from now
    actions.set_timer(room.trainer, 2, more=True, at=at + timedelta(hours=5))  # it is over: a new one
    assert now_of(room).timer.started_at == at + timedelta(hours=5)
    actions.set_timer(room.trainer, 0, at=at)
    assert now_of(room).timer is None
    with pytest.raises(Refused):
        actions.set_timer(room.learner, 5, at=at)


def test_only_what_is_there_comes_on_stage(room, world):
    at = timezone.now()
    for what, of, code in (
        ("person", world.here.beneficiary.uuid, "stage.nobody"),  # not connected
        ("person", None, "stage.nobody"),
        ("poll", room.prepared.uuid, "poll.none"),  # learners do not know of it
        ("slides", None, "slides.none"),
    ):
        with pytest.raises(Refused) as refused:
            actions.set_stage(room.trainer, what, of, at=at)
        assert refused.value.code == code
    actions.show_slide(room.trainer, room.deck.uuid, 1, at=at)
    actions.act_on_poll(room.trainer, room.poll.uuid, "show", at=at)
    actions.set_stage(room.trainer, "poll", room.poll.uuid, at=at)
    assert now_of(room).stage.of == room.poll.uuid
    actions.act_on_poll(room.trainer, room.poll.uuid, "hide", at=at)  # what nobody may see stands nowhere
    assert now_of(room).stage.what == "slides"


async def test_a_person_on_stage_leaves_it_by_leaving(classroom):
    trainer, amina = classroom.socket(classroom.body.trainer), classroom.socket(classroom.body.beneficiary)
    await trainer.enter()
    await amina.enter()
    await trainer.send(t="start")
    await trainer.send(t="stage", what="person", of=amina.welcome["you"])
    assert (await amina.hear("stage"))["stage"] == {"what": "person", "of": amina.welcome["you"]}
    await trainer.hear("stage")
    await amina.go()
    assert (await trainer.hear("stage"))["stage"] == {"what": "nothing"}
    await trainer.send(t="timer", minutes=3)
    ticking = await trainer.hear("timer")
    ends = datetime.fromisoformat(ticking["timer"]["ends_at"])
    assert ends - datetime.fromisoformat(ticking["now"]) == timedelta(minutes=3)
    await trainer.send(t="end")
    await trainer.hear("ended")
    seat = await in_thread(access.seat_for, classroom.body.trainer, classroom.session.uuid)
    after = await in_thread(lambda: actions.snapshot(seat, since=0, at=timezone.now()))
    assert (after.stage.what, after.timer) == ("nothing", None)


async def test_signs_are_summed_nameless_limited_and_never_stored(classroom):
    sockets = [
        classroom.socket(await in_thread(classroom.learner, name)) for name in ("Amina", "Bea", "Carla")
    ]
    trainer = classroom.socket(classroom.body.trainer)
    for socket in (*sockets, trainer):
        await socket.enter()
    stored = await in_thread(_rows)
    for socket in sockets:
        await socket.send(t="react", sign="slower")
    await sockets[0].send(t="react", sign="yes")
    sums = {"slower": 0, "yes": 0}
    while sums != {"slower": 3, "yes": 1}:
        message = await trainer.hear("reactions")
        assert set(message) == {"t", "signs"}
        for sign, count in message["signs"].items():
            sums[sign] += count
    assert await in_thread(_rows) == stored
    for _each in range(8):
        await sockets[1].send(t="react", sign="bravo")
    assert await sockets[1].refused() == "react.too_often"
    await sockets[2].send(t="react", sign="🙂")
    assert await sockets[2].refused() == "message.malformed"
    for socket in (*sockets, trainer):
        await socket.go()


def _rows() -> dict[str, int]:
    return {model._meta.label: model.objects.count() for model in apps.get_app_config("live").get_models()}
