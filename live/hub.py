"""The rooms of this process: one subscription to the layer per room, fan-out to its own sockets from memory.

An event is encoded once, by whoever sends it, and handed to every socket here in the order of its number. One that
is missing makes everybody read the room again.
"""

import asyncio
from uuid import UUID, uuid4

from . import actions, broadcast, clock
from .clients import Client
from .events import Close, Resync, Trouble, encode
from .link import Link
from .murmurs import Murmurs
from .threads import for_attendance

HOLD_SECONDS = 1.0  # how long an event waits for the one before it
SNAPSHOTS_A_SECOND = 60  # that one room may be asked for, when all of it reads again
LONGEST_SPREAD = 5.0


class RoomHere:
    """The sockets of one room in this process."""

    def __init__(self, room_id: UUID) -> None:
        self.room_id = room_id
        self.clients: set[Client] = set()
        self.entering = asyncio.Lock()
        self.seq: int | None = None  # the last event passed on; None until read from the database
        self.held: dict[int, dict] = {}  # events that came before the one before them
        self.held_since = 0.0
        self.present: frozenset[UUID] | None = None  # as last read from the database
        self.read_seq = -1
        self.murmurs = Murmurs(room_id, self.whisper)

    def take(self, message: dict, now: float) -> None:
        """Threads commit in order but may send out of order: an early event waits a moment for the late one."""
        if self.seq is not None and message["seq"] <= self.seq:
            return
        if not self.held:
            self.held_since = now
        self.held[message["seq"]] = message
        self.pass_on()

    def pass_on(self) -> None:
        """Give the events that are next in order to every socket."""
        if self.seq is None:
            return
        while (message := self.held.pop(self.seq + 1, None)) is not None:
            self.seq += 1
            for client in self.clients:
                client.event(message)
            if message["ends"]:
                for client in self.clients:
                    client.close(Close.ENDED)
            if message.get("removes") or message.get("admits"):  # not from a process of the version before
                self._at_the_door(message)
        if self.held:
            self.held = {seq: message for seq, message in self.held.items() if seq > self.seq}

    def whisper(self, staff: str, learners: str) -> None:
        """Something without a number, to everybody who is welcomed."""
        for client in self.clients:
            if client.place is not None and client.seq is not None:
                client.push(staff if client.place.is_staff else learners)

    def _at_the_door(self, message: dict) -> None:
        """Close the sockets of who was sent out; bring in those of who was let in."""
        for client in self.clients:
            person = client.place.uuid.hex if client.place is not None else ""
            if person in message["removes"]:
                client.close(Close.NOT_ALLOWED)
            elif person in message["admits"]:
                client.let_in()

    def missed(self, now: float) -> bool:
        """Whether an event did not come in time."""
        return self.seq is not None and bool(self.held) and now - self.held_since > HOLD_SECONDS

    def resync(self, seq: int) -> None:
        """Events were lost on the way: everybody reads the room again, a large room not all at once."""
        self.seq = max([seq, *self.held, self.seq or 0])
        self.held = {}
        within = min(LONGEST_SPREAD, len(self.clients) / SNAPSHOTS_A_SECOND)
        text = encode(Resync(within=round(within, 2) if within > 0.5 else None))
        for client in self.clients:
            if client.seq is not None:
                client.seq = self.seq
                client.push(text)


class Hub:
    """The rooms of one event loop. `boot_id` names this start of this process in the attendance record."""

    def __init__(self) -> None:
        self.boot_id = uuid4()
        self.rooms: dict[UUID, RoomHere] = {}
        self.link = Link(self.hear, self._link_changed)
        self.link_came_back = False
        self._forgetting: set[asyncio.Task] = set()

    async def enter(self, client: Client) -> None:
        """Listen to the client's room before its snapshot is made, so that nothing falls between."""
        room = self.rooms.setdefault(client.room_id, RoomHere(client.room_id))
        room.clients.add(client)
        if room.seq is not None:
            return
        async with room.entering:
            if room.seq is None:
                broadcast.use_loop(asyncio.get_running_loop(), self.hear)
                await self.link.listen(client.room_id)
                room.seq = await for_attendance(actions.latest_seq, client.room_id)
                room.pass_on()

    def leave(self, client: Client) -> None:
        """Out of the room at once, though its socket may take a while to end. Safe to call twice."""
        room = self.rooms.get(client.room_id)
        if room is None:
            return
        room.clients.discard(client)
        if not room.clients:
            del self.rooms[client.room_id]
            task = asyncio.create_task(self._forget(client.room_id))
            self._forgetting.add(task)
            task.add_done_callback(self._forgetting.discard)

    async def _forget(self, room_id: UUID) -> None:
        await self.link.forget(room_id)
        if room_id in self.rooms:  # somebody came in meanwhile
            await self.link.listen(room_id)

    def clients(self) -> list[Client]:
        """Every welcomed socket."""
        return [c for room in self.rooms.values() for c in room.clients if c.place is not None]

    def stop(self) -> None:
        """An idle process holds no task and no subscription."""
        self.link.stop()

    def hear(self, message: dict) -> None:
        """Take one message for a room of this process, from here or from another process."""
        room = self.rooms.get(UUID(message["room"]))
        if room is None:
            return
        if message["type"] == "room.murmur":
            room.murmurs.take(message["what"])
        else:
            room.take(message, clock.monotonic())

    def tell_all(self, trouble: Trouble) -> None:
        text = encode(trouble)
        for client in self.clients():
            client.push(text)

    def _link_changed(self, up: bool) -> None:
        self.link_came_back = up
        self.tell_all(Trouble(what="processes", over=up))
