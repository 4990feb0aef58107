"""What comes too fast for a number each: reactions and answers to polls. Gathered for a moment, told as sums.

A room of three hundred that answers at once is then told a few times, not three hundred times three hundred. The
sums of polls are read from the database when they are told, so they are right whatever order the answers came in.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from . import actions
from .events import SIGNS, Reactions, Tallied, encode
from .threads import in_thread

log = logging.getLogger("live.murmurs")
GATHER = 0.7  # seconds


class Murmurs:
    """Of one room in one process. `tell` passes a text to staff and one to everybody else."""

    def __init__(self, room_id: UUID, tell: Callable[[str, str], None]) -> None:
        self.room_id, self.tell = room_id, tell
        self.signs: Counter[str] = Counter()
        self.polls: set[UUID] = set()
        self._telling: asyncio.Task[Any] | None = None

    def take(self, what: dict[str, str]) -> None:
        if what.get("sign") in SIGNS:
            self.signs[what["sign"]] += 1
        elif "poll" in what:
            self.polls.add(UUID(what["poll"]))
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell_soon())

    async def _tell_soon(self) -> None:
        while self.signs or self.polls:
            await asyncio.sleep(GATHER)
            signs, self.signs = self.signs, Counter()
            polls, self.polls = self.polls, set()
            if signs:
                text = encode(Reactions(signs=cast(Any, dict(signs))))
                self.tell(text, text)
            if polls:
                await self._tell_sums(polls)

    async def _tell_sums(self, polls: set[UUID]) -> None:
        try:
            staff, learners = await in_thread(actions.tallies, self.room_id, polls)
        except Exception:
            log.warning("the sums of a poll could not be read", exc_info=True)
            return
        self.tell(encode(Tallied(polls=staff)), encode(Tallied(polls=learners)))
