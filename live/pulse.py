"""What a process does by itself while somebody is in a room: asks who is there, writes it down, reads again.

Minutes depend on this file: evidence comes from answers to these probes and from nothing else, one batch every
few seconds keeps it and renews the lease, and a close is dated to the last evidence. When the process is killed
the worker finds the lease expired and closes its connections at what was written.
"""

import asyncio
import logging
from collections.abc import Coroutine
from datetime import datetime
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.conf import settings

from . import actions, clock, quality
from .arrivals import Arrivals
from .clients import Client
from .events import Close, Restart, Trouble, encode
from .hub import HOLD_SECONDS, Hub, RoomHere
from .threads import for_attendance, in_thread

log = logging.getLogger("live.pulse")
_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, "Pulse"] = WeakKeyDictionary()

LAST_ANSWERS = 1.0  # seconds that a stopping process waits for the answers to its last probes
LAST_WRITES = 4.0  # and for the database
RETURNS_A_SECOND = 50  # how fast the clients of a stopping process come back elsewhere


class Pulse:
    """One per event loop, so one per server process."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.arrivals = Arrivals(self.hub.boot_id)
        self.stopping = False
        self._task: asyncio.Task[Any] | None = None
        self._writing: asyncio.Task[Any] | None = None
        self._asking: asyncio.Task[Any] | None = None
        self._signing: asyncio.Task[Any] | None = None
        self._closing: set[asyncio.Task] = set()
        self._not_closed: dict[int, tuple[Client, str]] = {}  # leaves that the database did not take yet
        self._unknown: frozenset[int] = frozenset()  # open on record, and of no socket here
        self._changes: frozenset[int] | None = None  # on record when last looked
        self._written_at: datetime | None = None  # when the database last took what it was given
        self._cannot_write_since: datetime | None = None
        self._watch = clock.Watch()

    @classmethod
    def here(cls) -> "Pulse":
        """The pulse of the running event loop."""
        loop = asyncio.get_running_loop()
        if loop not in _of_loop:
            _of_loop[loop] = cls()
        return _of_loop[loop]

    # -------------------------------------------------------------- in and out

    async def enter(self, client: Client) -> None:
        if self._task is None:
            self._watch = clock.Watch()
            self._task = asyncio.create_task(self._beat())
        self.look_at_clock()
        await self.hub.enter(client)

    def welcomed(self, client: Client, arrival: actions.Arrival, opened: float) -> None:
        """The connection is stored: from now on the client is probed."""
        client.connection_id = arrival.connection_id
        client.connection_uuid = arrival.connection
        client.opens(at=arrival.opened_at, opened=opened, every=settings.LIVE_PROBE_SECONDS)
        client.outside = arrival.outside
        client.place = arrival.place
        if not self._watch.agrees(arrival.opened_at, opened):  # the clock was set while it was being stored
            self.send_back("clock_jumped", [client])

    def troubles(self) -> list[Trouble]:
        """What somebody who comes in now must be told does not work."""
        wrong = {"processes": not self.hub.link.up, "records": self._cannot_write_since is not None}
        return [Trouble(what=what, over=False) for what in ("processes", "records") if wrong[what]]

    def leave(self, client: Client, reason: str) -> None:
        """The client is out of its room from now on; its connection is closed at its last evidence, at once or as
        soon as the database answers. Safe to call twice: the first reason counts."""
        self.hub.leave(client)
        if client.place is None or client.left:
            return
        client.left = True
        self._not_closed[client.connection_id] = (client, reason)
        self.see_to_end(self._close(client, reason))

    def see_to_end(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something go on that the end of a socket left to do."""
        task = asyncio.create_task(work)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close(self, client: Client, reason: str) -> None:
        try:
            await self.arrivals.leave(client, reason)
        except Exception as error:
            log.warning("a connection could not be closed; trying again: %r", error)
        else:
            self._not_closed.pop(client.connection_id, None)

    # -------------------------------------------------------------- stopping

    async def drain(self) -> None:
        """Before this process stops: ask everybody once more, tell them when to come back, close their connections.

        They come back one after the other and not all at once. Nothing is lost: what they say meanwhile waits in
        the browser, and the gap in their attendance lasts from the last answer to their return.
        """
        self.stopping = True
        await self._ask_once_more()
        until = clock.monotonic() + LAST_WRITES
        self.send_back("server_stopped")
        while (self.hub.rooms or self._closing) and clock.monotonic() < until:
            await asyncio.sleep(0.02)
            self.send_back("server_stopped")  # whoever was just being welcomed

    async def _ask_once_more(self) -> None:
        clients = self.hub.clients()
        asked = clock.monotonic()
        for client in clients:
            client.probe(asked)
        while any(client.probes for client in clients) and clock.monotonic() < asked + LAST_ANSWERS:
            await asyncio.sleep(0.02)

    def send_back(self, reason: str, some: list[Client] | None = None) -> None:
        """Tell everybody to come in again, each at a moment of their own, and close their connections."""
        clients = self.hub.clients() if some is None else some
        text = encode(Restart(within=max(1.0, round(len(clients) / RETURNS_A_SECOND, 1))))
        for client in clients:
            client.push(text)
            client.close(Close.RESTART)
            self.leave(client, reason)

    # -------------------------------------------------------------- the beat

    async def _beat(self) -> None:
        tick = min(0.5, settings.LIVE_PROBE_SECONDS / 5, settings.LIVE_FLUSH_SECONDS / 5)
        before = clock.monotonic()
        next_write = before + settings.LIVE_FLUSH_SECONDS
        next_look = before + settings.LIVE_RIGHTS_SECONDS
        next_reading = before + settings.LIVE_REREAD_SECONDS
        while self.hub.rooms or self._not_closed:
            await asyncio.sleep(tick)
            self.look_at_clock()
            now = clock.monotonic()
            late, before = now - before - tick, now
            self._probe(now, held_up=late if late > tick else 0.0)
            for room in list(self.hub.rooms.values()):
                if room.missed(now):
                    room.resync(room.seq or 0)
            self.hub.link.beat(now)
            if self.hub.link_came_back:
                self.hub.link_came_back = False
                next_reading = now
            if now >= next_look and (self._asking is None or self._asking.done()):
                next_look = now + settings.LIVE_RIGHTS_SECONDS
                self._asking = asyncio.create_task(self._look())
            if now >= next_write and (self._writing is None or self._writing.done()):
                next_write = now + settings.LIVE_FLUSH_SECONDS
                # While processes do not hear each other, the database is how news travels.
                read = now >= next_reading or not self.hub.link.up
                if read:
                    next_reading = now + settings.LIVE_REREAD_SECONDS
                self._writing = asyncio.create_task(self._write(read))
        self._task = None
        self.hub.stop()

    def look_at_clock(self) -> None:
        """When the time of day stepped, every connection ends at the last moment that is sure, and begins anew.

        A connection that went on by the old time would overlap those that open by the new one.
        """
        agreed = self._watch.agreed
        if (step := self._watch.step()) is None:
            return
        log.warning("the clock stepped from %s to %s", *step)
        clients, rooms = self.hub.clients(), list(self.hub.rooms)
        for client in clients:
            client.forget_after(agreed)
        self.send_back("clock_jumped", clients)
        self.see_to_end(self._note_step(rooms, min(step), max(step)))

    async def _note_step(self, rooms: list[UUID], starts_at: datetime, ends_at: datetime) -> None:
        try:
            await for_attendance(
                actions.note_clock_jumped,
                rooms,
                boot_id=self.hub.boot_id,
                starts_at=starts_at,
                ends_at=ends_at,
                at=clock.now(),
            )
        except Exception as error:
            log.warning("a step of the clock was not noted: %r", error)

    def _probe(self, now: float, *, held_up: float) -> None:
        """`held_up`: this process was; answers may wait unread, so nobody is judged yet."""
        every, patience = settings.LIVE_PROBE_SECONDS, settings.LIVE_GONE_AFTER
        for client in self.hub.clients():
            client.next_probe += held_up
            if not client.judge(now, every=every, patience=patience):
                # Not when the socket ends: a stalled one may not end for a long time.
                self.leave(client, "silent")

    async def write_now(self) -> None:
        """Write what this process knows before somebody ends the class on it."""
        if self._writing is not None and not self._writing.done():
            await self._writing
        await self._write(read=False)

    async def _write(self, read: bool) -> None:
        """Write the evidence and the lease in one batch; close what was not closed; read the rooms again."""
        clients = self.hub.clients()
        batch = {c.connection_id: c.evidence for c in clients if c.evidence and c.evidence != c.written}
        at = clock.now()
        try:
            still_open = await for_attendance(actions.keep_alive, batch, boot_id=self.hub.boot_id, at=at)
        except Exception as error:
            log.warning("evidence was not written; it is kept and tried again: %r", error)
            if self._cannot_write_since is None:
                self._cannot_write_since = self._written_at or at
                self.hub.tell_all(Trouble(what="records", over=False))
            return
        self._written_at = at
        for client in clients:
            client.written = batch.get(client.connection_id, client.written)
            client.unrecorded = 0 if client.connection_id in still_open else client.unrecorded + 1
            if client.unrecorded > 1:  # once may be a class whose end is just being told
                client.close(Close.RESTART)
        await self._close_orphans(still_open - {c.connection_id for c in clients} - self._not_closed.keys())
        if self._cannot_write_since is not None:
            self.hub.tell_all(Trouble(what="records", over=True))
            await self._note_outage(self._cannot_write_since, at)
        await asyncio.gather(*(self._close(*each) for each in list(self._not_closed.values())))
        if self._signing is None or self._signing.done():
            self._signing = asyncio.create_task(self._keep_signs(clients))
        if read:
            for room in list(self.hub.rooms.values()):
                await self._read(room)

    async def _keep_signs(self, clients: list[Client]) -> None:
        """Say how good each line is, where the trainer's list reads it. Nothing depends on it, or waits for it."""
        by_person: dict[tuple[Any, Any], list[quality.Sign]] = {}
        for client in clients:
            if client.place is not None:
                word = quality.quality_of(client.round_trip, len(client.probes))
                who = (client.room_id, client.place.uuid)
                by_person.setdefault(who, []).append(quality.Sign(word, client.seen))
        try:
            await in_thread(quality.keep, {who: quality.best(signs) for who, signs in by_person.items()})
        except Exception:
            log.warning("the quality of lines was not kept", exc_info=True)

    async def _close_orphans(self, unknown: frozenset[int]) -> None:
        """A connection on record whose socket went while it was being stored: it would stay open for ever.

        One that is unknown for the first time may be of somebody who is just being welcomed.
        """
        orphans, self._unknown = unknown & self._unknown, unknown
        if orphans:
            await for_attendance(actions.close_orphans, orphans, at=clock.now())

    async def _note_outage(self, since: datetime, until: datetime) -> None:
        """The database is back. Nobody's evidence was lost; that nobody could come in stands in the record."""
        try:
            await for_attendance(
                actions.note_database_lost,
                list(self.hub.rooms),
                boot_id=self.hub.boot_id,
                starts_at=since,
                ends_at=until,
            )
        except Exception as error:
            log.warning("an outage was not noted yet: %r", error)
        else:
            self._cannot_write_since = None

    async def _look(self) -> None:
        """Whether anything on record may have changed somebody's place since the last look."""
        try:
            changes = await for_attendance(actions.changes_on_record)
            news = changes - self._changes if self._changes is not None else frozenset()
            self._changes = changes
            if news:
                for room in list(self.hub.rooms.values()):
                    await self._check_seats(room)
        except Exception as error:
            log.warning("changes could not be read: %r", error)

    async def _check_seats(self, room: RoomHere) -> None:
        roles = {c.place.user_id: c.place.role for c in room.clients if c.place is not None}
        changed = await for_attendance(actions.changed_seats, room.room_id, roles)
        for client in list(room.clients):
            if client.place is None:
                continue
            if client.place.user_id in changed.gone:
                client.close(Close.NOT_ALLOWED)
                self.leave(client, "removed")
            elif client.place.user_id in changed.moved:
                client.close(Close.CHANGED)
                self.leave(client, "replaced")

    async def _read(self, room: RoomHere) -> None:
        """Make the room true to the database: who may stay, whether it is over, whether anything was missed."""
        people = {c.place.user_id: c for c in room.clients if c.place is not None}
        try:
            await self._check_seats(room)
            facts = await for_attendance(actions.facts, room.room_id, frozenset(people), at=clock.now())
        except Exception as error:
            log.warning("a room could not be read again: %r", error)
            return
        for client in list(room.clients):
            if facts.state in {"ended", "closed"}:
                client.close(Close.ENDED)
            elif client.place is not None and client.place.uuid not in facts.waiting:
                client.let_in()  # a telling was lost on the way; whoever only just came to the door stays there
        ghosts_left = (
            room.present is not None and facts.present != room.present and facts.seq == room.read_seq
        )
        room.present, room.read_seq = facts.present, facts.seq
        if room.seq is not None and room.seq < facts.seq:
            await asyncio.sleep(HOLD_SECONDS)  # it may be on its way
        if ghosts_left or (room.seq is not None and room.seq < facts.seq):
            room.resync(facts.seq)
