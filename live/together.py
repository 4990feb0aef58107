"""Work on one room, done together for those who want it at the same moment.

Nobody waits for a crowd: the first begins at once. When a class begins or ends, or a restart sends everybody back,
the database work of one serves all who stand behind it.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from .threads import for_attendance

MOST = 50
AT_ONCE = 2  # rooms; more threads only take turns


class Together[Item, Answer]:
    """The queues before the rooms of one event loop. `work` runs in a thread: a room and its items, an answer or an
    exception for each."""

    def __init__(self, work: Callable[[UUID, Sequence[Item]], Sequence[Answer | Exception]]) -> None:
        self._work = work
        self._queues: dict[UUID, deque[tuple[Item, asyncio.Future[Answer]]]] = defaultdict(deque)
        self._running: dict[UUID, asyncio.Task[None]] = {}
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def do(self, room_id: UUID, item: Item) -> Answer:
        """The answer to this item; raises what `work` gave or raised."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queues[room_id].append((item, answer))
        if room_id not in self._running:
            self._running[room_id] = asyncio.create_task(self._run(room_id))
        return await answer

    async def _run(self, room_id: UUID) -> None:
        queue = self._queues[room_id]
        while queue:
            async with self._turn:
                batch = [queue.popleft() for _each in range(min(len(queue), MOST))]
                told: Sequence[tuple[asyncio.Future[Answer], Any]]
                try:
                    answers = await for_attendance(self._work, room_id, [item for item, _waiting in batch])
                    told = [(waiting, one) for (_item, waiting), one in zip(batch, answers, strict=True)]
                except Exception as error:  # all of them hear of it, and the room goes on
                    told = [(waiting, error) for _item, waiting in batch]
            for waiting, answer in told:
                if waiting.done():  # whoever wanted it was cancelled
                    continue
                if isinstance(answer, Exception):
                    waiting.set_exception(answer)
                else:
                    waiting.set_result(answer)
        del self._running[room_id], self._queues[room_id]
