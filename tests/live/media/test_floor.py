"""The floor: who may be heard, held by the server. With no media engine the class goes on in words."""

import pytest

from live import access, actions
from live.models import Floor
from live.threads import in_thread

YES, NO = "yes", "no"
#: message → role → does the room act on it? "*" is everybody else who may enter.
MATRIX = {
    "speak": {"*": YES, "inspector": NO},
    "mute": {"*": NO, "trainer": YES, "training_director": YES, "tutor": YES},
    "call": {"*": NO, "trainer": YES, "training_director": YES, "tutor": YES},
    "floor": {"*": NO, "trainer": YES, "training_director": YES, "tutor": YES},
}
MEMBERS = ("beneficiary", "trainer", "tutor", "training_director", "inspector")


@pytest.mark.parametrize("role", MEMBERS)
async def test_who_decides_who_is_heard(classroom, role):
    director = classroom.socket(classroom.body.training_director)
    await director.enter()
    await director.send(t="start")
    learner = await in_thread(classroom.learner, "Amina", "Keita")
    heard = classroom.socket(learner)  # held: a socket that nobody holds is a lost line
    await heard.enter()
    socket = classroom.socket(classroom.body.people[role])
    await socket.enter()
    asked = {
        "speak": ({}, "snapshot"),
        "mute": ({}, "floor"),
        "call": ({"person": str(learner.uuid)}, "called"),
        "floor": ({"held": True}, "floor"),
    }
    for name, (more, causes) in asked.items():
        await socket.send(t=name, **more)
        if name == "speak":  # tells nobody anything while nobody was muted, so ask for something that does
            await socket.send(t="resync", seq=0)
        while (said := await socket.receive())["t"] != "error" and causes not in {
            said["t"],
            said.get("type"),
        }:
            pass
        got = NO if said["t"] == "error" else YES
        assert got == MATRIX[name].get(role, MATRIX[name]["*"]), (role, name)


@pytest.mark.parametrize("role", MEMBERS)
def test_what_each_role_may_send(world, role):
    seat = access.seat_for(world.here.people[role], world.here.session.uuid)
    everything = {"audio", "video", "screen"}
    expected = {"beneficiary": {"audio"}, "inspector": set()}.get(role, everything)
    assert actions.may_send(seat) == expected


async def rights(classroom, user) -> set[str]:
    seat = await in_thread(access.seat_of, user.pk, classroom.session.uuid)
    return set(await in_thread(actions.may_send, seat))


@pytest.fixture
async def begun(classroom):
    """A class that has begun: the trainer's socket and Amina's."""
    trainer = classroom.socket(classroom.body.trainer)
    await trainer.enter()
    await trainer.send(t="start")
    amina = classroom.socket(classroom.body.beneficiary)
    welcome = await amina.enter()
    assert welcome["room"]["floor"] == {"held": False, "cameras": False, "muted": [], "called": []}
    return trainer, amina


async def test_a_mute_holds_until_the_person_speaks_again(classroom, begun):
    trainer, amina = begun
    user = classroom.body.beneficiary
    await trainer.send(t="mute", person=str(user.uuid))
    told = await amina.hear("floor")
    assert told["floor"]["muted"] == [str(user.uuid)]
    assert await rights(classroom, user) == set()
    await amina.send(t="speak")
    assert (await amina.hear("floor"))["floor"]["muted"] == []
    assert await rights(classroom, user) == {"audio"}


async def test_where_the_floor_is_held_only_the_called_speak(classroom, begun):
    trainer, amina = begun
    user = classroom.body.beneficiary
    await amina.send(t="hand", up=True)
    await trainer.hear("hands")
    await trainer.send(t="floor", held=True)
    assert (await amina.hear("floor"))["floor"]["held"] is True
    assert await rights(classroom, user) == set()
    await amina.send(t="speak")
    refused = await amina.receive()
    assert (refused["t"], refused["code"]) == ("error", "floor.held")
    await trainer.send(t="call", person=str(user.uuid))
    called = await amina.hear("called")
    assert called["person"] == str(user.uuid)
    assert called["by"] == classroom.body.trainer.get_full_name()
    assert (await amina.hear("hands"))["hands"] == []  # asked to speak, and now speaks
    assert await rights(classroom, user) == {"audio"}
    await trainer.send(t="mute")
    await amina.hear("floor")
    assert await rights(classroom, user) == set()
    await trainer.send(t="floor", held=False, cameras=True)
    await amina.hear("floor")
    assert await rights(classroom, user) == {"video"}  # the mute stands until she speaks
    assert await rights(classroom, classroom.body.trainer) == {"audio", "video", "screen"}


async def test_nobody_cuts_off_who_leads_and_nothing_is_left_after_the_class(classroom, begun):
    trainer, amina = begun
    tutor = classroom.socket(classroom.body.tutor)
    await tutor.enter()
    await tutor.send(t="mute", person=str(classroom.body.trainer.uuid))
    while (answer := await tutor.receive())["t"] != "error":
        pass
    assert answer["code"] == "floor.leads"
    await trainer.send(t="mute", person=str(classroom.body.tutor.uuid))
    await amina.hear("floor")
    assert await rights(classroom, classroom.body.tutor) == {"video", "screen"}
    await trainer.send(t="end")
    assert await amina.closed() == 4410
    assert not await in_thread(Floor.objects.exists)


async def test_without_an_engine_voice_says_so_and_chat_goes_on(classroom, begun):
    trainer, amina = begun
    await amina.send(t="rtc", n=1, do="join", want={"camera": "low", "screen": True})
    answer = await amina.hear("rtc")
    assert (answer["do"], answer["n"], answer["code"], answer["final"]) == ("failed", 1, "media.none", True)
    await amina.send(t="chat", text="Ci sono", key="0" * 8 + "-0000-4000-8000-" + "0" * 12)
    await trainer.hear("said", text="Ci sono")


async def test_nobody_hears_a_class_that_has_not_begun(classroom):
    amina = classroom.socket(classroom.body.beneficiary)
    await amina.enter()
    await amina.send(t="rtc", n=1, do="join")
    answer = await amina.hear("rtc")
    assert (answer["code"], answer["final"]) == ("media.not_yet", True)
    assert answer["sentence"]
