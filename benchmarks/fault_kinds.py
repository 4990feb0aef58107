"""The faults: what happens to a class under way, and what must stand in its record afterwards."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.fault_names import (
    ASLEEP,
    CLOCK_BACK,
    CLOCK_FORWARDS,
    DATABASE_LOST,
    DEVICES,
    KILLED,
    LOCKED,
    MEDIA_KILLED,
    REDIS_LOST,
    RESTARTED,
)
from benchmarks.fault_people import Browser, Crowd, judge, now
from tests.live.media.browsers import engine_process
from tests.live.test_real_server import Class
from tests.site import Site, start_site

PROBE, FLUSH = 3, 1
BOUND = PROBE + FLUSH + 0.5
QUICK = {"PONTE_LIVE_PROBE_SECONDS": str(PROBE), "PONTE_LIVE_FLUSH_SECONDS": str(FLUSH)}


@dataclass
class Scene:
    """One class on a real site. `away` is how long the longest fault lasts, in seconds."""

    site: Site
    room: Class
    services: dict[str, Any]
    away: float
    #: since when the server's clock is off, and by what
    shifts: list[tuple[datetime, timedelta]] = field(default_factory=list)
    more: list[Browser] = field(default_factory=list)  # two more of each person

    def __post_init__(self) -> None:
        self.browsers = [self.browser(cookies) for cookies in self.room.cookies]
        self.crowd: Crowd
        self.trainer: Browser

    @property
    def clock(self) -> Path:
        """The file that sets the server's clock."""
        return self.site.data_dir / "clock"

    def browser(self, cookies: dict[str, str]) -> Browser:
        return Browser(self.site.url, cookies, self.room.session.uuid)

    async def play(self, act: Callable[["Scene"], Awaitable[None]], prepare: Any = None) -> None:
        self.trainer = self.browser(self.room.trainer_cookies)
        self.lead = Crowd([self.trainer])
        self.crowd = Crowd(self.browsers)
        await self.lead.come_in()
        await self.trainer.member.send(t="start")
        await self.crowd.come_in()
        await asyncio.sleep(PROBE + FLUSH + 1)
        await act(self)
        await asyncio.sleep(PROBE + FLUSH + 1)
        await self.crowd.leave()
        await self.lead.leave()

    def mark(self, some: list[Browser] | None = None) -> datetime:
        """The fault begins, where the socket itself does not feel it."""
        at = now()
        for browser in [*self.browsers, self.trainer] if some is None else some:
            browser.broke_at = at
        return at

    def shift(self, at: datetime) -> timedelta:
        return next((by for since, by in reversed(self.shifts) if since <= at), timedelta(0))


# ---------------------------------------------------------------- the web process


async def killed(scene: Scene) -> None:
    """kill -9, and the next process a moment later."""
    scene.mark()
    scene.site.kill()
    await scene.crowd.broken()
    await asyncio.to_thread(scene.site.start_server)
    await scene.crowd.all_inside()


async def restarted(scene: Scene) -> None:
    """SIGTERM, as an update does: everybody is told when to come back, and does."""
    await asyncio.to_thread(scene.site.restart)
    await scene.crowd.broken()
    await scene.crowd.all_inside()
    firsts = [browser.stays[0] for browser in scene.browsers]
    assert all(stay.code == 4312 and stay.told_within for stay in firsts), [
        (stay.code, stay.told_within) for stay in firsts if not stay.told_within
    ][:5]
    assert all(stay.told_within >= len(firsts) / 50 for stay in firsts)
    returns = sorted(browser.stays[1].knocked for browser in scene.browsers)
    spread = (returns[-1] - returns[0]).total_seconds()
    assert spread >= firsts[0].told_within / 3, spread


# ---------------------------------------------------------------- what it stands on


async def redis_lost(scene: Scene) -> None:
    """Everybody is told; chat goes on meanwhile; nobody's line breaks."""
    redis = scene.services["redis"]
    redis.kill()
    await _hear_trouble(scene, "processes", over=False)
    said = str(uuid.uuid4())
    await scene.browsers[0].member.send(t="chat", text="Mi sentite?", key=said)
    await scene.browsers[1].member.hear("said")
    await asyncio.sleep(scene.away / 2)
    await asyncio.to_thread(redis.start)
    await _hear_trouble(scene, "processes", over=True)


async def database_lost(scene: Scene) -> None:
    """Everybody is told; nobody's line breaks; one who leaves meanwhile is closed at the last answer."""
    database = scene.services["postgresql"]
    await asyncio.to_thread(database.stop)
    await _hear_trouble(scene, "records", over=False)
    await scene.browsers[-1].leave()
    await asyncio.sleep(scene.away)
    await asyncio.to_thread(database.start)
    await _hear_trouble(scene, "records", over=True)


async def media_killed(scene: Scene) -> None:
    """The engine is another process: attendance does not know of it."""
    engine = scene.services["media"]
    engine.kill()
    await asyncio.sleep(min(scene.away, 8))
    await asyncio.to_thread(engine.start)


async def _hear_trouble(scene: Scene, what: str, *, over: bool) -> None:
    async with asyncio.timeout(60):
        for browser in (one for one in scene.browsers if not one.gone):
            while {"t": "trouble", "what": what, "over": over} not in browser.member.all("trouble"):
                await asyncio.sleep(0.05)


# ---------------------------------------------------------------- clocks


async def _set_clock(scene: Scene, seconds: float) -> None:
    scene.mark()
    # Truth is cut here, by the clock that both share; the server cannot know the moment before it looks.
    scene.shifts.append((now(), timedelta(seconds=seconds)))
    scene.clock.write_text(str(seconds))
    await scene.crowd.broken()
    await scene.crowd.all_inside()


async def clock_forwards(scene: Scene) -> None:
    await _set_clock(scene, 300)


async def clock_back(scene: Scene) -> None:
    await _set_clock(scene, -120)


# ---------------------------------------------------------------- devices


async def asleep(scene: Scene) -> None:
    """Nothing is read and nothing answered; what came meanwhile is answered on waking."""
    scene.mark(scene.browsers)
    for browser in scene.browsers:
        browser.member.awake.clear()
    await asyncio.sleep(max(scene.away / 4, 4 * PROBE))
    for browser in scene.browsers:
        browser.member.awake.set()
    await scene.crowd.broken()
    await scene.crowd.all_inside()


async def locked(scene: Scene) -> None:
    """The line is open and read, and no timer runs: no answer comes."""
    scene.mark(scene.browsers)
    for browser in scene.browsers:
        browser.member.answering = False
    await scene.crowd.broken()
    await scene.crowd.all_inside()


async def devices(scene: Scene) -> None:
    """Two more devices of everybody; each in turn is cut off and comes back, so that one is always there."""
    more = [scene.browser(cookies) for cookies in scene.room.cookies for _each in range(2)]
    others = Crowd(more)
    scene.more = more
    await others.come_in()
    for turn in (scene.browsers, more[::2], more[1::2]):
        for browser in turn:
            browser.member.socket.transport.abort()  # no goodbye
        await Crowd(turn).broken()
        async with asyncio.timeout(60):
            await asyncio.gather(*(browser.inside.wait() for browser in turn))
    await asyncio.sleep(PROBE + 1)
    await others.leave()


@dataclass(frozen=True)
class Fault:
    """`breaks`: how every learner's first connection ends. `outages`: the kinds that stand in the record."""

    name: str
    act: Callable[[Scene], Awaitable[None]]
    breaks: str
    outages: tuple[str, ...] = ()
    media: bool = False


FAULTS = [
    Fault(KILLED, killed, "server_lost", ("server_lost",)),
    Fault(RESTARTED, restarted, "server_stopped", ("server_stopped",)),
    Fault(REDIS_LOST, redis_lost, "left"),
    Fault(DATABASE_LOST, database_lost, "left", ("database_lost",)),
    Fault(MEDIA_KILLED, media_killed, "left", media=True),
    Fault(CLOCK_FORWARDS, clock_forwards, "clock_jumped", ("clock_jumped",)),
    Fault(CLOCK_BACK, clock_back, "clock_jumped", ("clock_jumped",)),
    Fault(ASLEEP, asleep, "silent"),
    Fault(LOCKED, locked, "silent"),
    Fault(DEVICES, devices, "line_lost"),
]


def play(
    fault: Fault, folder: Path, *, server: str, clients: int, away: float, services: dict[str, Any]
) -> dict:
    """One row of the table."""
    from django.db import connection

    from lms.attendance import actions as attendance
    from lms.attendance import queries

    began = time.monotonic()
    env = dict(QUICK) | {"PONTE_TEST_CLOCK": str(folder / "clock")}
    with ExitStack() as stack:
        if fault.media:
            services["media"] = stack.enter_context(engine_process("embedded", folder))
            env |= services["media"].env
        site = stack.enter_context(start_site(folder, env, server=server))
        stack.enter_context(site.database())
        scene = Scene(site, Class(site, learners=clients), services, away)
        asyncio.run(scene.play(fault.act))
        connection.close()  # the database may have been away
        until = time.monotonic() + 10
        living = scene.room.rows()[-1].boot_id
        while any(row.boot_id == living and row.closed_at is None for row in scene.room.rows()):
            assert time.monotonic() < until, "connections stay open"
            time.sleep(0.2)
        for minutes in (1, 2):  # what the worker does, in two looks
            attendance.reap_expired_leases(at=now() + timedelta(minutes=minutes))
        over = under = 0.0
        rows: dict[int, list] = {}
        for row in scene.room.rows():
            rows.setdefault(row.person_id, []).append(row)
        for index, (person, browser) in enumerate(zip(scene.room.learners, scene.browsers, strict=True)):
            own = rows[person.pk]
            assert all(row.closed_at == row.last_evidence_at for row in own)
            if fault.breaks:
                assert own[0].reason == fault.breaks, own[0].reason
            more, less = judge(own, [browser, *scene.more[2 * index : 2 * index + 2]], scene.shift)
            over, under = max(over, more), max(under, less)
        outages = queries.outages_of(scene.room.session)
        kinds = tuple(sorted({outage.kind for outage in outages.platform}))
    return {
        "fault": fault.name,
        "server": server,
        "store": "postgresql+redis" if "postgresql" in services else "sqlite",
        "clients": clients,
        "over": round(over, 3),
        "under": round(under, 3),
        "bound": BOUND,
        "outages": list(kinds),
        "gaps": len(outages.gaps),
        "seconds": round(time.monotonic() - began, 1),
        "ok": over == 0 and under <= BOUND and kinds == fault.outages,
    }
