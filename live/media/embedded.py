"""The embedded engine as a web process sees it: one line to the forwarder on this machine, found by its file.

The line is opened when it is first needed and again whenever it breaks. Those who were in are told `gone` at once
and `again` when the forwarder is back; their browsers then join anew. Only media does: their sockets, and so their
minutes, know nothing of it.
"""

import asyncio
import json
import logging
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings

from . import turn
from .engine import EngineFailed, Invitation, Kind, MediaRoom, Member, Tell, Want

log = logging.getLogger("live.media")
ANSWER_SECONDS = 8.0
BETWEEN_TRIES = 0.3
LONGEST_LINE = 1024 * 1024


class _Line:
    """The line of one event loop to the forwarder."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.members: dict[str, Tell] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._number = 0
        self._opening = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, do: str, **more: Any) -> dict[str, Any]:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._open()
                assert self._writer is not None
                self._number += 1
                number = self._number
                answer = self._waiting[number] = asyncio.get_running_loop().create_future()
                try:
                    self._writer.write(json.dumps({"id": number, "do": do, **more}).encode() + b"\n")
                    await self._writer.drain()
                    found = await answer
                finally:
                    self._waiting.pop(number, None)
        except (OSError, ValueError, KeyError, TimeoutError) as failed:
            raise EngineFailed("media.gone") from failed
        if error := found.get("error"):
            raise EngineFailed(error)
        return found

    async def _open(self) -> None:
        async with self._opening:
            if self._writer is not None:
                return
            where = json.loads(self.file.read_text())
            reader, writer = await asyncio.open_connection("127.0.0.1", where["port"], limit=LONGEST_LINE)
            writer.write(json.dumps({"token": where["token"]}).encode() + b"\n")
            if "hello" not in json.loads(await reader.readline() or b"{}"):
                writer.close()
                raise OSError("the forwarder refuses this process")
            self._writer = writer
            self._start(self._listen(reader, writer))

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, ValueError):
            while line := await reader.readline():
                message = json.loads(line)
                if (tell := message.get("tell")) is not None:
                    if (member := self.members.get(message["member"])) is not None:
                        member(tell)
                elif (waiting := self._waiting.get(message["id"])) is not None and not waiting.done():
                    waiting.set_result(message)
        writer.close()
        self._writer = None
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(OSError("the forwarder ended"))
        lost, self.members = self.members, {}
        for tell in lost.values():
            tell({"do": "gone"})
        if lost:
            self._start(self._wait_for_it(list(lost.values())))

    async def _wait_for_it(self, lost: list[Tell]) -> None:
        """Try until the forwarder is back, then call everybody in again."""
        while True:
            await asyncio.sleep(BETWEEN_TRIES)
            with suppress(OSError, ValueError, KeyError):
                await self._open()
                break
        for tell in lost:
            tell({"do": "again"})

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Embedded:
    """Small rooms, up to about 25, without a media server to install."""

    name = "embedded"
    available = True

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or Path(settings.LIVE_MEDIA_FILE)
        self._lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line] = WeakKeyDictionary()

    @property
    def _line(self) -> _Line:
        loop = asyncio.get_running_loop()
        if loop not in self._lines:
            self._lines[loop] = _Line(self.file)
        return self._lines[loop]

    async def open_room(self, room_id: str) -> MediaRoom:
        return MediaRoom(id=room_id, node="here")

    async def join(self, room: MediaRoom, member: Member, tell: Tell) -> Invitation:
        line = self._line
        answer = await line.ask(
            "join",
            room=room.id,
            member=member.id,
            person=member.person,
            rank=member.rank,
            may=sorted(member.may),
        )
        line.members[member.id] = tell
        return Invitation(answer["token"], turn.servers_for(member.id))

    async def publish(self, room: MediaRoom, member: str, token: str, offer: str) -> str:
        return (await self._line.ask("publish", room=room.id, member=member, token=token, sdp=offer))["sdp"]

    async def subscribe(self, room: MediaRoom, member: str, token: str, want: Want) -> str:
        answer = await self._line.ask(
            "subscribe", room=room.id, member=member, token=token, want=asdict(want)
        )
        return answer["sdp"]

    async def accept(self, room: MediaRoom, member: str, token: str, answer: str) -> None:
        await self._line.ask("accept", room=room.id, member=member, token=token, sdp=answer)

    async def want(self, room: MediaRoom, member: str, token: str, want: Want) -> None:
        await self._line.ask("want", room=room.id, member=member, token=token, want=asdict(want))

    async def sending(self, room: MediaRoom, member: str, token: str, tracks: frozenset[str]) -> None:
        await self._line.ask("sending", room=room.id, member=member, token=token, tracks=sorted(tracks))

    async def allow(self, room: MediaRoom, may: dict[str, frozenset[Kind]]) -> None:
        await self._take_away(
            "allow", room=room.id, may={person: sorted(kinds) for person, kinds in may.items()}
        )

    async def leave(self, room: MediaRoom, member: str) -> None:
        self._line.members.pop(member, None)
        await self._take_away("leave", room=room.id, member=member)

    async def kick(self, room: MediaRoom, person: str) -> None:
        await self._take_away("kick", room=room.id, person=person)

    async def close_room(self, room: MediaRoom) -> None:
        await self._take_away("close", room=room.id)

    async def figures(self, room: MediaRoom) -> list[dict[str, Any]]:
        return (await self._line.ask("figures", room=room.id))["figures"]

    async def _take_away(self, do: str, **more: Any) -> None:
        """A forwarder that is gone has nobody in it: nothing is left to take away."""
        try:
            await self._line.ask(do, **more)
        except EngineFailed as failed:
            if failed.code != "media.gone":
                raise
            log.info("the forwarder does not answer; nothing is forwarded anyway")
