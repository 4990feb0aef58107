"""Every websocket message, asked as every role of both networks."""

import uuid
from datetime import timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from live import events
from live.access import seat_for
from live.threads import in_thread
from lms.attendance.actions import start_class
from lms.attendance.models import PresencePrompt
from lms.enrolments.actions import end_staff
from tests import factories as make
from tests.conftest import build_body
from tests.live.conftest import Socket
from tests.live.media.test_floor import MATRIX as FLOOR
from tests.live.test_tool_permissions import MATRIX as TOOLS

YES, NO = "yes", "no"
PROMPT = str(uuid.uuid4())  # the class is being asked this
MESSAGES = {
    "chat": lambda: {"text": "Buongiorno", "key": str(uuid.uuid4())},
    "hand": lambda: {"up": True},
    "lower": dict,
    "start": dict,
    "end": dict,
    "resync": lambda: {"seq": 0},
    "prompt_ack": lambda: {"prompt": PROMPT, "key": str(uuid.uuid4())},
}
#: message → role → does the room act on it? "*" is everybody else who may enter.
MATRIX = {
    "chat": {"*": YES, "inspector": NO},
    "hand": {"*": YES, "inspector": NO},
    "lower": {"*": NO, "trainer": YES, "training_director": YES, "tutor": YES},
    "start": {"*": NO, "trainer": YES, "training_director": YES},
    "end": {"*": NO, "trainer": YES, "training_director": YES},
    "resync": {"*": YES},
    "prompt_ack": {"*": NO, "beneficiary": YES},
}
MEMBERS = ("beneficiary", "trainer", "tutor", "training_director", "inspector")
OUTSIDE = (
    "stranger",
    "social_worker",
    "cpi_operator",
    "agency_operator",
    "consortium_coordinator",
    "administrator",
)


def test_the_matrix_names_every_message():
    """hello, probe_ack and bye are the connection's own: whoever is in may answer and go. What a person may send
    by `rtc` is asked in tests/live/media.
    """
    names = {message.model_fields["t"].annotation.__args__[0] for message in events.CLIENT_MESSAGES}
    assert names == set(MATRIX) | set(TOOLS) | set(FLOOR) | {"hello", "probe_ack", "bye", "rtc"}


@pytest.mark.parametrize("role", MEMBERS)
async def test_what_a_member_may_do(classroom, role):
    body = classroom.body
    learner = await in_thread(classroom.learner, "Amina", "Keita")
    waiting = classroom.socket(learner)
    await waiting.enter()
    await waiting.send(t="hand", up=True)
    await waiting.hear("hands")
    socket = classroom.socket(body.people[role])
    await socket.enter()
    if role in {"trainer", "training_director"}:
        await socket.send(t="start")
        await socket.hear("started")
    else:
        await in_thread(_started, body, classroom.session)
    await in_thread(_asked_who_is_there, classroom.session)
    for name in ("chat", "hand", "resync", "prompt_ack", "lower", "start", "end"):
        expected = MATRIX[name].get(role, MATRIX[name]["*"])
        got = await _asked(socket, name)
        assert got == expected, (role, name)


def _started(body, session) -> None:
    start_class(session, by=body.trainer, at=timezone.now())


def _asked_who_is_there(session) -> None:
    now = timezone.now()
    PresencePrompt.objects.create(
        session=session,
        uuid=PROMPT,
        key=uuid.uuid4(),
        announced_at=now,
        opens_at=now,
        deadline=now + timedelta(minutes=3),
    )


async def _asked(socket: Socket, name: str) -> str:
    """What comes of a message: an error, or the event or snapshot that it causes."""
    await socket.send(t=name, **MESSAGES[name]())
    if name == "start":  # begun already: nothing is told twice, so ask for something that is
        await socket.send(t="resync", seq=0)
    caused = {
        "chat": "said",
        "hand": "hands",
        "lower": "hands",
        "start": "snapshot",
        "end": "ended",
        "resync": "snapshot",
        "prompt_ack": "noted",
    }
    while True:
        message = await socket.receive()
        if message["t"] == "error":
            return NO
        if caused[name] in {message["t"], message.get("type")}:
            return YES


@pytest.mark.parametrize("role", [*OUTSIDE, "anonymous"])
async def test_who_is_not_in_the_class_gets_no_ticket(classroom, role):
    user = None if role == "anonymous" else classroom.body.people[role]
    socket = classroom.socket(user)
    assert await socket.knock()
    answer = await in_thread(socket.client.post, f"/aula/{classroom.session.uuid}/biglietto/")
    assert answer.status_code == (302 if role == "anonymous" else 404)
    await socket.send(t="hello", ticket="x" * 40, device="phone")
    assert await socket.closed() in {4401, 4403}


async def test_the_other_network_is_outside(classroom):
    there = await in_thread(build_body, "La")
    for role in MEMBERS:
        socket = classroom.socket(there.people[role])
        assert await socket.knock()
        answer = await in_thread(socket.client.post, f"/aula/{classroom.session.uuid}/biglietto/")
        assert answer.status_code == 404, role
        await socket.go()


async def test_a_ticket_of_one_class_opens_no_other(classroom):
    other = await in_thread(make.session, classroom.body.edition, classroom.body.trainer, title="Un'altra")
    socket = classroom.socket(classroom.body.beneficiary, path=f"/ws/aula/{other.uuid}/")
    assert await socket.knock()
    ticket = await in_thread(socket.ticket)
    await socket.send(t="hello", ticket=ticket, device="phone")
    assert await socket.closed() == 4401


def test_a_room_asks_for_the_second_factor_like_every_page(world, settings):
    """Sockets pass no middleware: what holds for pages must hold for them."""
    from django.http import Http404

    from live.access import seat_for

    assert seat_for(world.here.trainer, world.here.session.uuid)
    settings.PROFESSIONALS_NEED_SECOND_FACTOR = True
    with pytest.raises(Http404):
        seat_for(world.here.trainer, world.here.session.uuid)
    assert seat_for(world.here.beneficiary, world.here.session.uuid)


def test_a_trainer_whose_task_ended_has_no_seat(world):
    here = world.here
    assert seat_for(here.trainer, here.session.uuid).role == "trainer"
    end_staff(here.edition.staff.get(role="trainer"), by=here.training_director, at=make.NOW)
    with pytest.raises(Http404):
        seat_for(here.trainer, here.session.uuid)
