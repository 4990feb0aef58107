"""The limit: a room of nothing but the `websockets` library. `python -m benchmarks.live_bare PORT`.

`hello` is answered with `welcome`; everything else goes to everybody as it came. No ticket, no database, no probes.
"""

import asyncio
import sys
from contextlib import suppress

from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

room: set[ServerConnection] = set()


async def member(socket: ServerConnection) -> None:
    await socket.recv()
    room.add(socket)
    try:
        with suppress(ConnectionClosed):
            await socket.send('{"t":"welcome"}')
            async for text in socket:
                broadcast(room, text)
    finally:
        room.discard(socket)


async def main(port: int) -> None:
    async with serve(member, "127.0.0.1", port, compression=None, ping_interval=None, backlog=1024):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
