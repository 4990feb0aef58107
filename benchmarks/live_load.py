"""The browsers of a class in one process: `python -m benchmarks.live_load`, told what to do by lines of JSON.

A browser here is a hundred lines over a plain connection, not a websocket library: it must cost less than the servers
that are measured. It offers compression as Chromium does, and reads whatever it is then sent.

    enter {members, at_once}                → {seconds}
    fan   {senders, said, pause}            → {first, last}: seconds from sending to the first and the last member
    stall {who, senders, said, pause}       → what the stalled one and the others had (see Load.stall)
    leave {}                                → {}
"""

import asyncio
import base64
import json
import os
import re
import struct
import sys
import time
import zlib
from collections import Counter
from itertools import cycle
from typing import Any
from uuid import uuid4

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nOrigin: http://127.0.0.1:{port}\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nCookie: {cookie}\r\n\r\n"
)
NUMBER = re.compile(rb'"seq":(\d+)')
SAID = re.compile(rb'"text":"#(\d+) ')
PATIENCE = 60.0


def frame(body: bytes, opcode: int = 1) -> bytes:
    """One masked frame; the mask is zero, which the protocol allows and costs nothing."""
    if len(body) < 126:
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | len(body))
    else:
        head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, len(body))
    return head + bytes(4) + body


class Browser(asyncio.Protocol):
    """One member. `seq` is the last event it knows of, by events in order or by a snapshot."""

    def __init__(self, load: "Load", member: dict[str, Any]) -> None:
        self.load, self.member = load, member
        self.buffer = b""
        self.upgraded = self.packed = False
        self.inflate: Any = None
        self.seq = 0
        self.gaps = self.resyncs = 0
        self.had: set[int] = set()
        self.entered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(HANDSHAKE.format(key=key, **self.member).encode())

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = self.closed or 1006
        if not self.entered.done():
            self.entered.set_exception(RuntimeError(f"closed with {self.closed} before the welcome"))

    def data_received(self, data: bytes) -> None:
        buffer = self.buffer + data if self.buffer else data
        if not self.upgraded:
            head, found, rest = buffer.partition(b"\r\n\r\n")
            if not found:
                self.buffer = buffer
                return
            assert b" 101 " in head, head
            self.packed = b"permessage-deflate" in head
            self.upgraded, buffer = True, rest
            self.transport.write(frame(self.member["hello"].encode()))
        at, size = 0, len(buffer)
        while size - at >= 2:
            length, begin = buffer[at + 1], at + 2
            if length == 126:
                if size < at + 4:
                    break
                length, begin = int.from_bytes(buffer[at + 2 : at + 4]), at + 4
            elif length == 127:
                if size < at + 10:
                    break
                length, begin = int.from_bytes(buffer[at + 2 : at + 10]), at + 10
            if size < begin + length:
                break
            self.take(buffer[at], buffer[begin : begin + length])
            at = begin + length
        self.buffer = buffer[at:]

    def take(self, first: int, body: bytes) -> None:
        opcode = first & 15
        if first & 0x40:
            self.inflate = self.inflate or zlib.decompressobj(-15)
            body = self.inflate.decompress(body + b"\0\0\xff\xff")
        if opcode == 1:
            if body.startswith(b'{"t":"ev"'):
                self.event(body)
            else:
                self.word(json.loads(body))
        elif opcode == 9:
            self.transport.write(frame(body, 10))
        elif opcode == 8:
            self.closed = int.from_bytes(body[:2])
            self.transport.close()

    def event(self, body: bytes) -> None:
        found = NUMBER.search(body, 0, 60)
        seq = int(found[1]) if found else self.seq + 1
        if seq > self.seq + 1 and self.seq:
            self.gaps += 1
            self.say(t="resync", seq=self.seq)
        self.seq = max(self.seq, seq)
        if said := SAID.search(body):
            self.had.add(int(said[1]))
            self.load.heard(int(said[1]))

    def word(self, message: dict[str, Any]) -> None:
        kind = message["t"]
        if kind == "probe":
            self.say(t="probe_ack", n=message["n"], visible=True)
        elif kind in {"welcome", "snapshot"}:
            self.seq = max(self.seq, message["room"]["seq"]) if "room" in message else 0
            if not self.entered.done():
                self.entered.set_result(None)
        elif kind == "resync":
            self.resyncs += 1
            self.say(t="resync", seq=self.seq)
        elif kind == "error":
            self.load.refusals.append(message["code"])

    def say(self, **message: Any) -> None:
        self.transport.write(frame(json.dumps(message, separators=(",", ":")).encode()))


class Load:
    """Everybody of this process. A number stands in each line that is said, so that it is known again."""

    def __init__(self) -> None:
        self.here: list[Browser] = []
        self.said = 0
        self.refusals: list[str] = []
        self.waited: dict[int, int] = {}  # number said → how many have not heard it
        self.first = 0.0
        self.all_heard = asyncio.Event()

    def heard(self, number: int) -> None:
        left = self.waited.get(number)
        if left is None:
            return
        self.first = self.first or time.perf_counter()
        if left > 1:
            self.waited[number] = left - 1
        else:
            del self.waited[number]
            if not self.waited:
                self.all_heard.set()

    def speak(self, who: Browser, size: int, listeners: int) -> None:
        self.said += 1
        text = f"#{self.said} ".ljust(size, "m")
        self.waited[self.said] = listeners
        self.all_heard.clear()
        if who.member["bare"]:  # as long as what the room makes of it
            padding = "x" * who.member["bare"]
            who.say(t="ev", seq=self.said, text=text, padding=padding)
        else:
            who.say(t="chat", text=text, key=str(uuid4()))

    async def enter(self, members: list[dict[str, Any]], at_once: int) -> dict[str, Any]:
        gate = asyncio.Semaphore(at_once)
        loop = asyncio.get_running_loop()

        async def one(member: dict[str, Any]) -> Browser:
            async with gate:
                _, browser = await loop.create_connection(
                    lambda: Browser(self, member), "127.0.0.1", member["port"]
                )
                await browser.entered
                return browser

        began = time.perf_counter()
        async with asyncio.timeout(10 * PATIENCE):
            self.here += await asyncio.gather(*(one(member) for member in members))
        return {"seconds": time.perf_counter() - began}

    async def fan(self, senders: list[int], said: int, pause: float) -> dict[str, Any]:
        first, last = [], []
        for _each, place in zip(range(said), cycle(senders), strict=False):
            self.first = 0.0
            began = time.perf_counter()
            self.speak(self.here[place], 60, len(self.here))
            await self.until_all_heard()
            first.append(self.first - began)
            last.append(time.perf_counter() - began)
            await asyncio.sleep(pause)
        return {"first": first, "last": last}

    async def stall(self, who: int, senders: list[int], said: int, pause: float) -> dict[str, Any]:
        """One stops reading while the others talk; then it reads again. `unnoticed` counts lines that it neither
        had nor was told to ask for; `slowest` is the longest that one of the others waited for a line."""
        stalled = self.here[who]
        before = self.said
        stalled.transport.pause_reading()
        slowest = 0.0
        for _each, place in zip(range(said), cycle(senders), strict=False):
            began = time.perf_counter()
            self.speak(self.here[place], 900, len(self.here) - 1)
            await self.until_all_heard()
            slowest = max(slowest, time.perf_counter() - began)
            await asyncio.sleep(began + pause - time.perf_counter())
        missing = sum(
            len(set(range(before + 1, self.said + 1)) - each.had) for each in self.here if each is not stalled
        )
        stalled.transport.resume_reading()
        await self.catch_up(stalled)
        lost = set(range(before + 1, self.said + 1)) - stalled.had
        noticed = stalled.gaps or stalled.resyncs or stalled.closed
        newest = max(each.seq for each in self.here)
        caught_up = stalled.closed or stalled.seq == newest
        return {
            "unnoticed": missing + (0 if noticed and caught_up else len(lost)),
            "skipped": len(lost),
            "noticed": bool(noticed),
            "slowest": slowest,
        }

    async def catch_up(self, browser: Browser) -> None:
        """Until it knows of the last event, or was sent away."""
        until = time.perf_counter() + 25
        while time.perf_counter() < until and not browser.closed:
            if browser.seq == max(each.seq for each in self.here):
                return
            await asyncio.sleep(0.05)

    async def until_all_heard(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self.all_heard.wait()
        except TimeoutError:
            closed = Counter(each.closed for each in self.here)
            raise RuntimeError(f"not heard: {self.waited}; {self.refusals}; {closed}") from None

    async def leave(self) -> dict[str, Any]:
        for each in self.here:
            each.transport.write(frame(b"", 8))
            each.transport.close()
        self.here, self.waited = [], {}
        return {}


async def main() -> None:
    load = Load()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        answer = await getattr(load, order.pop("do"))(**order)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
