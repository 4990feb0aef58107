"""What voice and picture cost: `python benchmarks/live_media.py --json FILE [--quick]`.

One member sends a voice and a picture of 15 frames a second; 1, 5, 10 and 20 members receive both through the embedded
engine and through Janus, in the same run. Processor time is the engine's own process. Members are no browsers: they
count packets (benchmarks/media_peer.py). Needs Debian's janus.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.test")

import django  # noqa: E402

django.setup()

from django.test import override_settings  # noqa: E402

from benchmarks.machine import cpu_seconds  # noqa: E402
from benchmarks.media_peer import FRAMES_A_SECOND, Peer  # noqa: E402
from benchmarks.results import Results  # noqa: E402
from live.media.embedded import Embedded  # noqa: E402
from live.media.engine import Engine  # noqa: E402
from live.media.janus import Janus  # noqa: E402
from tests.live.media.browsers import engine_process  # noqa: E402

RECEIVERS = (1, 5, 10, 20)
LEAST_FRAMES = 0.95  # of those that were sent, at 20 receivers
SETTLE = 2.0


async def one(name: str, pid: int, number: int, seconds: float) -> dict[str, float]:
    """Percent of a core, and frames a second that the median receiver had."""
    engine: Engine = {"embedded": Embedded, "janus": Janus}[name]()
    room = await engine.open_room("bench")
    sender = Peer(engine, room, "sender", rank=0)
    receivers = [Peer(engine, room, f"receiver{index}") for index in range(number)]
    await sender.join()
    await sender.publish("audio", "low")
    for each in receivers:
        await each.join()
    async with asyncio.timeout(30):
        while not all(sum(each.frames.values()) for each in receivers):
            await asyncio.sleep(0.05)
    await asyncio.sleep(SETTLE)
    before, frames = cpu_seconds([pid]), [sum(each.frames.values()) for each in receivers]
    await asyncio.sleep(seconds)
    spent = cpu_seconds([pid]) - before
    had = [sum(each.frames.values()) - was for each, was in zip(receivers, frames, strict=True)]
    return {"percent": 100 * spent / seconds, "frames": statistics.median(had) / seconds}


def alone(process: Any, folder: Path, name: str, number: int, seconds: float) -> dict[str, float]:
    """The same in a process of its own, which ends with all its connections at once."""
    command = [sys.executable, __file__, "--one", name, str(process.process.pid), str(number), str(seconds)]
    settings = process.env | {"BENCH_MEDIA_FILE": str(folder / "media.json")}
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | settings, stdout=subprocess.PIPE, timeout=120, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def answer_one(name: str, pid: str, number: str, seconds: str) -> None:
    with override_settings(
        LIVE_MEDIA_FILE=Path(os.environ["BENCH_MEDIA_FILE"]),
        LIVE_JANUS_URL=os.environ.get("PONTE_JANUS_URL", ""),
        LIVE_JANUS_SECRET=os.environ.get("PONTE_JANUS_SECRET", ""),
    ):
        # Not asyncio.run: closing forty connections of the library one by one can wait for ever.
        loop = asyncio.new_event_loop()
        print(
            json.dumps(loop.run_until_complete(one(name, int(pid), int(number), float(seconds)))), flush=True
        )
    os._exit(0)


def through(name: str, numbers: tuple[int, ...], seconds: float) -> dict[int, dict[str, float]]:
    """What one engine did with so many receivers each time, by their number."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in numbers:
            with engine_process(name, Path(folder)) as process:
                found[number] = alone(process, Path(folder), name, number, seconds)
    return found


def measure(*, quick: bool = False) -> list[dict[str, Any]]:
    """Both engines in one run: rows of name, value, target, ok. The quick look has them side by side."""
    results, names = Results(), ("embedded", "janus")
    numbers, seconds = (RECEIVERS[1:2], 3.0) if quick else (RECEIVERS, 10.0)
    with ThreadPoolExecutor(2 if quick else 1) as pool:
        found = dict(zip(names, pool.map(lambda name: through(name, numbers, seconds), names), strict=True))
    for name in names:
        for number, had in found[name].items():
            results.add(f"{name} at {number}: % of a core", had["percent"])
            least = LEAST_FRAMES * FRAMES_A_SECOND if number == 20 else None
            results.add(f"{name} at {number}: frames/s", had["frames"], least=least)
    largest = max(numbers)
    ratio = found["embedded"][largest]["percent"] / found["janus"][largest]["percent"]
    results.add(f"embedded beside Janus at {largest}: processor time", ratio, most=1)
    return results.rows


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="five receivers, three seconds")
    options = parser.parse_args()
    if options.one:
        answer_one(*options.one)
    if not options.json:
        parser.error("--json FILE is needed")
    results = Results()
    results.rows = measure(quick=options.quick)
    results.write(options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
