"""A browser's part of a class, without a browser: sends a voice and a picture as packets, counts what comes.

Twenty of them cost less than one Chromium. What they send is Opus and VP8 by its heads only: engines do not decode.
"""

import asyncio
import secrets
import time
from collections import defaultdict
from contextlib import suppress
from struct import pack
from typing import Any

import libdatachannel as rtc

from live.media.engine import Engine, Invitation, MediaRoom, Member, Want

SENT = (("0", "audio"), ("1", "video"), ("2", "video"), ("3", "video"))
TRACKS = {"audio": "0", "low": "1", "high": "2", "screen": "3"}
FRAMES_A_SECOND = 15
VOICE = b"\x78" + b"v" * 60


class Peer:
    """One member. `received` counts packets by stream, `frames` pictures that ended."""

    def __init__(self, engine: Engine, room: MediaRoom, name: str, *, rank: int = 1) -> None:
        self.engine, self.room, self.name = engine, room, name
        self.member = Member(name, f"person-{name}", rank, frozenset({"audio", "video", "screen"}))
        self.invitation = Invitation()
        self.told: list[dict[str, Any]] = []
        self.received: dict[str, int] = defaultdict(int)
        self.frames: dict[str, int] = defaultdict(int)
        self.up: rtc.PeerConnection | None = None
        self.down: rtc.PeerConnection | None = None
        self._tracks: dict[str, rtc.Track] = {}
        self._heard: list[rtc.Track] = []
        self._ssrc = {mid: secrets.randbits(31) + 1 for mid, _kind in SENT}
        self._loop = asyncio.get_running_loop()
        self._work: set[asyncio.Task[None]] = set()
        self._offers = asyncio.Lock()

    async def join(self, *, camera: str = "low", screen: bool = False) -> None:
        self.invitation = await self.engine.join(self.room, self.member, self._tell)
        offer = await self.engine.subscribe(self.room, self.name, self.token, Want(camera, screen))  # type: ignore[arg-type]
        if offer:
            await self._accept(offer)

    @property
    def token(self) -> str:
        return self.invitation.token

    def _tell(self, message: dict[str, Any]) -> None:
        self.told.append(message)
        if message["do"] == "offer":
            self._start(self._accept(message["sdp"]))

    async def _accept(self, offer: str) -> None:
        async with self._offers:
            if self.down is None:
                self.down = _connection()
                self.down.on_track(self._track)
            await asyncio.to_thread(self.down.set_remote_description, rtc.Description(offer, "offer"))
            answer = await _local(self.down, rtc.Description.Type.Answer)
            await self.engine.accept(self.room, self.name, self.token, answer)

    def _track(self, track: rtc.Track) -> None:
        mid, picture = track.mid(), track.description().type() == "video"
        self._heard.append(track)

        def count(packet: bytes) -> None:
            if len(packet) > 12 and not 192 <= packet[1] <= 223:
                self.received[mid] += 1
                if picture and packet[1] & 0x80:
                    self.frames[mid] += 1

        track.on_message(count)

    async def publish(self, *tracks: str) -> None:
        """Offer everything and begin to send these."""
        self.up = _connection()
        for mid, kind in SENT:
            made = (rtc.Description.Audio if kind == "audio" else rtc.Description.Video)(
                mid, rtc.Description.Direction.SendOnly
            )
            if isinstance(made, rtc.Description.Audio):
                made.add_opus_codec(111)
            else:
                made.add_vp8_codec(96)
            made.add_ssrc(self._ssrc[mid], f"c{mid}", f"m{mid}", f"t{mid}")
            self._tracks[mid] = self.up.add_track(made)
        offer = await _local(self.up, rtc.Description.Type.Offer)
        answer = await self.engine.publish(self.room, self.name, self.token, offer)
        await asyncio.to_thread(self.up.set_remote_description, rtc.Description(answer, "answer"))
        await self.engine.sending(self.room, self.name, self.token, frozenset(tracks))
        async with asyncio.timeout(15):
            while self.up.state() != rtc.PeerConnection.State.Connected:
                await asyncio.sleep(0.02)
        for track in tracks:
            self._start(self._voice(TRACKS[track]) if track == "audio" else self._picture(TRACKS[track]))

    async def _voice(self, mid: str) -> None:
        async for n in _beats(50):
            self._send(
                mid, pack("!BBHII", 0x80, 111, n & 0xFFFF, n * 960 & 0xFFFFFFFF, self._ssrc[mid]) + VOICE
            )

    async def _picture(self, mid: str, *, packets: int = 2, size: int = 900) -> None:
        seq = 0
        async for n in _beats(FRAMES_A_SECOND):
            for part in range(packets):
                head = pack(
                    "!BBHII",
                    0x80,
                    96 | (0x80 if part == packets - 1 else 0),
                    seq & 0xFFFF,
                    n * 90000 // FRAMES_A_SECOND & 0xFFFFFFFF,
                    self._ssrc[mid],
                )
                begins = bytes(
                    [0x10 if part == 0 else 0, 0 if n % 15 == 0 else 1]
                )  # a whole picture each second
                self._send(mid, head + begins + bytes(size))
                seq += 1

    def _send(self, mid: str, packet: bytes) -> None:
        with suppress(RuntimeError):
            self._tracks[mid].send(packet)

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def close(self) -> None:
        for task in list(self._work):
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        await self.engine.leave(self.room, self.name)
        for connection in (self.up, self.down):
            if connection is not None:
                await asyncio.to_thread(connection.close)


def _connection() -> rtc.PeerConnection:
    configuration = rtc.Configuration()
    configuration.disable_auto_negotiation = True
    return rtc.PeerConnection(configuration)


async def _local(connection: rtc.PeerConnection, kind: rtc.Description.Type) -> str:
    await asyncio.to_thread(connection.set_local_description, kind)
    async with asyncio.timeout(10):
        while connection.gathering_state() != rtc.PeerConnection.GatheringState.Complete:
            await asyncio.sleep(0.01)
    return str(connection.local_description())


async def _beats(a_second: float) -> Any:
    began, n = time.monotonic(), 0
    while True:
        yield n
        n += 1
        await asyncio.sleep(max(0.0, began + n / a_second - time.monotonic()))
