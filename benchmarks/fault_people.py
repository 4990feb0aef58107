"""Simulated browsers that come back by themselves, what they know of where they were, and what the register says.

Truth is judged by this process's clock, on the same machine as the server: `shift` translates it where a fault sets
the server's clock.
"""

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import websockets

from tests.live.wire import Member

FINAL = {1000, 4403, 4410}  # as static/js/classroom/line.js
FIRST_WAIT, LONGEST_WAIT = 0.5, 15.0
NOT_NOW = (OSError, httpx.HTTPError, websockets.WebSocketException, AssertionError, TimeoutError)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Stay:
    """One connection as its browser knows it."""

    knocked: datetime  # before this moment nothing may count
    welcomed: datetime  # from here on it must count
    broke: datetime | None = None  # until here
    answered: datetime | None = None  # after the last answer nothing may count
    code: int | None = None
    told_within: float | None = None  # seconds, from the server's `restart`


@dataclass
class Browser:
    """One tab of one person. `live()` goes on until `leave()`, through every break."""

    url: str
    cookies: dict[str, str]
    room: Any
    stays: list[Stay] = field(default_factory=list)
    member: Member | None = None
    broke_at: datetime | None = None  # a fault that the socket cannot feel began then
    gone: bool = False
    inside: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.device = f"tab-{random.getrandbits(64):x}"
        self.heard: list[dict] = []

    async def live(self) -> None:
        tries = 0
        while not self.gone:
            member = Member(self.url, self.cookies, self.room, device=self.device)
            stay = Stay(now(), now())
            spread = 0.0
            try:
                await member.enter()
            except NOT_NOW:
                pass
            else:
                tries = 0
                stay.welcomed = now()
                self.member = member
                self.stays.append(stay)
                self.inside.set()
                stay.code = await member.ended()
                stay.broke = self.broke_at or now()
                stay.answered = member.answered
                if stay.answered and self.broke_at:  # what it answers later, on waking, proves nothing
                    stay.answered = min(stay.answered, self.broke_at)
                self.inside.clear()
                self.heard += [message for _at, message in member.log]
                if member.all("restart"):
                    spread = stay.told_within = member.all("restart")[-1]["within"]
                self.broke_at = None
                if stay.code in FINAL:
                    return
            tries += 1
            most = spread or min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries, 6))
            await asyncio.sleep(FIRST_WAIT / 2 + random.random() * most)

    async def leave(self) -> None:
        self.gone = True
        if self.member is not None:
            await self.member.leave()


class Crowd:
    """Everybody of one class, each with one browser or more."""

    def __init__(self, browsers: list[Browser]) -> None:
        self.browsers = browsers
        self.tasks: list[asyncio.Task] = []

    async def come_in(self, at_once: int = 50) -> None:
        for first in range(0, len(self.browsers), at_once):
            few = self.browsers[first : first + at_once]
            self.tasks += [asyncio.create_task(browser.live()) for browser in few]
            await asyncio.gather(*(browser.inside.wait() for browser in few))

    async def all_inside(self, seconds: float = 90) -> None:
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(browser.inside.wait() for browser in self.browsers))

    async def broken(self, stays: int = 1, seconds: float = 90) -> None:
        """Until everybody's line broke so many times."""
        async with asyncio.timeout(seconds):
            while any(len([s for s in b.stays if s.broke]) < stays for b in self.browsers):
                await asyncio.sleep(0.05)

    async def leave(self) -> None:
        await asyncio.gather(*(browser.leave() for browser in self.browsers))
        await asyncio.gather(*self.tasks)


Spans = list[tuple[datetime, datetime]]


def union(spans: Iterable[tuple[datetime, datetime]]) -> Spans:
    found: Spans = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def outside(spans: Spans, others: Spans) -> float:
    """Seconds of these spans that the others do not cover."""
    left = union(spans)
    for start, end in union(others):
        left = [
            piece for a, b in left for piece in ((a, min(b, start)), (max(a, end), b)) if piece[0] < piece[1]
        ]
    return sum((b - a).total_seconds() for a, b in left)


def judge(
    rows: Iterable[Any],
    browsers: list[Browser],
    shift: Callable[[datetime], timedelta] = lambda _at: timedelta(0),
) -> tuple[float, float]:
    """Over-count and under-count of one person, in seconds.

    Over: what the union of the recorded intervals holds outside [knocked, last answer] of every browser. Under: the
    most that any one stay lost between its welcome and its break, where no other browser's interval covers it; stays
    that end by leaving lose up to a probe, fault or no fault, and count here only where nothing broke.
    """
    recorded = [(row.opened_at, row.closed_at) for row in rows]
    stays = [stay for browser in browsers for stay in browser.stays]
    known = [(s.knocked + shift(s.knocked), _end(s) + shift(_end(s))) for s in stays]
    over = outside(recorded, known)
    under = 0.0
    for stay in [s for s in stays if s.code not in FINAL] or stays:
        assert stay.broke is not None
        under = max(
            under, outside([(stay.welcomed + shift(stay.welcomed), stay.broke + shift(stay.broke))], recorded)
        )
    return over, under


def _end(stay: Stay) -> datetime:
    return stay.answered or stay.welcomed
