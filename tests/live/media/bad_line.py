"""A bad line between browsers and a media engine: `python -m tests.live.media.bad_line --help`.

Forwards UDP between one address and another, each way losing, delaying and narrowing what passes, for every browser
by itself. What the kernel's netem does, without asking the kernel for anything.
"""

import argparse
import asyncio
import json
import random
import time
from pathlib import Path

LONGEST_QUEUE = 1.0  # seconds of line; what comes past it is lost, as in a router


class Way:
    """One direction of one browser's line."""

    def __init__(self, line: "Line") -> None:
        self.line = line
        self.free_at = 0.0  # when the line has sent what it holds

    def take(self, data: bytes, send) -> None:
        line, now = self.line, time.monotonic()
        line.taken += 1
        start = max(now, self.free_at)
        if line.chance.random() < line.loss or start - now > LONGEST_QUEUE:
            line.lost += 1
            return
        self.free_at = start + len(data) * 8 / line.bits
        asyncio.get_running_loop().call_later(self.free_at - now + line.delay, send, data)


class Upstream(asyncio.DatagramProtocol):
    def __init__(self, back) -> None:
        self.back = back

    def datagram_received(self, data, _address) -> None:
        self.back(data)


class Line(asyncio.DatagramProtocol):
    def __init__(self, options: argparse.Namespace) -> None:
        self.engine = (options.engine, options.port)
        self.loss, self.delay, self.bits = options.loss, options.delay, options.kbit * 1000
        self.chance = random.Random(3)
        self.taken = self.lost = 0
        self.browsers: dict[tuple, asyncio.Task] = {}

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data, address) -> None:
        if address not in self.browsers:
            self.browsers[address] = asyncio.ensure_future(self._connect(address))
        self.browsers[address].add_done_callback(lambda made: self._up(made.result(), data))

    async def _connect(self, address):
        down = Way(self)
        transport, _protocol = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Upstream(lambda data: down.take(data, lambda d: self.transport.sendto(d, address))),
            remote_addr=self.engine,
        )
        return transport, Way(self)

    def _up(self, made, data) -> None:
        transport, way = made
        way.take(data, transport.sendto)


async def run(options: argparse.Namespace) -> None:
    _transport, line = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Line(options), local_addr=(options.address, options.port)
    )
    while True:
        options.count.write_text(json.dumps({"taken": line.taken, "lost": line.lost}))
        await asyncio.sleep(0.5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="bad_line", description=__doc__)
    parser.add_argument("--address", required=True, help="where browsers send to")
    parser.add_argument("--engine", required=True, help="where the engine listens")
    parser.add_argument("--port", type=int, required=True, help="of both")
    parser.add_argument("--loss", type=float, default=0.05)
    parser.add_argument("--delay", type=float, default=0.15, help="seconds, each way")
    parser.add_argument("--kbit", type=float, default=300, help="a second, each way")
    parser.add_argument("--count", type=Path, required=True, help="where to write what passed")
    asyncio.run(run(parser.parse_args()))
