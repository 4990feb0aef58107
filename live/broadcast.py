"""The only door to the channel layer: typed words, numbered, after commit."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.db import transaction
from django.db.models import F

from .events import RoomEvent, encode_event
from .models import Room

log = logging.getLogger("live.broadcast")
ORIGIN = uuid4().hex  # of this process: what it tells the layer, it has told its own rooms already
PATIENCE = 2.0  # seconds for one word to the layer
_loop: asyncio.AbstractEventLoop | None = None
_running: set[asyncio.Task[None] | None] = set()  # a task that nobody holds may be forgotten half done
_hear: Callable[[dict], None] | None = None


def use_loop(loop: asyncio.AbstractEventLoop, hear: Callable[[dict], None]) -> None:
    """The hub says on which event loop this process serves its sockets, and who takes what they are to be told.

    A page handled in a thread must hand its event to that loop: sockets are written from nowhere else, and the
    Redis layer would open a connection for each event.
    """
    global _loop, _hear
    _loop, _hear = loop, hear


def group_of(room_id: Any) -> str:
    """The layer's group for the class with this uuid."""
    return f"room.{room_id.hex}"


def send_on_commit(
    room: Room, event: RoomEvent, *, removes: Iterable[UUID] = (), admits: Iterable[UUID] = ()
) -> int:
    """Give the event the room's next number and tell the room once the transaction is committed.

    With it the sockets of the people in `removes` are closed, and those of `admits` come in from the door, in
    every process.

    Must run inside a transaction. Locks the room's row until it ends, so that numbers follow commit order. An
    event that is lost on the way leaves a gap, which every room notices and heals by reading the database.
    """
    seq = _numbers(room, 1)
    _send_on_commit(room, seq, event, removes=removes, admits=admits)
    return seq


def send_all_on_commit(room: Room, happened: Sequence[RoomEvent]) -> None:
    """As send_on_commit, for several events in their order. One query."""
    if happened:
        last = _numbers(room, len(happened))
        for seq, event in enumerate(happened, start=last - len(happened) + 1):
            _send_on_commit(room, seq, event)


def _numbers(room: Room, many: int) -> int:
    """Take so many numbers of the room; returns the last."""
    room.seq = F("seq") + many
    room.save(update_fields=["seq"])  # which reads the number, too
    return room.seq


def _send_on_commit(
    room: Room, seq: int, event: RoomEvent, *, removes: Iterable[UUID] = (), admits: Iterable[UUID] = ()
) -> None:
    room_id = room.session.uuid
    message = {
        "type": "room.event",
        "room": room_id.hex,
        "seq": seq,
        "staff": encode_event(seq, event),
        "ends": event.type == "ended",
        "removes": [person.hex for person in removes],
        "admits": [person.hex for person in admits],
    }
    for readers, seen in (
        ("learners", event.as_classmates_see()),
        ("inspectors", event.as_inspectors_see()),
    ):
        if seen is not event:
            message[readers] = encode_event(seq, seen)
    if some := event.as_some_see():
        message["some"] = {person.hex: encode_event(seq, own) for person, own in some.items()}
    transaction.on_commit(lambda: _hand_over(group_of(room_id), message))


def murmur_on_commit(room: Room, what: dict[str, str]) -> None:
    """Tell the room's processes something too small for a number: a reaction, or that a poll was answered.

    They gather it for a moment (live/murmurs.py). Lost on the way, it is gone.
    """
    room_id = room.session.uuid
    message = {"type": "room.murmur", "room": room_id.hex, "what": what}
    transaction.on_commit(lambda: _hand_over(group_of(room_id), message))


def run_on_commit(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine on the loop of this process's sockets once the transaction is committed.

    A process that serves no socket does nothing: what the work would reach, no browser of it has. A failure is
    logged and goes no further; whoever needs the work done certainly does it again where it reads the room.
    """
    transaction.on_commit(lambda: _run(work))


def _run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    loop = _loop
    if loop is not None and loop.is_running():
        loop.call_soon_threadsafe(lambda: _running.add(loop.create_task(_quietly(work))))


async def _quietly(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    try:
        await work()
    except Exception:
        log.warning("work after a commit failed", exc_info=True)
    finally:
        _running.discard(asyncio.current_task())


def _hand_over(group: str, message: dict) -> None:
    message["from"] = ORIGIN
    loop = _loop
    if loop is None:  # a process without sockets
        async_to_sync(_send)(group, message)
    elif loop.is_running():
        loop.call_soon_threadsafe(_tell, group, message)
    # Else this process is stopping: its thread would wait for ever for a loop that is over, and the process for its
    # thread. Its sockets are gone, and the other processes find the gap in the numbers.


def _tell(group: str, message: dict) -> None:
    """On the loop: first the sockets of this process, whatever happens to the layer, then the other processes."""
    if _hear is not None:
        _hear(message)
    if not isinstance(get_channel_layer(), InMemoryChannelLayer):
        task = asyncio.get_running_loop().create_task(_send(group, message))
        _running.add(task)
        task.add_done_callback(_running.discard)


async def _send(group: str, message: dict) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await get_channel_layer().group_send(group, message)
    except Exception as error:
        log.warning(
            "event %s of %s was not sent; rooms will read it again: %r", message.get("seq"), group, error
        )
