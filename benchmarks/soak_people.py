"""The people of a soak: they come, talk, answer, raise hands and go, in every way in which people go."""

import asyncio
import json
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import websockets

from tests.live.wire import Member

RETURNS_SOON = 5.0
#: seconds between two things that one person does; 300 people at it are thirty messages a second
BETWEEN = (4, 16)


class Visitor(Member):
    """One browser that keeps no log. `lines` and `votes` are what it sent, with what became of each:
    None while nothing was said of it, else "stored" or the code of the refusal."""

    def __init__(self, url: str, cookies: dict[str, str], room: Any) -> None:
        super().__init__(url, cookies, room)
        self.lines: dict[str, str | None] = {}
        self.votes: dict[str, tuple[str, int, str | None]] = {}  # key → poll, choice, outcome; in order
        self.open_polls: set[str] = set()
        self.welcomes = self.hellos = self.gaps = self.resyncs = 0
        self.seq = 0
        self.awaited = (
            False  # a snapshot was asked for: until it comes, what is missing is not asked for again
        )
        self.roster: set[str] = set()
        self.inside = asyncio.Event()

    async def come(self) -> bool:
        """Whether it was let in; a crowded server may take a while."""
        self.inside = asyncio.Event()
        self.seq, self.awaited = 0, False
        try:
            ticket = await self.ticket()
            await self.connect()
            self.hellos += 1
            await self.send(t="hello", ticket=ticket, device=self.device, resume_seq=0)
        except (httpx.HTTPError, OSError, TimeoutError, websockets.WebSocketException):
            return False
        self.reader = asyncio.create_task(self._read())
        with suppress(TimeoutError):
            async with asyncio.timeout(60):
                await self.inside.wait()
        return self.inside.is_set()

    async def go(self, how: str) -> None:
        with suppress(websockets.ConnectionClosed):
            if how == "bye":
                await self.send(t="bye")
            elif how == "closed":
                await self.socket.close()
            else:
                self.socket.transport.abort()  # the line broke
        await self.closed(60)

    async def _read(self) -> None:
        with suppress(websockets.ConnectionClosed):
            async for text in self.socket:
                await self._take(json.loads(text))
        self.close_code = self.socket.close_code

    async def _take(self, message: dict[str, Any]) -> None:
        kind = message["t"]
        if kind == "probe":
            await self.send(t="probe_ack", n=message["n"], visible=True)
            self.answered = datetime.now(UTC)
        elif kind in {"welcome", "snapshot"}:
            room = message["room"]
            self.seq, self.awaited = max(self.seq, room["seq"]), False
            self.roster = {person["id"] for person in room["roster"]}
            self.open_polls = {poll["id"] for poll in room["polls"] if poll["state"] == "open"}
            self.welcomes += kind == "welcome"
            self.inside.set()
        elif kind == "ev":
            await self._happened(message)
        elif kind == "voted":
            self._became(message["key"], "stored")
        elif kind == "resync":
            self.resyncs += 1
            await self._ask()
        elif kind == "error" and message.get("ref"):
            self._became(message["ref"], message["code"])
        elif kind == "error":
            self.awaited = False  # the next event asks again

    async def _happened(self, event: dict[str, Any]) -> None:
        if event["seq"] <= self.seq:
            return
        if event["seq"] > self.seq + 1:
            self.gaps += not self.awaited
            await self._ask()
            return
        self.seq = event["seq"]
        if event["type"] == "said" and event["key"] in self.lines:
            self._became(event["key"], "stored")
        elif event["type"] == "poll":
            poll = event["poll"]
            (self.open_polls.add if poll["state"] == "open" else self.open_polls.discard)(poll["id"])

    async def _ask(self) -> None:
        if not self.awaited:
            self.awaited = True
            await self.send(t="resync", seq=self.seq)

    def _became(self, key: str, outcome: str) -> None:
        if key in self.lines:
            self.lines[key] = outcome
        elif key in self.votes:
            self.votes[key] = (*self.votes[key][:2], outcome)

    async def do_something(self, chance: random.Random) -> None:
        what = chance.random()
        key = str(uuid4())
        if what < 0.4:
            self.lines[key] = None
            await self.send(t="chat", text=f"{chance.random()} buongiorno a tutti", key=key)
        elif what < 0.8 and self.open_polls:
            poll, choice = chance.choice(sorted(self.open_polls)), chance.randrange(3)
            self.votes[key] = (poll, choice, None)
            await self.send(t="vote", poll=poll, choices=[choice], key=key)
        elif what < 0.9:
            await self.send(t="hand", up=chance.random() < 0.5)
        else:
            await self.send(t="react", sign="yes")


async def learner(visitor: Visitor, chance: random.Random, stay: float, over: Callable[[], bool]) -> None:
    """In and out until it is over; then out."""
    await asyncio.sleep(chance.uniform(0, stay / 2))
    while not over():
        if not await visitor.come():
            await asyncio.sleep(1)
            continue
        ends = asyncio.get_running_loop().time() + chance.uniform(0.3, 1.7) * stay
        with suppress(websockets.ConnectionClosed):
            while not over() and asyncio.get_running_loop().time() < ends:
                await asyncio.sleep(chance.uniform(*BETWEEN))
                await visitor.do_something(chance)
            await asyncio.sleep(0.5)
        await visitor.go(chance.choice(("bye", "closed", "broken")))
        await asyncio.sleep(chance.uniform(0.2, RETURNS_SOON))


async def trainer(
    visitor: Visitor, polls: list[str], chance: random.Random, every: float, over: Callable[[], bool]
) -> None:
    """Opens one poll after the other, shows and closes it; sits there to the end."""
    assert await visitor.come()
    last = None
    while not over():
        if last is not None:
            for do in ("show", "close"):
                await visitor.send(t="poll", poll=last, do=do)
        last = polls.pop() if polls else None
        if last is not None:
            await visitor.send(t="poll", poll=last, do="open")
        await asyncio.sleep(every * chance.uniform(0.7, 1.3))
