"""One socket of one class: decode, hand to an action, answer. Everything else lies below.

Refusing a message answers its sender with a code; it never closes the socket of anybody else.
"""

import asyncio
import json
import logging
from collections import deque
from typing import Any
from uuid import UUID

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import Error as DatabaseError
from django.http import Http404
from django.utils import translation

from lms.errors import Refused

from . import access, actions, clock, events
from .clients import Client
from .dispatch import HANDLERS
from .events import BadMessage, Close
from .limits import Bucket, bucket_of
from .pulse import Pulse
from .threads import for_attendance, in_thread
from .voices import Voice

log = logging.getLogger("live.consumers")
REFUSALS_BEFORE_CLOSING = 100
UNFINISHED_MESSAGES = 32
COME_IN = object()  # in the inbox: the person was let in


class ClassroomConsumer(AsyncWebsocketConsumer):
    """One row of attendance from `hello` to the end of the socket, however it ends."""

    async def __call__(self, scope: dict, receive: Any, send: Any) -> None:
        """As Channels does, without its task per message, its hop into one shared thread and its channel."""
        self.scope, self.base_send = scope, send
        try:
            while True:
                message = await receive()
                await getattr(self, message["type"].replace(".", "_"))(message)
        except StopConsumer:
            pass
        finally:
            self._over()

    async def connect(self) -> None:
        self.room_id: UUID = self.scope["url_route"]["kwargs"]["room_id"]
        self.entered = self.goes = False
        self.refusals = 0
        self.bucket = Bucket(size=20, per_second=4)
        self.inbox: deque[Any] = deque()
        self.working: asyncio.Task[None] | None = None
        self.client = Client(self.room_id, self.base_send)
        self.client.on_let_in = lambda: self._take(COME_IN)
        self.voice = Voice(self.client)
        await self.accept()
        self.patience = asyncio.get_running_loop().call_later(
            settings.LIVE_HELLO_SECONDS, self.client.close, Close.NO_HELLO
        )

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Answers to probes are taken at once; the rest waits its turn, so a slow query delays no evidence."""
        try:
            if text_data is None:
                raise BadMessage("message.binary")
            message = events.decode(text_data)
            if isinstance(message, events.ProbeAck):
                if self.client.place is None or not self.client.answered(message.n):
                    raise BadMessage("probe.unknown")
                self.client.seen = message.visible
                return
            goes = isinstance(message, events.Bye) and not self.goes  # the first goodbye is never too often
            if not goes and (not self.bucket.take() or len(self.inbox) >= UNFINISHED_MESSAGES):
                raise BadMessage("message.too_often")
            self._must_be_in_order(message)
            self.goes = self.goes or goes
            if isinstance(message, events.Rtc):
                self.voice.take(message)
            else:
                self._take(message)
        except BadMessage as refusal:
            self._refuse(refusal.code, ref=_key(text_data))

    def _take(self, message: Any) -> None:
        self.inbox.append(message)
        if self.working is None:
            self.working = asyncio.create_task(self._work())

    async def disconnect(self, code: int) -> None:
        self.peer_said = code

    def _over(self) -> None:
        """However the socket ended, a server that kills this task included: nothing here waits for anything.

        What was begun goes on by itself. A join in particular: its row may be stored already.
        """
        if not hasattr(self, "client"):
            return
        self.patience.cancel()
        self.inbox.clear()
        if self.working is not None:
            self.working.add_done_callback(lambda _task: self._leave())
        else:
            self._leave()

    def _leave(self) -> None:
        said_goodbye = getattr(self, "peer_said", 0) in {1000, 1001}
        reason = _REASONS.get(self.client.closed_with or 0, "left" if said_goodbye else "line_lost")
        pulse = Pulse.here()
        if self.entered:
            pulse.leave(self.client, reason)
        pulse.see_to_end(self.voice.stop())
        self.client.stop()

    # ------------------------------------------------------------------ messages

    async def _work(self) -> None:
        """One message after the other, each in a thread of the pool."""
        while self.inbox:
            message = self.inbox.popleft()
            if self.client.closed_with is not None:
                continue
            try:
                if isinstance(message, events.Hello):
                    await self._hello(message)
                elif message is COME_IN:
                    await self._come_in()
                else:
                    await self._act(message)
            except Refused as refused:
                self._refuse(refused.code, str(refused.sentence), getattr(message, "key", None))
                if self.client.place is None:
                    self.client.close(Close.ENDED if refused.code == "room.over" else Close.TICKET)
            except Http404:
                self.client.close(Close.NOT_ALLOWED)
            except DatabaseError as error:
                log.warning("the database did not answer: %r", error)
                self._refuse("server.later", ref=getattr(message, "key", None))
                if self.client.place is None:
                    self.client.close(Close.RESTART)
            except Exception:
                log.exception("a message could not be handled")
                self._refuse("server.error", ref=getattr(message, "key", None))
                if self.client.place is None:  # it would wait for a welcome for ever
                    self.client.close(Close.RESTART)
        self.working = None

    async def _hello(self, hello: events.Hello) -> None:
        self.patience.cancel()  # it said hello; what follows may take a crowded server a while
        pulse = Pulse.here()
        if pulse.stopping:
            self.client.push(events.encode(events.Restart(within=1.0)))
            self.client.close(Close.RESTART)
            return
        self.entered = True
        await pulse.enter(self.client)
        arrival, opened = await pulse.arrivals.join(self.room_id, self.scope, hello)
        self.bucket = bucket_of(arrival.place.user_id)
        pulse.welcomed(self.client, arrival, opened)
        if arrival.outside:
            self.client.push(events.encode(events.Waiting(probe_seconds=settings.LIVE_PROBE_SECONDS)))
        else:
            self._welcome(arrival.leads, arrival.seq, arrival.room)

    async def _come_in(self) -> None:
        """The person was let in, or so it was told: the database says whether."""
        assert self.client.place is not None
        inside = await for_attendance(
            actions.come_in,
            self.client.place.user_id,
            self.room_id,
            self.client.connection_id,
            at=clock.now(),
        )
        if inside is None:
            self.client.outside = True
        else:
            seat, snapshot = inside
            self._welcome(seat.leads, snapshot.seq, events.encode(snapshot))

    def _welcome(self, leads: bool, seq: int, room: str) -> None:
        assert self.client.place is not None
        welcome = events.Welcome(
            conn=str(self.client.connection_uuid),
            you=self.client.place.uuid,
            leads=leads,
            probe_seconds=settings.LIVE_PROBE_SECONDS,
        )
        self.client.caught_up(seq, events.encode_welcome(welcome, room))
        for trouble in Pulse.here().troubles():
            self.client.push(events.encode(trouble))

    async def _act(self, message: Any) -> None:
        if isinstance(message, events.Bye):
            self.client.close(Close.BYE)
            return
        if isinstance(message, events.End):
            await Pulse.here().write_now()
        place = self.client.place
        assert place is not None  # _must_be_in_order
        answer = await in_thread(self._do, message, place.user_id)
        if isinstance(answer, events.Snapshot):
            self.client.caught_up(answer.seq, events.encode(events.SnapshotAnswer(room=answer)))
        elif isinstance(answer, events.Wire):  # what concerns the sender alone
            self.client.push(events.encode(answer))

    def _do(self, message: Any, user_id: int) -> Any:
        """Runs in a thread: who is this person here now, and then the action."""
        seat = access.seat_of(user_id, self.room_id)
        at = clock.now()
        with translation.override(seat.user.preferred_language):
            return HANDLERS[type(message)](seat, message, at)

    # ------------------------------------------------------------------ inside

    def _must_be_in_order(self, message: Any) -> None:
        """`hello` is said once and first."""
        first = isinstance(message, events.Hello)
        if first and self.entered:
            raise BadMessage("hello.twice")
        if not first and self.client.place is None:
            raise BadMessage("hello.first")
        if self.client.outside and not isinstance(message, events.Bye):
            raise BadMessage("room.waiting")
        self.entered = self.entered or first

    def _refuse(self, code: str, sentence: str = "", ref: UUID | None = None) -> None:
        self.refusals += 1
        self.client.refuse(code, sentence, ref)
        if self.refusals >= REFUSALS_BEFORE_CLOSING:
            self.client.close(Close.FLOOD)


#: how the attendance record names the end of a connection
_REASONS = {
    Close.BYE: "left",
    Close.CHANGED: "replaced",
    Close.GONE: "silent",
    Close.RESTART: "server_stopped",
    Close.NOT_ALLOWED: "removed",
    Close.FLOOD: "removed",
    Close.ENDED: "class_ended",
}


def _key(text: str | None) -> UUID | None:
    """The key of a refused message, so that its sender knows which one it was."""
    try:
        return UUID(json.loads(text or "")["key"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
