"""Two web processes, one PostgreSQL, one Redis: what staff do at one takes effect in the sockets of the other."""

import asyncio
import os
import uuid

import httpx
import pytest

from lms.attendance import queries
from lms.attendance.models import PresenceAnswer, PresencePrompt, RegisterPage, Removal
from tests import factories as make
from tests.live.test_real_server import QUICK, Class
from tests.live.wire import CSRF, Member
from tests.site import second_server, start_site


@pytest.mark.services
def test_the_door_a_removal_a_prompt_and_a_substitute_across_processes(db, tmp_path, settings):
    if not (os.environ.get("DATABASE_URL") and settings.REDIS_URL):
        pytest.skip("this run is on SQLite and the in-memory layer, which are one process")
    env = QUICK | {"REDIS_URL": settings.REDIS_URL}
    with start_site(tmp_path, env) as site, second_server(site) as other, site.database():
        room = Class(site, learners=3)
        second = make.person("Sara", "Seconda", role="trainer", agency=room.body.training_body)
        make.staff(room.body.edition, second, "trainer")
        cookies = site.sign_in(second)
        asyncio.run(_across(room, site.url, other.url, second, cookies))
        assert Removal.objects.get().person == room.learners[1]
        assert PresencePrompt.objects.count() == 1
        assert PresenceAnswer.objects.count() == 1
        page = RegisterPage.objects.get(session=room.session)
        led = [each.person for each in queries.leaders_of(room.session, page)]
        assert led == [room.body.trainer, second]
        assert page.ended_by == second
        waited = {line.person: line.waited_seconds for line in queries.sheet_of(room.session).lines}
        assert all(waited[str(person.uuid)] >= 1 for person in room.learners)
        for row in room.rows():
            assert row.closed_at == row.last_evidence_at


async def _across(room: Class, here: str, there: str, second, cookies) -> None:
    async def act(do: str, **data) -> None:
        async with httpx.AsyncClient(
            base_url=here, cookies=room.trainer_cookies | {"csrftoken": CSRF}, timeout=30
        ) as http:
            answer = await http.post(
                f"/aula/{room.session.uuid}/persone/{do}/",
                data=data,
                headers={"X-CSRFToken": CSRF, "Referer": here, "accept": "application/json"},
            )
            assert answer.status_code == 302, answer.text

    trainer, members = room.trainer(here), room.members(there)
    await trainer.enter()
    await trainer.send(t="start")
    await act("wait")
    for member in members:
        await knock(member)
    await asyncio.sleep(1.2)
    await act("admit")
    await asyncio.gather(*(member.hear("welcome") for member in members))

    key = str(uuid.uuid4())
    await asyncio.gather(act("ask", key=key), act("ask", key=key))
    prompt = (await members[0].hear("prompt"))["prompt"]
    twin = Member(here, room.cookies[0], room.session.uuid)  # the same person's second device, elsewhere
    await twin.enter()
    for device in (members[0], twin):
        await device.send(t="prompt_ack", prompt=prompt["id"], key=str(uuid.uuid4()))
    await asyncio.gather(members[0].hear("noted"), twin.hear("noted"))

    await act("remove", person=str(room.learners[1].uuid), reason="Prova")
    assert await members[1].closed() == 4403

    sara = Member(there, cookies, room.session.uuid)
    assert not (await sara.enter())["leads"]
    await act("hand", person=str(second.uuid), reason="La linea cade")
    await asyncio.gather(*(member.hear("handed") for member in (members[0], members[2], sara)))
    await trainer.send(t="end")
    assert (await trainer.hear("error"))["code"] == "room.not_leading"
    await sara.send(t="end")
    assert await members[0].closed() == 4410
    assert await trainer.closed() == 4410


async def knock(member: Member) -> None:
    """At a door where people wait."""
    ticket = await member.ticket()
    await member.connect()
    await member.send(t="hello", ticket=ticket, device=member.device, resume_seq=0)
    member.reader = asyncio.create_task(member._read())
    await member.hear("waiting")
