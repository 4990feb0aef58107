"""Who is coming in to one process. Those who come while others are being stored come in together.

Nobody waits for a crowd: the first one begins at once. When a class begins, or a restart sends everybody back, the
database work of one arrival serves all who stood behind it.
"""

import asyncio
from collections import defaultdict, deque
from typing import Any
from uuid import UUID

from . import actions, clock
from .events import Hello
from .sessions import users_of
from .threads import in_thread

MOST_TOGETHER = 50
AT_ONCE = 2  # rooms; more threads only take turns


class Arrivals:
    """The queues before the rooms of one event loop."""

    def __init__(self, boot_id: UUID) -> None:
        self.boot_id = boot_id
        self._queues: dict[UUID, deque[_Comer]] = defaultdict(deque)
        self._working: dict[UUID, asyncio.Task[None]] = {}
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def join(self, room_id: UUID, scope: dict[str, Any], hello: Hello) -> tuple[actions.Arrival, float]:
        """Come in; returns the arrival and the monotonic clock at its `opened_at`. Raises as `actions.join` says."""
        comer = _Comer(scope, hello)
        self._queues[room_id].append(comer)
        if room_id not in self._working:
            self._working[room_id] = asyncio.create_task(self._work(room_id))
        return await comer.arrival, comer.opened

    async def _work(self, room_id: UUID) -> None:
        queue = self._queues[room_id]
        while queue:
            async with self._turn:
                together = [queue.popleft() for _each in range(min(len(queue), MOST_TOGETHER))]
                try:
                    answers = await in_thread(self._join, room_id, together)
                except Exception as error:
                    answers = [error] * len(together)
            for comer, answer in zip(together, answers, strict=True):
                comer.answer(answer)
        del self._working[room_id], self._queues[room_id]

    def _join(self, room_id: UUID, together: "list[_Comer]") -> list[actions.Arrival | Exception]:
        users = users_of([comer.scope for comer in together])
        comers = [comer.as_known(user) for comer, user in zip(together, users, strict=True)]
        return actions.join(room_id, comers, boot_id=self.boot_id)


class _Comer:
    def __init__(self, scope: dict[str, Any], hello: Hello) -> None:
        self.scope, self.hello = scope, hello
        self.at, self.opened = clock.now(), clock.monotonic()
        self.arrival: asyncio.Future[actions.Arrival] = asyncio.get_running_loop().create_future()

    def as_known(self, user: Any) -> actions.Comer:
        hello = self.hello
        return actions.Comer(user, hello.ticket, hello.device, hello.resume_seq, self.at)

    def answer(self, answer: actions.Arrival | Exception) -> None:
        if self.arrival.done():
            return
        if isinstance(answer, Exception):
            self.arrival.set_exception(answer)
        else:
            self.arrival.set_result(answer)
