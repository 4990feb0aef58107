"""Presence prompts and substitution in a room: told to everybody, answered once, led by one."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from live import actions
from live.threads import in_thread
from lms.attendance import actions as attendance
from lms.attendance import queries
from lms.attendance.models import PresenceAnswer, PresencePrompt, RegisterPage
from tests import factories as make
from tests.live.test_door import act, begin

pytestmark = pytest.mark.services


async def answers():
    return await in_thread(lambda: list(PresenceAnswer.objects.order_by("id")))


async def test_a_prompt_reaches_everybody_and_is_answered_from_one_of_two_devices(classroom):
    learner = classroom.body.beneficiary
    trainer = await begin(classroom, waits=False)
    phone, tablet = (classroom.socket(learner) for _each in range(2))
    await phone.enter(device="phone")
    await tablet.enter(device="tablet")
    key = uuid4()
    for _twice in range(2):
        await act(classroom, "trainer", actions.ask_presence, key=key)
    told = (await phone.hear("prompt"))["prompt"]
    assert 0 < told["opens_in"] <= 30
    assert 150 < told["closes_in"] - told["opens_in"] <= 180, (
        "two to three minutes, in the reader's own clock"
    )
    assert not told["answered"]
    await tablet.hear("prompt")
    mine = {"t": "prompt_ack", "prompt": told["id"], "key": str(uuid4())}
    for _again in range(2):  # sent again after a break
        await phone.send(**mine)
        assert await phone.hear("noted") == {"t": "noted", "prompt": told["id"], "late": False}
    await tablet.send(t="prompt_ack", prompt=told["id"], key=str(uuid4()))
    assert not (await tablet.hear("noted"))["late"]
    assert len(await answers()) == 1
    late = classroom.socket(learner)
    welcome = await late.enter(device="third")
    assert welcome["room"]["prompt"]["answered"], "who answered is not asked again on another device"
    assert trainer.welcome["leads"]
    await trainer.send(t="prompt_ack", prompt=told["id"], key=str(uuid4()))
    while (message := await trainer.receive())["t"] != "error":
        assert message["t"] != "noted"
    assert message["code"] == "prompt.not_asked"
    await phone.send(t="prompt_ack", prompt=str(uuid4()), key=str(uuid4()))
    assert (await phone.receive())["code"] == "prompt.unknown"
    for socket in (phone, tablet, late, trainer):
        await socket.go()


async def test_an_answer_closes_the_question_on_the_person_s_other_devices_and_nobody_else_s(classroom):
    learner = classroom.body.beneficiary
    trainer = await begin(classroom, waits=False)
    phone, tablet = (classroom.socket(learner) for _each in range(2))
    await phone.enter(device="phone")
    await tablet.enter(device="tablet")
    mate = classroom.socket(await in_thread(classroom.learner, "Bruno", "Banco"))
    await mate.enter()
    await act(classroom, "trainer", actions.ask_presence, key=uuid4())
    told = (await phone.hear("prompt"))["prompt"]
    for _twice in range(2):
        await phone.send(t="prompt_ack", prompt=told["id"], key=str(uuid4()))
        await phone.hear("noted")
    answered = await tablet.hear("answered")
    assert (answered["person"], answered["by_voice"]) == (str(learner.uuid), False)
    assert (await trainer.hear("answered"))["person"] == str(learner.uuid)
    await mate.hear("prompt")
    passed = await mate.hear("passed")
    assert passed == {"t": "ev", "seq": answered["seq"], "type": "passed"}, "classmates learn nothing"
    await act(classroom, "trainer", actions.confirm_by_voice, UUID(told["id"]), mate.user.uuid)
    heard = await mate.hear("answered")
    assert (heard["person"], heard["by_voice"], heard["seq"]) == (
        str(mate.user.uuid),
        True,
        answered["seq"] + 1,  # what was sent twice is told once
    )
    for socket in (phone, tablet, mate, trainer):
        await socket.go()


async def test_a_late_answer_is_said_to_be_late_and_the_class_goes_on(classroom):
    learner = classroom.body.beneficiary
    trainer = await begin(classroom, waits=False)
    phone = classroom.socket(learner)
    await phone.enter()
    await act(classroom, "trainer", actions.ask_presence, key=uuid4())
    told = (await phone.hear("prompt"))["prompt"]
    gone_by = timezone.now() - timedelta(seconds=1)
    await in_thread(
        PresencePrompt.objects.update,
        announced_at=gone_by - timedelta(minutes=4),
        opens_at=gone_by - timedelta(minutes=3),
        deadline=gone_by,
    )
    await phone.send(t="prompt_ack", prompt=told["id"], key=str(uuid4()))
    assert (await phone.hear("noted"))["late"]
    await act(classroom, "trainer", actions.confirm_by_voice, UUID(told["id"]), learner.uuid)
    (kept,) = await answers()
    assert kept.means == "device"
    await phone.send(t="chat", text="Sono ancora qui", key=str(uuid4()))
    await trainer.hear("said")  # nobody is thrown out
    for socket in (phone, trainer):
        await socket.go()


async def test_the_policy_asks_without_anybody(classroom):
    """Half an hour into the class every process finds it due; one prompt comes of it."""
    phone = classroom.socket(classroom.body.beneficiary)
    await in_thread(
        lambda: attendance.start_class(classroom.session, by=classroom.body.trainer, at=timezone.now())
    )
    await phone.enter()
    began = timezone.now() - timedelta(minutes=31)
    await in_thread(RegisterPage.objects.update, started_at=began)
    await phone.hear("prompt")
    await phone.go()
    (prompt,) = await in_thread(lambda: queries.prompts_of(classroom.session))
    assert prompt.asked_by == ""
    assert await in_thread(PresencePrompt.objects.count) == 1


async def test_a_substitute_leads_from_the_next_message_on(classroom):
    body = classroom.body
    second = await in_thread(
        lambda: make.person("Sara", "Seconda", role="trainer", agency=body.training_body)
    )
    await in_thread(make.staff, body.edition, second, "trainer")
    trainer = await begin(classroom, waits=False)
    phone, other = classroom.socket(body.beneficiary), classroom.socket(second)
    await phone.enter()
    assert (await other.enter())["leads"] is False
    await other.send(t="end")
    assert (await other.refused()) == "room.not_leading"
    await act(classroom, "trainer", actions.hand_over, second.uuid, reason="La mia linea cade")
    told = await phone.hear("handed")
    assert told["taker"]["name"] == "Sara Seconda"
    assert told["giver"] == str(body.trainer.uuid)
    await trainer.send(t="end")
    assert (await trainer.refused()) == "room.not_leading"
    again = classroom.socket(second)
    welcome = await again.enter()
    assert welcome["leads"]
    assert welcome["room"]["leader"] == str(second.uuid)
    await other.send(t="end")
    assert await phone.closed() == 4410
    page = await in_thread(lambda: RegisterPage.objects.get(session=classroom.session))
    led = await in_thread(lambda: queries.leaders_of(classroom.session, page))
    assert [each.person for each in led] == [body.trainer, second]
    assert page.ended_by_id == second.pk
    for socket in (trainer, other, again):
        assert await socket.closed() == 4410


async def test_a_class_waits_for_its_trainer_and_a_tutor_may_pass_it_on(classroom):
    """The trainer's line is lost: nobody is thrown out; after the policy's minutes a tutor gives it to another."""
    from lms.errors import Refused

    body = classroom.body
    second = await in_thread(
        lambda: make.person("Sara", "Seconda", role="trainer", agency=body.training_body)
    )
    await in_thread(make.staff, body.edition, second, "trainer")
    trainer = await begin(classroom, waits=False)
    phone = classroom.socket(body.beneficiary)
    await phone.enter()
    await trainer.go()
    left = await phone.hear("left")
    assert left["person"]["id"] == phone.welcome["room"]["leader"]
    with pytest.raises(Refused) as refused:
        await act(classroom, "tutor", actions.hand_over, second.uuid, reason="Docente assente")
    assert refused.value.code == "handover.not_now"
    away = timezone.now() - timedelta(minutes=11)
    await in_thread(
        lambda: classroom.session.connections.filter(person=body.trainer).update(
            opened_at=away, last_evidence_at=away, closed_at=away
        )
    )
    await in_thread(
        lambda: (
            type(classroom.session)
            .objects.filter(pk=classroom.session.pk)
            .update(starts_at=away - timedelta(minutes=5))
        )
    )
    await act(classroom, "tutor", actions.hand_over, second.uuid, reason="Docente assente")
    await phone.hear("handed")
    await phone.send(t="chat", text="Ci siamo", key=str(uuid4()))
    await phone.hear("said")
    await phone.go()
