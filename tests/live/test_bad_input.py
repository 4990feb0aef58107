"""Messages that no page of ours sends: each is refused with a code, and nobody else notices."""

import json
import uuid

from live.events import LONGEST_MESSAGE
from live.models import LONGEST_LINE, ChatLine
from live.threads import in_thread
from lms.attendance.models import Connection

KEY = "0a0b0c0d-0000-4000-8000-000000000009"
BAD = {
    "not json": ("ciao", "message.malformed"),
    "empty": ("", "message.malformed"),
    "a number": ("3", "message.malformed"),
    "a list": ("[]", "message.malformed"),
    "null": ("null", "message.malformed"),
    "no name": ("{}", "message.unknown"),
    "unknown": ('{"t":"reboot"}', "message.unknown"),
    "name of a wrong type": ('{"t":{"t":"chat"}}', "message.unknown"),
    "field too many": (json.dumps({"t": "hand", "up": True, "as": "trainer"}), "message.malformed"),
    "field missing": ('{"t":"hand"}', "message.malformed"),
    "wrong type": ('{"t":"hand","up":"yes"}', "message.malformed"),
    "text as a number": (json.dumps({"t": "chat", "text": 5, "key": KEY}), "message.malformed"),
    "no key": ('{"t":"chat","text":"ciao"}', "message.malformed"),
    "key that is none": ('{"t":"chat","text":"ciao","key":"1 OR 1=1"}', "message.malformed"),
    "line too long": (
        json.dumps({"t": "chat", "text": "a" * (LONGEST_LINE + 1), "key": KEY}),
        "message.too_long",
    ),
    "message too long": (
        json.dumps({"t": "chat", "text": "è" * LONGEST_MESSAGE, "key": KEY}),
        "message.too_long",
    ),
    "only spaces": (json.dumps({"t": "chat", "text": "  \n ", "key": KEY}), "chat.empty"),
    "only marks that turn the line": (
        json.dumps({"t": "chat", "text": "\u202e\u2066", "key": KEY}),
        "chat.empty",
    ),
    "half a character": ('{"t":"chat","text":"\\ud800","key":"' + KEY + '"}', "message.malformed"),
    "deep": ("[" * 3000 + "]" * 3000, "message.malformed"),
    "not a number": ('{"t":"resync","seq":NaN}', "message.malformed"),
    "negative": ('{"t":"resync","seq":-1}', "message.malformed"),
    "huge": ('{"t":"resync","seq":1' + "0" * 30 + "}", "message.malformed"),
    "second hello": (json.dumps({"t": "hello", "ticket": "x" * 40, "device": "d"}), "hello.twice"),
    "somebody unknown": (json.dumps({"t": "lower", "person": str(uuid.uuid4())}), "room.not_helping"),
}


async def test_each_is_refused_with_its_code(classroom):
    amina = classroom.socket(classroom.body.beneficiary)
    await amina.enter()
    got = {}
    for name, (text, _code) in BAD.items():
        await amina.wire.send_input({"type": "websocket.receive", "text": text})
        answer = await amina.receive()
        got[name] = answer.get("code", answer)
    assert got == {name: code for name, (_text, code) in BAD.items()}
    await amina.send(t="hand", up=True)  # and the socket lives
    assert await amina.hear("hands")
    await amina.go()


async def test_bytes_are_refused(classroom):
    amina = classroom.socket(classroom.body.beneficiary)
    await amina.enter()
    await amina.wire.send_to(bytes_data=b"\x00\x01")
    assert (await amina.receive())["code"] == "message.binary"
    await amina.go()


async def test_nothing_before_hello(classroom):
    amina = classroom.socket(classroom.body.beneficiary)
    assert await amina.knock()
    await amina.send(t="chat", text="eccomi", key=KEY)
    assert (await amina.receive())["code"] == "hello.first"
    await amina.send(t="probe_ack", n=1)
    assert (await amina.receive())["code"] == "probe.unknown"
    await amina.go()


async def test_a_flood_closes_its_own_socket_only(classroom):
    quiet, loud = classroom.socket(classroom.body.trainer), classroom.socket(classroom.body.beneficiary)
    await quiet.enter()
    await loud.enter()
    for _each in range(150):
        await loud.wire.send_to(text_data="x")
    assert await loud.closed() == 4429
    await quiet.send(t="start")
    assert await quiet.hear("started")
    await quiet.go()


async def test_too_often_is_refused_per_person(classroom):
    """Two tabs share one allowance."""
    tabs = [classroom.socket(classroom.body.beneficiary) for _each in range(2)]
    for number, tab in enumerate(tabs):
        await tab.enter(device=f"tab-{number}")
    codes = []
    for number in range(30):
        await tabs[number % 2].send(t="resync", seq=0)
    for _each in range(15):
        for tab in tabs:
            message = await tab.receive()
            while message["t"] == "ev":
                message = await tab.receive()
            codes.append(message.get("code", message["t"]))
    assert "message.too_often" in codes
    assert codes.count("snapshot") >= 15
    for tab in tabs:
        await tab.go()


async def test_who_wrote_too_often_may_still_go(classroom):
    """A goodbye that was refused would leave its socket open for ever: nothing else ends it from our side."""
    tab = classroom.socket(classroom.body.beneficiary)
    await tab.enter()
    for _each in range(40):
        await tab.send(t="resync", seq=0)
    await tab.send(t="bye")
    assert await tab.closed() == 1000
    row = await in_thread(lambda: Connection.objects.get(person=classroom.body.beneficiary))
    assert row.reason == "left"


XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    '"><svg/onload=alert(1)>',
    "&lt;b&gt;",
    "a < b & <3",
    "{{ 7*7 }}",
    "</template><script>alert(1)</script>",
]


async def test_chat_is_text_whatever_is_typed(classroom):
    from django.test import Client

    amina = classroom.socket(classroom.body.beneficiary)
    await amina.enter()
    for text in XSS[:6]:
        await amina.send(t="chat", text=text, key=str(uuid.uuid4()))
        assert (await amina.hear("said"))["text"] == text  # as typed; the page makes text nodes of it
    assert await in_thread(lambda: list(ChatLine.objects.values_list("text", flat=True))) == XSS[:6]

    def page() -> str:
        client = Client()
        client.force_login(classroom.body.trainer)
        return client.get(f"/aula/{classroom.session.uuid}/").content.decode()

    html = await in_thread(page)
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert 'href="javascript:' not in html
    assert "a &lt; b &amp; &lt;3" in html
    await amina.go()
