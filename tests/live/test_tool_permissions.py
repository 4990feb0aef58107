"""Every message of the teaching tools, asked as every role that has a seat: who may act, and who only watches."""

import uuid

import pytest
from django.utils import timezone

from live import access, actions
from live.threads import in_thread
from lms.errors import Refused
from tests.live.room_with_tools import furnished

YES, NO = "yes", "no"
HELPERS = {"*": NO, "trainer": YES, "training_director": YES, "tutor": YES}
#: message → role → does the room act on it? "*" is everybody else who may enter.
MATRIX = {
    "unsay": HELPERS,
    "chat_open": HELPERS,
    "react": {"*": YES, "inspector": NO},
    "slide": HELPERS,
    "stage": HELPERS,
    "timer": HELPERS,
    "poll": HELPERS,
    "poll_word": HELPERS,
    "vote": {"*": NO, "beneficiary": YES},
}
#: what tells the sender that the room acted
CAUSED = {
    "unsay": "unsaid",
    "chat_open": "chat_open",
    "react": "reactions",
    "slide": "slide",
    "stage": "stage",
    "timer": "timer",
    "poll": "poll",
    "poll_word": "poll",
    "vote": "voted",
}
MEMBERS = ("beneficiary", "trainer", "tutor", "training_director", "inspector")


@pytest.mark.parametrize("role", MEMBERS)
async def test_what_a_member_may_do(classroom, role):
    with_tools = await in_thread(furnished, classroom)
    messages = {
        "unsay": {"line": str(with_tools.line.uuid)},
        "chat_open": {"open": False},
        "react": {"sign": "yes"},
        "slide": {"deck": str(with_tools.deck.uuid), "page": 2},
        "stage": {"what": "poll", "of": str(with_tools.poll.uuid)},
        "timer": {"minutes": 5},
        "poll_word": {"poll": str(with_tools.words.uuid), "word": "casa"},
        "vote": {"poll": str(with_tools.poll.uuid), "key": str(uuid.uuid4()), "choices": [1]},
        "poll": {"poll": str(with_tools.poll.uuid), "do": "close"},
    }
    assert set(messages) == set(MATRIX) == set(CAUSED)
    socket = classroom.socket(classroom.body.people[role])
    await socket.enter()
    for name, message in messages.items():
        await socket.send(t=name, **message)
        assert await _came_of(socket, name) == MATRIX[name].get(role, MATRIX[name]["*"]), (role, name)
    await socket.go()


async def _came_of(socket, name: str) -> str:
    while True:
        message = await socket.receive()
        if message["t"] == "error":
            return NO
        if CAUSED[name] in {message["t"], message.get("type")}:
            return YES


async def test_what_is_of_another_class_is_not_here(classroom):
    """The tools of one room are no tools of another: each answers as if it did not exist."""
    from tests import factories as make
    from tests.live.conftest import Classroom

    other = await in_thread(
        make.session, classroom.body.edition, classroom.body.trainer, starts_at=timezone.now(), title="Altra"
    )
    there = await in_thread(furnished, Classroom(classroom.body, other))
    seat = await in_thread(access.seat_for, classroom.body.trainer, classroom.session.uuid)
    learner = await in_thread(access.seat_for, classroom.body.beneficiary, classroom.session.uuid)
    now = timezone.now()
    tries = [
        lambda: actions.remove_line(seat, there.line.uuid, at=now),
        lambda: actions.show_slide(seat, there.deck.uuid, 1, at=now),
        lambda: actions.set_stage(seat, "poll", there.poll.uuid, at=now),
        lambda: actions.act_on_poll(seat, there.poll.uuid, "close", at=now),
        lambda: actions.hide_word(seat, there.words.uuid, "casa", True),
        lambda: actions.vote(learner, there.poll.uuid, choices=[0], word="", key=uuid.uuid4(), at=now),
        lambda: actions.drop_deck(seat, there.deck.uuid),
        lambda: actions.move_deck(seat, there.deck.uuid, up=True),
        lambda: actions.describe_page(seat, there.deck.uuid, 1, "testo"),
        lambda: actions.drop_poll(seat, there.poll.uuid),
        lambda: actions.who_answered(seat, there.poll.uuid),
    ]
    for attempt in tries:
        with pytest.raises(Refused) as refused:
            await in_thread(attempt)
        assert refused.value.status == 404
