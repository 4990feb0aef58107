"""Both engines by the interface alone, with members that are no browsers: who is let in, what passes, what is cut off."""

import asyncio

import pytest

from benchmarks.media_peer import Peer
from live.media.embedded import Embedded
from live.media.engine import EngineFailed, MediaRoom, Want
from live.media.janus import Janus
from live.media.none import NoMedia
from tests.live.media.browsers import engine_process

EVERYTHING = frozenset({"audio", "video", "screen"})


@pytest.fixture(params=["embedded", "janus"])
async def engine(request, tmp_path, settings):
    with engine_process(request.param, tmp_path) as process:
        settings.LIVE_MEDIA_FILE = tmp_path / "media.json"
        settings.LIVE_JANUS_URL = process.env.get("PONTE_JANUS_URL", "")
        settings.LIVE_JANUS_SECRET = process.env.get("PONTE_JANUS_SECRET", "")
        yield {"embedded": Embedded, "janus": Janus}[request.param]()


@pytest.fixture
async def member(engine):
    """`member("anna")` is one who is no browser; all are gone at the end, however the test ended."""
    made = []

    def make(room: MediaRoom, name: str, **more) -> Peer:
        made.append(Peer(engine, room, name, **more))
        return made[-1]

    yield make
    for peer in made:
        await peer.close()


async def until(true, seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.05)


def received(peer: Peer) -> int:
    return sum(peer.received.values())


async def comes(peer: Peer) -> bool:
    """Whether anything still comes to this member, after what was on its way."""
    await asyncio.sleep(0.4)
    before = received(peer)
    await asyncio.sleep(0.6)
    return received(peer) > before


async def test_a_member_hears_and_sees_until_it_is_cut_off(engine, member):
    """Mute and kick at the server, while the member goes on sending; a kicked token opens nothing any more."""
    room = await engine.open_room("aula")
    anna, amina = member(room, "anna", rank=0), member(room, "amina")
    await anna.join(camera="none")
    await amina.join(camera="low")
    await anna.publish("audio", "low", "high")
    await until(lambda: sum(amina.frames.values()) > 10 and received(amina) > 40)
    tracks = {stream["track"] for told in amina.told if told["do"] == "streams" for stream in told["streams"]}
    assert tracks == {"audio", "low"}
    assert not received(anna)  # nobody hears itself

    small = received(amina)
    await engine.want(room, "amina", amina.token, Want("high"))
    await until(
        lambda: any(
            stream["track"] == "high"
            for told in amina.told
            if told["do"] == "streams"
            for stream in told["streams"]
        )
    )
    await until(lambda: received(amina) > small + 40)  # the same place in the description, the larger picture

    await engine.allow(room, {"person-anna": frozenset()})
    assert not await comes(amina)
    await engine.allow(room, {"person-anna": EVERYTHING})
    assert await comes(amina)

    with pytest.raises(EngineFailed, match=r"media\.token"):
        await engine.sending(room, "anna", "wrong", frozenset({"audio"}))
    with pytest.raises(EngineFailed, match=r"media\.token"):
        await engine.publish(MediaRoom("another", room.node), "anna", anna.token, "v=0")
    await engine.kick(room, "person-anna")
    assert not await comes(amina)
    with pytest.raises(EngineFailed, match=r"media\.token"):
        await engine.sending(room, "anna", anna.token, frozenset({"audio"}))
    for nobody in ("person-anna", "person-nobody"):
        await engine.kick(room, nobody)  # twice is once
    await engine.close_room(room)
    await engine.close_room(room)
    assert not await engine.figures(room)


async def test_only_what_a_member_may_send_and_says_it_sends_passes(engine, member):
    room = await engine.open_room("aula")
    amina, omar = member(room, "amina"), member(room, "omar")
    amina.member = type(amina.member)("amina", "person-amina", 1, frozenset({"audio"}))
    await amina.join()
    await omar.join()
    await amina.publish("audio", "low")  # a camera that nobody allowed
    await until(lambda: received(omar) > 20)
    assert not sum(omar.frames.values())
    await engine.sending(room, "amina", amina.token, frozenset())
    assert not await comes(omar)


async def test_what_is_no_description_is_refused_and_the_engine_lives(engine, member):
    room = await engine.open_room("aula")
    amina = member(room, "amina")
    await amina.join()
    for bad in ("", "v=0", "v=0\r\n" + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n" * 9, "x" * 20_000):
        with pytest.raises(EngineFailed):
            await engine.publish(room, "amina", amina.token, bad)
    omar = member(room, "omar")
    await omar.join()
    await omar.publish("audio")
    await until(lambda: received(amina) > 10)


async def test_a_process_without_the_token_gets_nothing_from_the_desk(tmp_path):
    """Whoever is on this machine and finds the port still has no word for it."""
    import json

    with engine_process("embedded", tmp_path):
        where = json.loads((tmp_path / "media.json").read_text())
        assert (tmp_path / "media.json").stat().st_mode & 0o077 == 0
        for said in (b'{"token": "guess"}\n', b"{}\n", b"GET / HTTP/1.0\r\n\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", where["port"])
            writer.write(said + b'{"id": 1, "do": "open", "room": "aula"}\n')
            answer = await asyncio.wait_for(reader.read(), 10)
            assert b'"id"' not in answer
            assert b"hello" not in answer
            writer.close()


async def test_no_engine_answers_everything_and_forwards_nothing():
    engine = NoMedia()
    room = await engine.open_room("aula")
    assert not engine.available
    assert (await engine.join(room, None, lambda message: None)).token == ""
    assert await engine.publish(room, "amina", "", "v=0") == ""
    assert await engine.subscribe(room, "amina", "", Want()) == ""
    for call in (engine.leave(room, "amina"), engine.kick(room, "amina"), engine.close_room(room)):
        assert await call is None
