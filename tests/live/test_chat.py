"""The chat: lines to all, a learner's private line with the staff, what is taken away and what stays of it."""

import json
import uuid

from django.test import Client
from django.utils import timezone

from live import access, actions
from live.models import ChatLine
from live.threads import in_thread


def line(text: str, **more) -> dict:
    return {"t": "chat", "text": text, "key": str(uuid.uuid4()), **more}


async def everybody(classroom) -> dict:
    """A socket for each who may be in the room, and one classmate more."""
    mate = await in_thread(classroom.learner, "Bea", "Moretti")
    who = {"mate": mate} | {
        role: classroom.body.people[role] for role in ("trainer", "tutor", "inspector", "beneficiary")
    }
    sockets = {role: classroom.socket(user) for role, user in who.items()}
    for socket in sockets.values():
        await socket.enter()
    return sockets


async def heard_until(socket, word: str) -> list[dict]:
    """Everything this browser received, up to the line with that text."""
    seen = []
    while not seen or seen[-1].get("text") != word:
        seen.append(await socket.receive())
    return seen


async def test_a_private_line_reaches_the_staff_and_nobody_else(classroom):
    sockets = await everybody(classroom)
    await sockets["beneficiary"].send(**line("ho paura di sbagliare", to="staff"))
    said = await sockets["trainer"].hear("said")
    assert (said["text"], said["thread"]["full_name"]) == ("ho paura di sbagliare", "Beneficiary Qui")
    me = str(classroom.body.beneficiary.uuid)
    await sockets["tutor"].send(**line("va bene così", thread=me))
    await sockets["trainer"].hear("said", text="va bene così")
    await sockets["trainer"].send(**line("ora a tutti"))
    seen = {role: await heard_until(socket, "ora a tutti") for role, socket in sockets.items()}
    for role in ("mate", "inspector"):
        assert "paura" not in json.dumps(seen[role])
        assert "va bene" not in json.dumps(seen[role])
        numbers = [event["seq"] for event in seen[role] if event["t"] == "ev"]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))  # nobody notices a gap
    mine = [event for event in seen["beneficiary"] if event.get("type") == "said"]
    assert [event["text"] for event in mine] == ["ho paura di sbagliare", "va bene così", "ora a tutti"]
    assert "full_name" not in json.dumps(mine)
    # the same to who comes late, and on the page without scripts
    for role, lines in {"mate": 1, "inspector": 1, "beneficiary": 3, "tutor": 3}.items():
        await sockets[role].go()
        back = await sockets[role].enter()
        assert len(back["room"]["lines"]) == lines, role
        html = await in_thread(_page, classroom, sockets[role].user)
        assert ("paura" in html) == (lines == 3)


async def test_learners_cannot_write_on_the_line_of_another(classroom):
    sockets = await everybody(classroom)
    other = str(sockets["mate"].user.uuid)
    await sockets["beneficiary"].send(**line("per Bea?", thread=other))
    said = await sockets["mate"].hear("said")
    assert (said["text"], said.get("thread")) == ("per Bea?", None)  # to all, as every line without the staff
    stranger = str(classroom.body.stranger.uuid)
    await sockets["trainer"].send(**line("ciao", thread=stranger))
    assert await sockets["trainer"].refused() == "chat.nobody"


async def test_what_is_removed_stays_for_staff_and_its_author(classroom):
    sockets = await everybody(classroom)
    await sockets["beneficiary"].send(**line("una brutta parola"))
    said = await sockets["mate"].hear("said")
    await sockets["mate"].go()  # away when it is taken away
    await sockets["tutor"].send(t="unsay", line=said["id"])
    await sockets["tutor"].send(t="unsay", line=said["id"])  # twice is once
    gone = await sockets["trainer"].hear("unsaid")
    assert (gone["id"], gone["by"]) == (said["id"], "Tutor Qui")
    for role in ("beneficiary", "inspector"):
        assert "by" not in await sockets[role].hear("unsaid")
    back = (await sockets["mate"].enter(resume_seq=said["seq"]))["room"]["lines"]
    assert [(one["text"], one.get("removed_by")) for one in back] == [("", None)]
    assert back[0]["removed_at"]
    read = {}
    for role in ("trainer", "beneficiary", "inspector", "mate"):
        seat = await in_thread(access.seat_for, sockets[role].user, classroom.session.uuid)
        snapshot = await in_thread(lambda seat=seat: actions.snapshot(seat, since=0, at=timezone.now()))
        read[role] = (snapshot.lines[0].text, snapshot.lines[0].removed_by)
    words = "una brutta parola"
    assert read == {
        "trainer": (words, "Tutor Qui"),
        "beneficiary": (words, None),
        "inspector": ("", None),
        "mate": ("", None),
    }
    stored = await in_thread(lambda: ChatLine.objects.select_related("removed_by").get())
    assert (stored.text, stored.removed_by.username, stored.removed_at is not None) == (
        words,
        "tutor_qui",
        True,
    )


async def test_a_closed_chat_still_leads_to_the_trainer(classroom):
    sockets = await everybody(classroom)
    await sockets["trainer"].send(t="chat_open", open=False)
    assert (await sockets["beneficiary"].hear("chat_open"))["open"] is False
    await sockets["beneficiary"].send(**line("a tutti"))
    assert await sockets["beneficiary"].refused() == "chat.closed"
    await sockets["beneficiary"].send(**line("aiuto", to="staff"))
    assert (await sockets["trainer"].hear("said"))["text"] == "aiuto"
    await sockets["tutor"].send(**line("dallo staff"))
    assert (await sockets["mate"].hear("said"))["text"] == "dallo staff"
    await sockets["mate"].go()
    assert (await sockets["mate"].enter())["room"]["chat_open"] is False
    html = await in_thread(_page, classroom, sockets["mate"].user)
    assert 'value="all" disabled' in html


def _page(classroom, user) -> str:
    client = Client(headers={"accept-language": "it"})
    client.force_login(user)
    return client.get(f"/aula/{classroom.session.uuid}/").content.decode()
