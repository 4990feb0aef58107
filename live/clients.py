"""One socket as its room knows it: what goes out to it, what it has confirmed, and the proof that it lives.

What goes out is bounded by what the client has not yet confirmed: the answer to probe n proves that all that was
sent before probe n arrived, which holds with every server, while asking the server how much it still buffers does
not (daphne never says). A client that falls behind is sent nothing more until it answers, and then `resync`: never
skipped in silence.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from . import clock
from .access import Place
from .events import Close, Error, Probe, Resync, encode
from .quality import smoothed

WINDOW = 256 * 1024  # characters that may be on their way to one client
RESYNC = encode(Resync())


class Client:
    """One socket that was welcomed, or is about to be. `transmit` is the server's own way out."""

    def __init__(self, room_id: UUID, transmit: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self.room_id = room_id
        self._transmit = transmit
        self._loop = asyncio.get_running_loop()
        self.place: Place | None = None  # None until it is welcomed
        self.connection_id = 0
        self.connection_uuid: UUID | None = None
        self.opened_at: datetime | None = None
        self.opened = 0.0  # the monotonic clock at opened_at
        self.seq: int | None = None  # the last event it was sent; None while it waits for its snapshot
        self.waiting: list[dict] = []  # events that came before its snapshot
        self.behind = False
        self.probes: dict[int, tuple[float, int]] = {}  # n → when sent, how much had been sent
        self.last_n = 0
        self.next_probe = 0.0
        self.evidence: datetime | None = None  # the last answer; `written` is what the database has
        self.written: datetime | None = None
        self.unrecorded = 0  # how often in a row the record did not hold its connection open
        self.sent = 0
        self.confirmed = 0
        self.closed_with: int | None = None
        self.outside = False  # waits at the door: probed, and told nothing of the room
        self.on_let_in: Callable[[], None] | None = None
        self.round_trip: float | None = None  # of probes, in seconds
        self.seen = True  # the page was in front at the last answer
        self.left = False  # its connection is closed in the record, or about to be
        self._outbox: deque[str | int] = deque()
        self._going_out: asyncio.Task[None] | None = None  # what the server has not taken yet

    # -------------------------------------------------------------- what goes out

    def push(self, text: str) -> None:
        """Queue one message, or fall behind when the client has too much to confirm."""
        if self.closed_with is not None or self.behind:
            return
        on_the_way = self.sent - self.confirmed + len(text)
        if on_the_way > WINDOW:
            self.behind = True
            return
        if on_the_way > WINDOW // 2 and not self.probes:
            self.next_probe = 0.0  # ask early, before it is full
        self.sent += len(text)
        self._out(text)

    def _queue(self, text: str) -> None:
        """Past the window: what is small and asked for, or useless in part."""
        if self.closed_with is None:
            self.sent += len(text)
            self._out(text)

    def refuse(self, code: str, sentence: str = "", ref: UUID | None = None) -> None:
        self._queue(encode(Error(code=code, sentence=sentence, ref=ref)))

    def close(self, code: int) -> None:
        """Close after what is already queued. The first code counts."""
        if self.closed_with is None:
            self.closed_with = code
            self._out(code)

    def event(self, message: dict) -> None:
        """Pass on one event of the room, once and in order."""
        if self.outside:
            return
        if self.seq is None:
            self.waiting.append(message)
        elif message["seq"] > self.seq and self.place is not None:
            self.seq = message["seq"]
            self.push(_as_seen_by(self.place, message))

    def caught_up(self, seq: int, text: str) -> None:
        """Send a welcome or a snapshot as of event `seq`, whole, then what came meanwhile."""
        self._queue(text)
        self.seq = seq
        waiting, self.waiting = self.waiting, []
        for message in waiting:
            self.event(message)

    def let_in(self) -> None:
        """The person may come in: events are kept from now on until the snapshot is there."""
        if self.outside and self.on_let_in is not None:
            self.outside = False
            self.on_let_in()

    # A server takes most messages at once. One that has to wait for its client is waited for in a task of this
    # client alone, so nobody else is delayed; and a client without such a wait needs no task.

    def _out(self, item: str | int) -> None:
        if self._going_out is None:
            self._begin(item)
        else:
            self._outbox.append(item)

    def _begin(self, item: str | int) -> None:
        task = asyncio.Task(self._hand_over(item), loop=self._loop, eager_start=True)
        if not task.done():
            self._going_out = task
            task.add_done_callback(self._go_on)

    async def _hand_over(self, item: str | int) -> None:
        try:
            if isinstance(item, str):
                await self._transmit({"type": "websocket.send", "text": item})
            else:
                await self._transmit({"type": "websocket.close", "code": item})
        except Exception:  # the socket is gone: its consumer's end does the rest
            self._outbox.clear()

    def _go_on(self, _task: asyncio.Task) -> None:
        self._going_out = None
        while self._outbox and self._going_out is None:
            self._begin(self._outbox.popleft())

    def stop(self) -> None:
        """Nothing goes out any more."""
        self._outbox.clear()
        if self._going_out is not None:
            self._going_out.cancel()

    # -------------------------------------------------------------- probes

    def probe(self, now: float) -> None:
        """Ask whether anybody is there. Goes out even to a client that is behind: its answer frees it."""
        self.last_n += 1
        self.probes[self.last_n] = (now, self.sent)
        self._out(encode(Probe(n=self.last_n)))

    def answered(self, n: int) -> bool:
        """Take the answer to probe n; False when it is no answer to anything.

        The evidence is dated when the probe was *sent*: the client was there some time after that, and nothing
        proves when. So a late answer never adds time (over-count 0).
        """
        if n not in self.probes or self.left:  # what is closed takes no evidence, however late it is written
            return False
        asked, sent_before = self.probes[n]
        self.probes = {k: v for k, v in self.probes.items() if k > n}
        assert self.opened_at is not None
        self.round_trip = smoothed(self.round_trip, clock.monotonic() - asked)
        self.evidence = self.opened_at + timedelta(seconds=asked - self.opened)
        self.confirmed = sent_before
        if self.behind and not self.probes:
            self.behind, self.confirmed = False, self.sent
            self.push(RESYNC)
        return True

    def forget_after(self, elapsed: float) -> None:
        """Nothing after this moment of the monotonic clock is believed: the other clock was set."""
        assert self.opened_at is not None and self.evidence is not None  # noqa: PT018
        last = self.opened_at + timedelta(seconds=max(0.0, elapsed - self.opened))
        self.evidence = min(self.evidence, last)

    def judge(self, now: float, *, every: float, patience: int) -> bool:
        """Send the next probe when it is time; False once too many were not answered."""
        if now < self.next_probe or self.closed_with is not None:
            return True
        if len(self.probes) >= patience:
            self.close(Close.GONE)
            return False
        self.next_probe = now + every
        self.probe(now)
        return True

    def opens(self, *, at: datetime, opened: float, every: float) -> None:
        """Its connection is stored: from now on it is probed, and timed by the monotonic clock from `opened` on.

        `opened` is read after `at`, so that evidence is never dated later than it was.
        """
        self.opened_at, self.opened = at, opened
        self.evidence = self.written = at
        self.next_probe = opened + every


def _as_seen_by(place: Place, message: dict) -> str:
    """The event as this reader may know it; what stands only under "staff" is the same for all."""
    some = message.get("some")
    if some and (own := some.get(place.uuid.hex)):
        return own
    readers = {"learner": "learners", "inspector": "inspectors"}.get(place.role, "staff")
    return message.get(readers, message["staff"])
