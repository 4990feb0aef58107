"""What a class costs: `python benchmarks/live.py --json FILE [--quick]`.

daphne and uvicorn as `./run` starts them, and two processes of each on Redis, beside a bare `websockets` server on the
same machine in the same run; browsers are a process of their own (benchmarks/live_load.py). Then voice and picture
(benchmarks/live_media.py). Needs PostgreSQL, Redis and Debian's janus.

A fan-out is one line of chat by somebody new each time: from sending it, through ticketed socket, rights, storing and
commit, until the last member has it. Processor time is the server's own processes. "Lost unnoticed" are lines that a
member neither received nor was told to ask for.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.live_site import Browsers, Database, People, Servers, bare_members  # noqa: E402
from benchmarks.machine import cpu_seconds, percentile, resident_mb  # noqa: E402
from benchmarks.results import Results  # noqa: E402
from scripts.family import Family, python  # noqa: E402
from scripts.sentences import listening_socket  # noqa: E402
from scripts.services import Services, find_services  # noqa: E402

CPU = {"daphne": 9.0, "uvicorn": 4.0}  # times the bare server's, per delivery
FAN_OUT = {"daphne": 5.0, "uvicorn": 2.0}  # times, to the largest class, p50
MEMORY = 3.5  # times, per connection
CONNECTS = 0.15  # of the bare server's a second
PADDING = 230  # what a line of chat has around its text
JUDGED_AT = 1000  # members
WARM = 3  # lines before those that are measured
AT_ONCE = 25  # browsers that come in together


@dataclass(frozen=True)
class Scale:
    """How much is measured."""

    sizes: tuple[int, ...]
    said: int  # lines for each size
    entering: tuple[int, int]  # classes, and learners of each, that come in at once
    stalled_said: int
    stalled_in: int  # the last so many of the servers
    servers: tuple[tuple[int, str], ...]  # how many processes of which


FULL = Scale(
    sizes=(100, 500, 1000),
    said=100,
    entering=(20, 25),
    stalled_said=400,
    stalled_in=4,
    servers=((1, "daphne"), (1, "uvicorn"), (2, "daphne"), (2, "uvicorn")),
)
QUICK = Scale(
    sizes=(25, 100),
    said=15,
    entering=(4, 25),
    stalled_said=310,
    stalled_in=1,
    servers=((1, "daphne"), (1, "uvicorn"), (2, "uvicorn")),
)
STALLED_CLASS = 60
EACH_SAYS = 1.7  # seconds between two lines of one person: more than six in ten seconds are refused


@dataclass
class Figures:
    """What was measured of one kind of server."""

    connects: float = 0.0
    connect_ms: float = 0.0  # CPU of one
    kb: float = 0.0
    p50: dict[int, float] = field(default_factory=dict)
    spent: dict[int, float] = field(default_factory=dict)  # CPU µs of one line to a class of so many

    @property
    def micros(self) -> float:
        """Of one delivery: what each member more costs. The rest is the line's own: rights, storing, numbering."""
        small, large = min(self.spent), max(self.spent)
        return (self.spent[large] - self.spent[small]) / (large - small)

    @property
    def micros_a_line(self) -> float:
        return self.spent[max(self.spent)] - self.micros * max(self.spent)


class Bench:
    """One run. The first server that is measured is the bare one: the others stand beside it."""

    def __init__(self, scale: Scale, folder: Path, services: Services, database: Database) -> None:
        self.scale, self.results = scale, Results()
        self.family, self.browsers = Family(), Browsers()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PONTE_")}
        env = kept | {
            "DJANGO_SETTINGS_MODULE": "tests.site_settings",
            "DATABASE_URL": database.url,
            "PONTE_DATA_DIR": str(folder),
            "PONTE_LIVE_REREAD_SECONDS": "10",
            "PONTE_LOG_LEVEL": "WARNING",
        }
        shared = env | {"REDIS_URL": f"{services.redis.rstrip('/')}/15"}
        env.pop("REDIS_URL", None)
        self.bare_port = self._free_port()
        self.bare_process = self.family.start(
            "bare", python("benchmarks.live_bare", str(self.bare_port)), env=kept
        )
        self.servers = [
            Servers(self.family, kind, number, shared if number > 1 else env)
            for number, kind in scale.servers
        ]

    @staticmethod
    def _free_port() -> int:
        with listening_socket("127.0.0.1", 0) as probe:
            return probe.getsockname()[1]

    def stop(self) -> None:
        self.browsers.stop()
        self.family.stop()

    # ------------------------------------------------------------------ measures

    def bare(self) -> None:
        pids = [self.bare_process.pid]
        classes, each = self.scale.entering
        figures = Figures()
        self._enter(bare_members(self.bare_port, each, PADDING))
        self.browsers.do("leave")
        groups = [bare_members(self.bare_port, size, PADDING) for size in self._steps()]
        self._class("bare", pids, groups, figures)
        self._connects(bare_members(self.bare_port, classes * each, PADDING), pids, figures)
        self.figures = figures
        self._tell("bare", figures)

    def server(self, servers: Servers, people: People) -> None:
        name = servers.kind if servers.number == 1 else f"two {servers.kind}s on Redis"
        figures = Figures()
        classes, each = self.scale.entering
        for port in servers.ports:  # warm after the first class
            self._enter(people.members(port, *people.a_class(each)))
        self.browsers.do("leave")
        people.all_gone()
        session, places = people.a_class(max(self.scale.sizes))
        groups, first = [], 0
        for step in self._steps():
            groups.append([])
            for number, port in enumerate(servers.ports):
                share = step // servers.number + (number < step % servers.number)
                groups[-1] += people.members(port, session, places[first : first + share])
                first += share
        self._class(name, servers.pids, groups, figures)
        if servers in self.servers[-self.scale.stalled_in :]:
            self._stalled(name, servers, people)
        people.all_gone()
        rooms = [people.a_class(each, first=each * number) for number in range(classes)]
        members = [
            people.members(servers.ports[number % servers.number], *room) for number, room in enumerate(rooms)
        ]
        self._connects([one for room in zip(*members, strict=True) for one in room], servers.pids, figures)
        self._tell(name, figures, servers.kind)

    def _steps(self) -> list[int]:
        sizes = (0, *self.scale.sizes)
        return [after - before for before, after in pairwise(sizes)]

    def _enter(self, members: list[dict], at_once: int = AT_ONCE) -> float:
        return self.browsers.do("enter", members=members, at_once=at_once)["seconds"]

    def _connects(self, members: list[dict], pids: list[int], figures: Figures) -> None:
        """So many a second come in when all classes begin at the same minute."""
        before = cpu_seconds(pids)
        seconds = self._enter(members, at_once=len(members))
        figures.connects = len(members) / seconds
        figures.connect_ms = 1000 * (cpu_seconds(pids) - before) / len(members)
        self.browsers.do("leave")

    def _class(self, name: str, pids: list[int], groups: list[list[dict]], figures: Figures) -> None:
        """One class that grows; after each step lines are said to everybody."""
        empty = sum(map(resident_mb, pids))
        size = 0
        for members in groups:
            seconds = self._enter(members)
            size += len(members)
            self.results.add(f"{name}: seconds until a class of {size} is full", seconds)
            senders = list(range(0, size, max(1, size // self.scale.said)))
            if size == len(members):  # the first lines compile queries
                self.browsers.do("fan", senders=senders, said=WARM, pause=0.02)
            before = cpu_seconds(pids)
            heard = self.browsers.do("fan", senders=senders, said=self.scale.said, pause=0.02)
            spent = cpu_seconds(pids) - before
            figures.spent[size] = 1e6 * spent / self.scale.said
            figures.p50[size] = 1000 * percentile(heard["last"], 0.5)
            self.results.add(
                f"{name}: to the first of {size}, p50 ms", 1000 * percentile(heard["first"], 0.5)
            )
            self.results.add(f"{name}: fan-out to {size}, p50 ms", figures.p50[size])
            self.results.add(f"{name}: fan-out to {size}, p99 ms", 1000 * percentile(heard["last"], 0.99))
        figures.kb = 1024 * (sum(map(resident_mb, pids)) - empty) / size
        self.browsers.do("leave")

    def _stalled(self, name: str, servers: Servers, people: People) -> None:
        session, places = people.a_class(STALLED_CLASS)
        half = STALLED_CLASS // servers.number
        members = [
            one
            for number, port in enumerate(servers.ports)
            for one in people.members(
                port,
                session,
                places[number * half : (number + 1) * half if number < servers.number - 1 else None],
            )
        ]
        self._enter(members)
        senders = list(range(1, STALLED_CLASS))
        seen = self.browsers.do(
            "stall", who=0, senders=senders, said=self.scale.stalled_said, pause=EACH_SAYS / len(senders)
        )
        self.browsers.do("leave")
        self.results.add(f"{name}: one stalled, lines it was not sent", seen["skipped"], least=1)
        self.results.add(f"{name}: one stalled, lost unnoticed", seen["unnoticed"], most=0)
        self.results.add(f"{name}: one stalled, slowest to the others, ms", 1000 * seen["slowest"])

    def _tell(self, name: str, figures: Figures, kind: str = "") -> None:
        add, bare, largest = self.results.add, self.figures, max(self.scale.sizes)
        add(f"{name}: connects/s", figures.connects)
        add(f"{name}: CPU ms a connect", figures.connect_ms)
        add(f"{name}: kB a connection", figures.kb)
        add(f"{name}: CPU µs a delivery", figures.micros)
        add(f"{name}: CPU ms a line, whoever hears it", figures.micros_a_line / 1000)
        if kind:
            # The goals are those of a large class: in a small one noise and what a line costs by itself weigh more.
            cpu, fan_out, memory = (
                (CPU[kind], FAN_OUT[kind], MEMORY) if largest >= JUDGED_AT else (None, None, None)
            )
            add(f"{name}: CPU a delivery beside bare", figures.micros / bare.micros, most=cpu)
            ratio = figures.p50[largest] / bare.p50[largest]
            add(f"{name}: fan-out to {largest} beside bare", ratio, most=fan_out)
            add(f"{name}: memory a connection beside bare", figures.kb / bare.kb, most=memory)
            add(f"{name}: connects/s beside bare", figures.connects / bare.connects, least=CONNECTS)


@contextmanager
def bench(scale: Scale, services: Services) -> Iterator[tuple[Bench, People]]:
    database = Database(services.postgres)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.site_settings",
            "DATABASE_URL": database.url,
            "PONTE_DATA_DIR": folder,
        }
        database.make()
        bench = Bench(scale, Path(folder), services, database)
        try:
            import django

            django.setup()
            people = People(max(*scale.sizes, scale.entering[0] * scale.entering[1]))
            for each in bench.servers:
                each.wait()
            yield bench, people
        finally:
            from django.db import connections

            bench.stop()
            connections.close_all()
            database.drop()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, required=True, metavar="FILE")
    parser.add_argument("--quick", action="store_true", help="small classes, under 50 seconds")
    options = parser.parse_args()
    services, missing = find_services()
    if not services:
        print("\n".join(missing), file=sys.stderr)
        return 1
    with bench(QUICK if options.quick else FULL, services) as (measured, people):
        measured.bare()
        for servers in measured.servers:
            measured.server(servers, people)
    from benchmarks import live_media

    measured.results.rows += live_media.measure(quick=options.quick)
    return 1 if measured.results.write(options.json) else 0


if __name__ == "__main__":
    sys.exit(main())
