"""The voice and picture of one socket: what its browser asks of the media engine, and what the engine tells it.

Works beside the socket's other messages, so that a slow engine delays no line of chat and no evidence. Asks anew at
every step who this person is here and what they may send.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import Http404
from django.utils import translation

from lms.errors import Refused

from . import access, actions, clock, events
from .clients import Client
from .events import BadMessage, Close
from .media import turn
from .media.engine import EngineFailed, Kind, Member, Want, engine
from .threads import in_thread

log = logging.getLogger("live.voices")
UNFINISHED_MESSAGES = 32
HOPELESS = {"media.full", "media.none"}  # a browser need not try again by itself


class Voice:
    """From the first `rtc` to the end of the socket."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.room = actions.media_room(client.room_id)
        self.member = ""  # the connection's uuid, once it has joined
        self.token = ""
        self.person = ""
        self.n = 0
        self.may: frozenset[Kind] = frozenset()
        self.inbox: asyncio.Queue[events.Rtc | None] = asyncio.Queue(UNFINISHED_MESSAGES)
        self._task: asyncio.Task[None] | None = None

    def take(self, message: events.Rtc) -> None:
        """One message of the browser. Raises BadMessage when too many wait."""
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        try:
            self.inbox.put_nowait(message)
        except asyncio.QueueFull:
            raise BadMessage("message.too_often") from None

    async def stop(self) -> None:
        """The socket is gone: so is its place among the voices."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._leave()

    # ------------------------------------------------------------------ one message after the other

    async def _work(self) -> None:
        while (message := await self.inbox.get()) is not None:
            try:
                await self._do(message)
            except Refused as refused:
                await self._leave()
                self._failed(message, refused.code, str(refused.sentence), final=True)
            except Http404:
                self.client.close(Close.NOT_ALLOWED)
            except EngineFailed as failed:
                self._failed(message, failed.code, final=failed.code in HOPELESS)
            except DatabaseError:
                self._failed(message, "server.later")
            except Exception:
                log.exception("a step of a voice could not be taken")
                self._failed(message, "media.failed")

    async def _do(self, message: events.Rtc) -> None:
        if message.do == "leave":
            await self._leave()
            return
        seat, may = await in_thread(self._rights)
        if message.do == "join":
            await self._join(message, seat, may)
            return
        if message.n != self.n or not self.member:
            return  # of a joining that is over
        if may != self.may:
            self.may = may
            await engine().allow(self.room, {self.person: may})
        where = (self.room, self.member, self.token)
        match message.do:
            case "publish":
                self._say("answer", sdp=await engine().publish(*where, message.sdp))
            case "answer":
                await engine().accept(*where, message.sdp)
            case "sending":
                await engine().sending(*where, frozenset(message.tracks))
            case "want":
                await engine().want(*where, _want(message))
            case "servers":
                self._say("servers", **_servers(turn.servers_for(self.member)))

    async def _join(self, message: events.Rtc, seat: access.Seat, may: frozenset[Kind]) -> None:
        await self._leave()
        if not engine().available:
            raise EngineFailed("media.none")
        self.n, self.may, self.person = message.n, may, str(seat.user.uuid)
        member = Member(str(self.client.connection_uuid), self.person, 0 if seat.is_staff else 1, may)
        room = await engine().open_room(self.room.id)
        invitation = await engine().join(room, member, self._tell)
        self.room, self.member, self.token = room, member.id, invitation.token
        self._say("joined", **_servers(invitation.ice_servers))
        offer = await engine().subscribe(room, self.member, self.token, _want(message))
        if offer:
            self._say("offer", sdp=offer)

    async def _leave(self) -> None:
        member, self.member, self.token = self.member, "", ""
        if member:
            with suppress(EngineFailed):
                await engine().leave(self.room, member)

    def _rights(self) -> tuple[access.Seat, frozenset[Kind]]:
        """Runs in a thread."""
        assert self.client.place is not None
        seat = access.seat_of(self.client.place.user_id, self.client.room_id)
        with translation.override(seat.user.preferred_language):
            actions.must_be_in_class(seat, at=clock.now())
        return seat, actions.may_send(seat)

    # ------------------------------------------------------------------ what the browser is told

    def _tell(self, message: dict[str, Any]) -> None:
        """The engine speaks to this browser."""
        if message["do"] in {"gone", "again"}:
            self.member = self.token = ""
        self._say(**message)

    def _say(self, do: str, **more: Any) -> None:
        if "streams" in more:
            more["streams"] = tuple(events.Stream(**stream) for stream in more["streams"])
        self.client.push(events.encode(events.RtcSaid(do=do, n=self.n, **more)))  # type: ignore[arg-type]

    def _failed(self, message: events.Rtc, code: str, sentence: str = "", *, final: bool = False) -> None:
        answer = events.RtcSaid(do="failed", n=message.n, code=code, sentence=sentence, final=final)
        self.client.push(events.encode(answer))


def _want(message: events.Rtc) -> Want:
    return Want(message.want.camera, message.want.screen, str(message.want.first or ""))


def _servers(ice: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    return {"ice": ice, "seconds": settings.LIVE_TURN_MINUTES * 60}
