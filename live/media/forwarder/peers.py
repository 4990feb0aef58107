"""The two connections of a member: one up, on which it sends, and one down, on which it receives.

Both are negotiated once, with every stream that they will ever carry; afterwards streams are opened, shut and turned
without another description. (The library holds Python's lock while it changes the streams of a connection; doing
that while packets arrive on it would stop both for ever.)
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import libdatachannel as rtc
from libdatachannel import Description  # type: ignore[attr-defined]  # its stubs hide it behind a module

from . import packets, sdp
from .sdp import BadDescription, Described, Line
from .streams import Slot, Source

#: what a member sends, in the order of its description: its voice, its camera small and large, its screen
SENT = ("audio", "low", "high", "screen")
#: what a member receives: so many voices at a time, cameras, and one screen
VOICES, CAMERAS = 6, 2
SETTLED_SECONDS = 5.0


@dataclass(frozen=True)
class Network:
    """Where this process is reached. `address` replaces the machine's own ones, for a machine behind NAT."""

    port: int
    address: str = ""
    bind: str = ""
    certificate: str = ""
    key: str = ""

    def configuration(self) -> rtc.Configuration:
        made = rtc.Configuration()
        made.enable_ice_udp_mux = True
        made.port_range_begin = made.port_range_end = self.port
        made.disable_auto_negotiation = True
        made.certificate_pem_file, made.key_pem_file = self.certificate, self.key
        if self.bind:
            made.bind_address = self.bind
        return made

    def candidates(self, found: list[str]) -> list[str]:
        if self.address:
            return [f"candidate:1 1 UDP 2130706431 {self.address} {self.port} typ host"]
        return found


class _Connection:
    """One connection of the library, closed for good when it fails."""

    def __init__(self, network: Network, gone: Callable[[], None]) -> None:
        self.network = network
        self._loop = asyncio.get_running_loop()
        self._gathered = asyncio.Event()
        self._gone = gone
        self.open = True
        self.tracks: dict[str, rtc.Track] = {}
        self.pc = rtc.PeerConnection(network.configuration())
        self.pc.on_gathering_state_change(self._gathering)
        self.pc.on_state_change(self._state)

    def _gathering(self, state: rtc.PeerConnection.GatheringState) -> None:
        if state == rtc.PeerConnection.GatheringState.Complete:
            self._call(self._gathered.set)

    def _state(self, state: rtc.PeerConnection.State) -> None:
        ended = {
            rtc.PeerConnection.State.Failed,
            rtc.PeerConnection.State.Disconnected,
            rtc.PeerConnection.State.Closed,
        }
        if self.open and state in ended:
            self._call(self._ended)

    def _ended(self) -> None:
        if self.open:
            self._gone()

    def _call(self, work: Callable[[], None]) -> None:
        """From one of the library's threads into the event loop."""
        with suppress(RuntimeError):  # the loop is closed: the process ends
            self._loop.call_soon_threadsafe(work)

    async def _local(self, kind: Any) -> tuple[str, str, str, str, list[str]]:
        self.pc.set_local_description(kind)
        async with asyncio.timeout(SETTLED_SECONDS):
            await self._gathered.wait()
        text = str(self.pc.local_description())
        found = dict(
            line[2:].split(":", 1) for line in text.splitlines() if line.startswith("a=") and ":" in line
        )
        candidates = [line[2:].strip() for line in text.splitlines() if line.startswith("a=candidate:")]
        return (
            found["ice-ufrag"],
            found["ice-pwd"],
            found["fingerprint"].split()[1],
            found["setup"],
            self.network.candidates(candidates),
        )

    def sender(self, mid: str) -> Callable[[bytes], None]:
        track = self.tracks[mid]

        def send(packet: bytes) -> None:
            if self.open:
                with suppress(RuntimeError):  # the connection was closed meanwhile
                    track.send(packet)

        return send

    async def close(self) -> None:
        """Closing waits for the library's threads, which may wait for this one: so in a thread of its own."""
        self.open = False
        await asyncio.to_thread(self.pc.close)
        self.tracks = {}


class Up(_Connection):
    """What a member sends."""

    def __init__(self, network: Network, gone: Callable[[], None]) -> None:
        super().__init__(network, gone)
        self.sources: dict[str, Source] = {}
        self._arrivals: dict[int, float] = {}
        self._feedbacks = 0
        self.pc.on_track(self._track)

    def _track(self, track: rtc.Track) -> None:
        self.tracks[track.mid()] = track

    async def answer(self, offer: str, owner: object) -> str:
        """Take what the browser offers to send; the answer to it."""
        theirs = sdp.read(offer)
        kinds = [line.kind for line in theirs.lines]
        if kinds != ["audio", "video", "video", "video"][: len(kinds)] or not all(
            line.ssrc for line in theirs.lines
        ):
            raise BadDescription("not the streams that a member sends")
        self.pc.set_remote_description(Description(sdp.write(theirs, sends=True), "offer"))
        ufrag, pwd, fingerprint, setup, candidates = await self._local(Description.Type.Answer)
        for name, line in zip(SENT, theirs.lines, strict=False):
            self.sources[name] = Source(owner, name, line, self.sender(line.mid), self._arrived)
        for source in self.sources.values():
            self.tracks[source.line.mid].on_message(source.packet)
        return sdp.write(
            Described(ufrag, pwd, fingerprint, setup, theirs.lines), sends=False, candidates=candidates
        )

    def _arrived(self, number: int, at: float) -> None:
        self._arrivals.setdefault(number, at)

    def look_after(self, now: float) -> None:
        for source in self.sources.values():
            source.look_after(now)
        self._feed_back()

    def _feed_back(self) -> None:
        """Tell the browser when its packets arrived: it finds from that how much its line carries."""
        if not self._arrivals:
            return
        arrivals, self._arrivals = self._arrivals, {}
        first = next(iter(arrivals))
        in_order = sorted(arrivals.items(), key=lambda one: (one[0] - first + 0x8000) & 0xFFFF)
        source = next(iter(self.sources.values()))
        batch: list[tuple[int, float]] = []
        for number, at in in_order:
            if batch and (number - batch[-1][0]) & 0xFFFF > 500:
                self._feedback(source, batch)
                batch = []
            batch.append((number, at))
        self._feedback(source, batch)

    def _feedback(self, source: Source, batch: list[tuple[int, float]]) -> None:
        self._feedbacks += 1
        self.sender(source.line.mid)(packets.transport_feedback(source.line.ssrc, batch, self._feedbacks))


class Down(_Connection):
    """What a member receives."""

    def __init__(self, network: Network, gone: Callable[[], None]) -> None:
        super().__init__(network, gone)
        names = [f"a{n}" for n in range(VOICES)] + [f"c{n}" for n in range(CAMERAS)] + ["s0"]
        self._lines = tuple(
            Line(
                name,
                "audio" if name[0] == "a" else "video",
                111 if name[0] == "a" else 96,
                secrets.randbits(31) + 1,
            )
            for name in names
        )
        self.slots: dict[str, Slot] = {}
        self._ours: Described | None = None
        self.answered = False

    async def offer(self) -> str:
        sending = Description.Direction.SendOnly
        for line in self._lines:
            made = (Description.Audio if line.kind == "audio" else Description.Video)(line.mid, sending)
            if isinstance(made, Description.Audio):
                made.add_opus_codec(line.payload)
            else:
                made.add_vp8_codec(line.payload)
            made.add_ssrc(line.ssrc, line.mid)
            self.tracks[line.mid] = self.pc.add_track(made)
        ufrag, pwd, fingerprint, setup, candidates = await self._local(Description.Type.Offer)
        self._ours = Described(ufrag, pwd, fingerprint, setup, self._lines)
        return sdp.write(self._ours, sends=True, candidates=candidates)

    def accept(self, answer: str) -> None:
        """The browser's answer to the offer. Only the first counts."""
        if self._ours is None or self.answered:
            raise BadDescription("no offer waits for an answer")
        theirs = sdp.read(answer)
        if [line.mid for line in theirs.lines] != [
            line.mid for line in self._lines
        ] or theirs.setup == "actpass":
            raise BadDescription("not an answer to the offer")
        payloads = {line.mid: line.payload for line in theirs.lines}
        lines = tuple(replace(line, payload=payloads[line.mid]) for line in self._lines)
        if lines != self._lines:
            raise BadDescription("other codecs than those offered")
        self.answered = True
        for line in self._lines:
            self.slots[line.mid] = Slot(line, self.sender(line.mid))
        for mid, slot in self.slots.items():
            self.tracks[mid].on_message(slot.packet)
        self.pc.set_remote_description(Description(sdp.write(theirs, sends=False), "answer"))

    def report(self) -> None:
        now, clock = time.monotonic(), time.time()
        for slot in self.slots.values():
            slot.report(now, clock)
