"""How the server processes of one site hear each other: one subscription to the channel layer per process and room.

Losing the layer loses no minute and no message: attendance does not use it, a process tells its own sockets by
itself, and rooms read the database again. It is noticed by a beat that this process sends to itself, since a
subscription that silently hears nothing looks like a quiet room.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from channels.layers import InMemoryChannelLayer, get_channel_layer

from . import broadcast, clock

log = logging.getLogger("live.link")

BEAT_SECONDS = 2.0
LOST_AFTER = 5.0  # without hearing its own beat
PATIENCE = 2.0  # for one word to the layer


class Link:
    """Of one event loop. `hear` takes each message of another process, `changed` each loss and return."""

    def __init__(self, hear: Callable[[dict], None], changed: Callable[[bool], None]) -> None:
        self.up = True
        self._hear, self._changed = hear, changed
        self._channel = ""
        self._reader: asyncio.Task[Any] | None = None
        self._beating: asyncio.Task[Any] | None = None
        self._heard = self._beat_at = 0.0
        self._wanted: set[UUID] = set()

    @property
    def shared(self) -> bool:
        """Whether there may be other processes. The in-memory layer reaches nobody else, and needs no ear."""
        return not isinstance(get_channel_layer(), InMemoryChannelLayer)

    # -------------------------------------------------------------- rooms

    async def listen(self, room_id: UUID) -> None:
        """Hear a room from now on, or as soon as the layer answers again."""
        self._wanted.add(room_id)
        if not self.shared:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self._start()
                await get_channel_layer().group_add(broadcast.group_of(room_id), self._channel)
        except Exception as error:
            log.warning("a room is not heard yet: %r", error)
            self._turn(up=False)

    async def forget(self, room_id: UUID) -> None:
        self._wanted.discard(room_id)
        if not self.shared or self._reader is None:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await get_channel_layer().group_discard(broadcast.group_of(room_id), self._channel)
        except Exception as error:
            log.warning("a room is still heard: %r", error)

    async def _start(self) -> None:
        if self._reader is None:
            self._channel = await get_channel_layer().new_channel("hub")
            self._heard = clock.monotonic()
            self._reader = asyncio.create_task(self._read())

    def stop(self) -> None:
        """An idle process holds no task and no subscription."""
        for task in (self._reader, self._beating):
            if task is not None:
                task.cancel()
        self._reader = self._beating = None
        self._wanted.clear()
        self.up = True

    async def _read(self) -> None:
        layer = get_channel_layer()
        while True:
            try:
                message = await layer.receive(self._channel)
                self._heard = clock.monotonic()
                if message["type"] != "hub.beat" and message.get("from") != broadcast.ORIGIN:
                    self._hear(message)
            except Exception:
                log.exception("a message of another process could not be taken")
                await asyncio.sleep(0.5)

    # -------------------------------------------------------------- the beat

    def beat(self, now: float) -> None:
        """Called all the time: asks now and then whether this process still hears itself."""
        if not self.shared or now < self._beat_at + BEAT_SECONDS:
            return
        self._beat_at = now
        if self._beating is None or self._beating.done():
            self._beating = asyncio.create_task(self._ask(now))

    async def _ask(self, now: float) -> None:
        if now - self._heard > LOST_AFTER:
            self._turn(up=False)
        try:
            async with asyncio.timeout(PATIENCE):
                if not self.up:
                    await self._join_again(list(self._wanted))
                await get_channel_layer().send(self._channel, {"type": "hub.beat"})
        except Exception as error:
            log.warning("the channel layer does not answer: %r", error)
            return
        if not self.up and await self._hears_itself():
            self._turn(up=True)

    async def _join_again(self, rooms: Iterable[UUID]) -> None:
        """Leave every connection to the layer behind and subscribe anew: one of them may be dead and not say so."""
        if self._reader is not None:
            self._reader.cancel()
            self._reader = None
        layer = get_channel_layer()
        await layer.flush()
        await self._start()
        for room_id in rooms:
            await layer.group_add(broadcast.group_of(room_id), self._channel)

    async def _hears_itself(self) -> bool:
        asked = self._heard
        for _each in range(20):
            await asyncio.sleep(0.05)
            if self._heard > asked:
                return True
        return False

    def _turn(self, *, up: bool) -> None:
        if up != self.up:
            self.up = up
            log.warning("the server processes hear each other again" if up else "the channel layer is lost")
            self._changed(up)
