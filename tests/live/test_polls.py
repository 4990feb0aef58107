"""Polls: who answers, what counts, who sees what, and sums that are right however many answer at once."""

import asyncio
import random
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from live import access, actions
from live.models import Vote
from live.threads import in_thread
from lms.errors import Refused
from tests import factories as make
from tests.live.conftest import Classroom
from tests.live.room_with_tools import furnished, poll_of
from tests.live.test_bad_input import XSS


@pytest.fixture
def room(world):
    return furnished(Classroom(world.here, world.here.session))


def vote(seat, poll, *choices, word="", key=None):
    return actions.vote(
        seat, poll.uuid, choices=choices, word=word, key=key or uuid.uuid4(), at=timezone.now()
    )


def counts(seat, poll):
    return actions.tallies(seat.session.uuid, {poll.uuid})[0][poll.uuid]


def test_the_same_answer_twice_is_one_even_after_another(room):
    first, second = uuid.uuid4(), uuid.uuid4()
    assert vote(room.learner, room.poll, 0, key=first).choices == (0,)
    assert vote(room.learner, room.poll, 0, key=first).choices == (0,)
    assert vote(room.learner, room.poll, 2, key=second).choices == (2,)
    assert vote(room.learner, room.poll, 0, key=first).choices == (2,)  # the late repeat changes nothing
    assert counts(room.trainer, room.poll).counts == (0, 0, 1)
    assert counts(room.trainer, room.poll).voters == 1
    replaced = Vote.objects.get(poll=room.poll, key=first)
    assert (replaced.counts, replaced.choices) == (False, [])  # of what was thought before, nothing is kept


def test_an_answer_after_closing_is_refused_and_changes_nothing(room):
    key = uuid.uuid4()
    vote(room.learner, room.poll, 0, key=key)
    actions.act_on_poll(room.trainer, room.poll.uuid, "close", at=timezone.now())
    with pytest.raises(Refused, match=r"poll\.closed"):
        vote(room.learner, room.poll, 1)
    assert vote(room.learner, room.poll, 0, key=key).choices == (0,)  # stored before: said again
    assert counts(room.trainer, room.poll).counts == (1, 0, 0)
    actions.act_on_poll(room.trainer, room.poll.uuid, "open", at=timezone.now())
    assert vote(room.learner, room.poll, 1).choices == (1,)


def test_what_is_no_answer_is_refused_with_what_to_do(room):
    several = poll_of(room.trainer, "Quali?", "A", "B", "C", kind="several")
    actions.act_on_poll(room.trainer, several.uuid, "open", at=timezone.now())
    wrong = {
        "poll.empty": [lambda: vote(room.learner, room.poll), lambda: vote(room.learner, room.poll, 3)],
        "poll.one": [lambda: vote(room.learner, room.poll, 0, 1)],
        "poll.long": [lambda: vote(room.learner, room.words, word="a" * 41)],
        "poll.none": [lambda: vote(room.learner, room.prepared, 0)],
        "poll.not_for_staff": [lambda: vote(room.trainer, room.poll, 0)],
    }
    wrong["poll.empty"] += [
        lambda: vote(room.learner, room.poll, -1),
        lambda: vote(room.learner, room.words, word=" \u202e"),
    ]
    for code, tries in wrong.items():
        for attempt in tries:
            with pytest.raises(Refused) as refused:
                attempt()
            assert refused.value.code == code
    assert vote(room.learner, several, 2, 0, 2).choices == (0, 2)
    assert counts(room.trainer, several).counts == (1, 0, 1)
    assert not Vote.objects.filter(poll=room.poll).exists()


def test_words_are_summed_whatever_their_letters_and_can_be_taken_out_of_sight(room, world):
    others = [make.person(role="beneficiary", agency=world.here.consortium) for _each in range(2)]
    for other, word in zip(others, ("casa", "Sole"), strict=True):
        make.enrolment(other, world.here.edition)
        vote(access.seat_for(other, world.here.session.uuid), room.words, word=word)
    vote(room.learner, room.words, word="  CASA ")
    assert dict(counts(room.trainer, room.words).words or ()) == {"casa": 2, "Sole": 1}
    actions.hide_word(room.trainer, room.words.uuid, "SOLE", True)
    actions.act_on_poll(room.trainer, room.words.uuid, "show", at=timezone.now())
    staff, learners = actions.tallies(room.trainer.session.uuid, {room.words.uuid})
    assert staff[room.words.uuid].hidden == ("Sole",)
    assert learners[room.words.uuid].model_dump(exclude_none=True) == {"voters": 3, "words": (("casa", 2),)}


def test_a_poll_that_was_opened_stays_as_it_is(room):
    changed = {"kind": "one", "question": "Altra?", "choices": ["a", "b"]}
    with pytest.raises(Refused, match=r"poll\.begun"):
        actions.change_poll(room.trainer, room.poll.uuid, **changed)
    with pytest.raises(Refused, match=r"poll\.begun"):
        actions.drop_poll(room.trainer, room.poll.uuid)
    assert actions.change_poll(room.trainer, room.prepared.uuid, **changed).choices == ["a", "b"]
    for choices in ([], ["solo una"], ["due", " due "], [str(n) for n in range(9)]):
        with pytest.raises(Refused, match=r"poll\.choices"):
            actions.prepare_poll(room.trainer, kind="one", question="?", choices=choices, at=timezone.now())
    with pytest.raises(Refused, match=r"poll\.no_question"):
        actions.prepare_poll(room.trainer, kind="word", question=" ", choices=[], at=timezone.now())


def test_names_are_for_who_runs_the_class(room, world):
    vote(room.learner, room.poll, 1)
    pages = {}
    for role in ("trainer", "tutor", "beneficiary", "inspector"):
        client = Client(headers={"accept-language": "it"})
        client.force_login(world.here.people[role])
        pages[role] = client.get(f"/aula/{world.here.session.uuid}/sondaggi/{room.poll.uuid}/risposte/")
    assert "Beneficiary Qui" in pages["trainer"].content.decode()
    assert [pages[role].status_code for role in ("tutor", "beneficiary", "inspector")] == [200, 403, 403]


def test_what_is_typed_is_text_on_every_page(room, world):
    poll = poll_of(room.trainer, XSS[0], XSS[1], XSS[3])
    for act in ("open", "show"):
        actions.act_on_poll(room.trainer, poll.uuid, act, at=timezone.now())
    vote(room.learner, poll, 0)
    vote(room.learner, room.words, word=XSS[6])
    actions.act_on_poll(room.trainer, room.words.uuid, "show", at=timezone.now())
    base = f"/aula/{world.here.session.uuid}/"
    for role, paths in {
        "trainer": ["", "prepara/", f"sondaggi/{poll.uuid}/risposte/"],
        "beneficiary": [""],
    }.items():
        client = Client()
        client.force_login(world.here.people[role])
        for path in paths:
            html = client.get(base + path).content.decode()
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html, path
            assert "<script>alert" not in html
            assert "<img src=x" not in html
            assert "<svg/onload" not in html
            assert not re.search(r">\s*49\s*<", html), "a template ran"


async def test_the_class_learns_what_it_may_and_no_number_is_missing(classroom):
    tools = await in_thread(furnished, classroom)
    trainer, amina = classroom.socket(classroom.body.trainer), classroom.socket(classroom.body.beneficiary)
    staff = (await trainer.enter())["room"]["polls"]
    learner = (await amina.enter())["room"]
    assert [poll["state"] for poll in staff] == ["open", "open", "prepared"]
    assert [poll["tally"] for poll in learner["polls"]] == [{"voters": 0}, {"voters": 0}]
    await trainer.hear("joined")
    seq = learner["seq"]

    await in_thread(poll_of, tools.trainer, "Segreta?", "Sì", "No")
    assert (await trainer.hear("poll"))["poll"]["question"] == "Segreta?"
    passed = await amina.receive()
    assert passed == {"t": "ev", "seq": seq + 1, "type": "passed"}

    ident, key = str(tools.poll.uuid), str(uuid.uuid4())
    await amina.send(t="vote", poll=ident, key=key, choices=[1])
    assert (await amina.hear("voted")) == {
        "t": "voted",
        "poll": ident,
        "key": key,
        "choices": [1],
        "word": "",
    }
    assert (await amina.hear("tally"))["polls"] == {ident: {"voters": 1}}
    assert (await trainer.hear("tally"))["polls"] == {ident: {"voters": 1, "counts": [0, 1, 0]}}
    await trainer.send(t="poll", poll=ident, do="show")
    assert (await amina.hear("poll"))["poll"]["tally"]["counts"] == [0, 1, 0]
    await trainer.send(t="poll", poll=ident, do="close")
    assert (await amina.hear("poll", seq=seq + 3))["poll"]["state"] == "closed"
    await amina.send(t="vote", poll=ident, key=str(uuid.uuid4()), choices=[0])
    assert await amina.refused() == "poll.closed"

    await amina.go()
    back = await classroom.socket(classroom.body.beneficiary).enter()
    mine = {poll["id"]: poll.get("mine") for poll in back["room"]["polls"]}
    assert mine[ident] == [1]
    await trainer.send(t="end")
    await trainer.hear("ended")
    after = await in_thread(lambda: actions.snapshot(tools.learner, since=0, at=timezone.now()))
    assert {poll.state for poll in after.polls} == {"closed"}  # kept with the class, and nothing left open


@pytest.mark.services
async def test_sums_are_right_however_many_answer_at_once(classroom):
    """Twenty-four people answer and change their minds together, each message twice; then the poll closes on them."""
    tools = await in_thread(furnished, classroom)
    seats = []
    for _each in range(24):
        person = await in_thread(classroom.learner, "Persona")
        seats.append(await in_thread(access.seat_for, person, classroom.session.uuid))
    trainer = classroom.socket(classroom.body.trainer)
    await trainer.enter()
    hearing = asyncio.create_task(_told_that_it_closed(trainer))  # answers probes, however long this takes
    last: dict[int, int] = {}
    refused = []

    def answers(place: int) -> None:
        chance = random.Random(place)
        try:
            for _change in range(4):
                chosen, key = chance.randrange(3), uuid.uuid4()
                for _twice in range(2):
                    vote(seats[place], tools.poll, chosen, key=key)
                last[place] = chosen
        except Refused as no:
            refused.append(no.code)
        finally:
            connections.close_all()

    def close() -> None:
        actions.act_on_poll(tools.trainer, tools.poll.uuid, "close", at=timezone.now())
        connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        loop = asyncio.get_running_loop()
        work = [loop.run_in_executor(pool, answers, place) for place in range(24)]
        await asyncio.gather(*work)
        stored = await in_thread(counts, tools.trainer, tools.poll)
        wanted = tuple(sum(1 for chosen in last.values() if chosen == place) for place in range(3))
        assert (stored.counts, stored.voters) == (wanted, 24)
        # Answers race the closing: those that were told "stored" count, the others were refused.
        racing = [loop.run_in_executor(pool, answers, place) for place in range(24)]
        racing.append(loop.run_in_executor(pool, close))
        await asyncio.gather(*racing)
    after = await in_thread(counts, tools.trainer, tools.poll)
    wanted = tuple(sum(1 for chosen in last.values() if chosen == place) for place in range(3))
    assert (after.counts, after.voters) == (wanted, 24)
    assert set(refused) <= {"poll.closed"}
    assert await hearing == after.counts  # what was told is what is stored
    await trainer.go()


async def _told_that_it_closed(trainer) -> tuple[int, ...]:
    while (said := await trainer.hear("poll"))["poll"]["state"] != "closed":
        pass
    return tuple(said["poll"]["tally"]["counts"])
