"""A day of classes in an hour: `python benchmarks/soak.py --json FILE [--quick]`.

300 people in 15 rooms join, leave, chat and vote for 60 minutes (five with --quick) against real server processes;
then everybody goes and the classes end. Nothing may have leaked (memory, sockets, tasks, rows), and what each browser
was told must be what the database holds. With DATABASE_URL and REDIS_URL one daphne and one uvicorn that meet through
Redis; without, one daphne on SQLite.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.site_settings")

from benchmarks.machine import resident_mb  # noqa: E402
from benchmarks.results import Results  # noqa: E402

COUNTED = "/counted-by-the-soak"
MOST_MB = 12  # that a server may hold more at the end than in the middle, under the same load
#: connections to the stores that the threads of a server may open during the run
OF_THREADS = 16
SETTLE = 20.0


@dataclass(frozen=True)
class Scale:
    """`stay` is how long somebody is in class before they go and come again, in seconds, on average."""

    seconds: float
    rooms: int = 15
    people: int = 300
    stay: float = 90

    @property
    def each(self) -> int:
        return self.people // self.rooms


FULL = Scale(3600)
QUICK = Scale(300)


def sockets(pid: int) -> int:
    """How many sockets a process holds."""
    count = 0
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            count += os.readlink(link).startswith("socket:")
        except OSError:
            continue
    return count


class Server:
    """What is seen of one server process from outside."""

    def __init__(self, site: Any) -> None:
        self.site, self.name = site, site.server_kind
        self.memory: list[float] = []

    @property
    def pid(self) -> int:
        return self.site.server.pid

    def counted(self) -> dict[str, int]:
        with urllib.request.urlopen(self.site.url + COUNTED, timeout=30) as answer:
            return json.loads(answer.read())

    def idle(self, sockets_before: int = 0) -> dict[str, int]:
        """Its tasks and sockets once nothing changes any more and nobody is inside.

        A connection that a browser has closed lingers for some seconds: it is given the time.
        """
        until = time.monotonic() + SETTLE
        before: dict[str, int] = {}
        while time.monotonic() < until:
            counted = self.counted()
            time.sleep(1)
            now = counted | {"sockets": sockets(self.pid)}
            few = not sockets_before or now["sockets"] <= sockets_before
            if now == before and few and not now["clients"] and not now["rooms"]:
                break
            before = now
        return before


class Soak:
    """One run on a site that is up; `servers` share its people."""

    def __init__(self, scale: Scale, servers: list[Server], results: Results) -> None:
        from django.conf import settings
        from django.utils import timezone

        from benchmarks.live_site import People
        from benchmarks.soak_people import Visitor
        from live import access, actions

        self.scale, self.servers, self.results = scale, servers, results
        people = People(scale.people)
        self.rooms = []
        for number in range(scale.rooms):
            session, places = people.a_class(scale.each, first=number * scale.each)
            seat = access.seat_for(people.trainer, session.uuid)
            polls = [
                actions.prepare_poll(
                    seat, kind="one", question=f"{n}?", choices=["Sì", "No", "Non so"], at=timezone.now()
                )
                for n in range(30)
            ]
            self.rooms.append((session, places, polls))
        key = settings.SESSION_COOKIE_NAME
        urls = [server.site.url for server in servers]
        trainer = servers[0].site.sign_in(people.trainer)
        self.people = people
        self.learners: list[list[Visitor]] = []
        self.trainers: list[Visitor] = []
        for number, (session, places, _polls) in enumerate(self.rooms):
            self.trainers.append(Visitor(urls[number % len(urls)], trainer, session.uuid))
            self.learners.append(
                [
                    Visitor(urls[place % len(urls)], {key: people.cookies[place]}, session.uuid)
                    for place in places
                ]
            )

    def run(self) -> None:
        asyncio.run(self._warm())
        idle = [server.idle() for server in self.servers]
        asyncio.run(self._live())
        self._leaks(idle)
        self._reconcile()

    async def _warm(self) -> None:
        """Everything that is made on first use is made: threads, connections, caches."""
        for visitors in self.learners:
            await asyncio.gather(*(visitor.come() for visitor in visitors))
            await asyncio.gather(*(visitor.go("bye") for visitor in visitors))

    async def _live(self) -> None:
        from benchmarks.soak_people import learner, trainer

        ends = time.monotonic() + self.scale.seconds
        every = max(4.0, self.scale.seconds / 28)

        def over() -> bool:
            return time.monotonic() > ends

        teaching = [
            asyncio.create_task(
                trainer(who, [str(poll.uuid) for poll in polls], random.Random(n), every, over)
            )
            for n, (who, (_session, _places, polls)) in enumerate(zip(self.trainers, self.rooms, strict=True))
        ]
        watching = asyncio.create_task(self._watch())
        await asyncio.gather(
            *(
                learner(who, random.Random(f"{n}-{place}"), self.scale.stay, over)
                for n, visitors in enumerate(self.learners)
                for place, who in enumerate(visitors)
            )
        )
        watching.cancel()
        await asyncio.gather(*teaching)
        await asyncio.sleep(3)
        for who in self.trainers:
            await who.send(t="resync", seq=0)
        await asyncio.sleep(3)
        numbers = await asyncio.to_thread(self._numbers)
        behind = sum(numbers[str(who.room)] != who.seq for who in self.trainers)
        self.results.add("rooms whose last number the trainer does not know", behind, most=0)
        ghosts = sum(len(who.roster) - 1 for who in self.trainers)
        self.results.add("people in rosters who had gone", ghosts, most=0)
        for who in self.trainers:
            await who.send(t="end")
        assert {await who.closed(60) for who in self.trainers} == {4410}

    @staticmethod
    def _numbers() -> dict[str, int]:
        from django.db import connection

        from live.models import Room

        found = {str(uuid): seq for uuid, seq in Room.objects.values_list("session__uuid", "seq")}
        connection.close()
        return found

    async def _watch(self) -> None:
        while True:
            for server in self.servers:
                server.memory.append(resident_mb(server.pid))
            await asyncio.sleep(1)

    def _leaks(self, idle: list[dict[str, int]]) -> None:
        for server, before in zip(self.servers, idle, strict=True):
            count = len(server.memory)
            middle = statistics.median(server.memory[count * 4 // 10 : count * 6 // 10])
            end = statistics.median(server.memory[count * 8 // 10 :])
            self.results.add(f"{server.name}: resident MB in the middle", middle)
            self.results.add(f"{server.name}: MB more at the end", end - middle, most=MOST_MB)
            after = server.idle(before["sockets"])
            self.results.add(f"{server.name}: rooms held", after["rooms"], most=0)
            self.results.add(f"{server.name}: clients held", after["clients"], most=0)
            stores = OF_THREADS if os.environ.get("DATABASE_URL") else 0  # SQLite is a file
            for what, most in (("tasks", 0), ("sockets", stores)):
                self.results.add(
                    f"{server.name}: {what} more than before", after[what] - before[what], most=most
                )

    # ------------------------------------------------------------------ what was told is what is stored

    def _reconcile(self) -> None:
        from live.models import ChatLine, Room, Ticket, Vote
        from lms.attendance.models import Connection

        visitors = [(who, person) for who, person in self._everybody()]
        everybody = [*(who for who, _person in visitors), *self.trainers]
        add = self.results.add
        welcomes = sum(who.welcomes for who in everybody)
        add("welcomes", welcomes, least=len(everybody))
        rows = list(Connection.objects.all())
        unsure = sum(who.hellos for who in everybody) - welcomes
        add("connections on record without a browser's hello", max(0, len(rows) - welcomes - unsure), most=0)
        add("welcomes without a connection on record", max(0, welcomes - len(rows)), most=0)
        add("connections left open", sum(row.closed_at is None for row in rows), most=0)
        late = sum(row.closed_at is not None and row.closed_at > row.last_evidence_at for row in rows)
        add("connections closed after their last evidence", late, most=0)

        sent = {key: outcome for who, _person in visitors for key, outcome in who.lines.items()}
        stored = Counter(str(key) for key in ChatLine.objects.values_list("key", flat=True))
        told = {key for key, outcome in sent.items() if outcome == "stored"}
        refused = {key for key, outcome in sent.items() if outcome not in {None, "stored"}}
        add("lines told as stored", len(told), least=1)
        add("lines told as stored and not on record", len(told - stored.keys()), most=0)
        add(
            "lines on record that were refused or never sent",
            len(stored.keys() - (sent.keys() - refused)),
            most=0,
        )
        add("lines twice on record", sum(count - 1 for count in stored.values()), most=0)

        wrong = answers = 0
        counting = {
            (vote.person_id, str(vote.poll.uuid)): vote
            for vote in Vote.objects.filter(counts=True).select_related("poll")
        }
        for who, person in visitors:
            last: dict[str, tuple[int, set[int]]] = {}
            for poll, choice, outcome in who.votes.values():
                if outcome == "stored":
                    last[poll] = (choice, {choice})
                    answers += 1
                elif outcome is None and poll in last:  # its line broke: it may be stored or not
                    last[poll][1].add(choice)
            for poll, (_choice, possible) in last.items():
                vote = counting.get((person.pk, poll))
                wrong += vote is None or vote.choices[0] not in possible
        add("answers told as stored", answers, least=1)
        add("answers told as stored that do not count so", wrong, most=0)
        add("sums that are not those of the answers", self._wrong_sums(list(counting.values())), most=0)

        add("hands still up", sum(len(room.hands) for room in Room.objects.all()), most=0)
        add(
            "tickets a person, kept",
            Ticket.objects.count() / len(visitors),
            most=round(max(4, 120 / self.scale.stay), 1),
        )
        add("gaps that browsers noticed and healed", sum(who.gaps for who in everybody))
        add("resyncs", sum(who.resyncs for who in everybody))

    def _everybody(self) -> Any:
        for visitors, (_session, places, _polls) in zip(self.learners, self.rooms, strict=True):
            for who, place in zip(visitors, places, strict=True):
                yield who, self.people.learners[place]

    def _wrong_sums(self, counting: list[Any]) -> int:
        from live import actions

        chosen = Counter((vote.poll_id, choice) for vote in counting for choice in vote.choices)
        wrong = 0
        for session, _places, polls in self.rooms:
            staff, _learners = actions.tallies(session.uuid, {poll.uuid for poll in polls})
            for poll in polls:
                wrong += staff[poll.uuid].counts != tuple(chosen[poll.pk, place] for place in range(3))
        return wrong


def soak(scale: Scale, folder: Path, results: Results) -> None:
    from tests.site import second_server, start_site

    with ExitStack() as stack:
        site = stack.enter_context(start_site(folder, module="benchmarks.soak_site"))
        servers = [Server(site)]
        if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
            servers.append(Server(stack.enter_context(second_server(site, server="uvicorn"))))
        stack.enter_context(site.database())
        Soak(scale, servers, results).run()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, required=True, metavar="FILE")
    parser.add_argument("--quick", action="store_true", help="five minutes")
    parser.add_argument("--seconds", type=float, help="as long as this, people coming and going faster")
    parser.add_argument("--people", type=int, help="in rooms of twenty (default 300)")
    options = parser.parse_args()
    import django

    django.setup()
    scale = QUICK if options.quick else FULL
    if options.seconds:
        scale = replace(scale, seconds=options.seconds, stay=min(scale.stay, options.seconds / 5))
    if options.people:
        scale = replace(scale, people=options.people, rooms=max(1, options.people // 20))
    results = Results()
    with tempfile.TemporaryDirectory() as folder:
        soak(scale, Path(folder), results)
    return 1 if results.write(options.json) else 0


if __name__ == "__main__":
    sys.exit(main())
