"""Where the web processes ask: a socket on this machine alone, one JSON object a line, opened with a token.

    {"id": 7, "do": "publish", "room": …, "member": …, "token": …, "sdp": …} → {"id": 7, "sdp": …} or {"id": 7, "error": code}
    {"member": …, "tell": {"do": "streams", …}}: for that member's browser, at any time

The members that a web process brought leave when its connection ends: it was their only way here.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import time
from pathlib import Path
from typing import Any

from ..choice import KINDS, TRACKS
from .peers import Network
from .room import Member, Refusal, Room, Want
from .sdp import BadDescription

log = logging.getLogger("live.media.forwarder")
LONGEST_LINE = 64 * 1024
BEAT = 0.04


class Desk:
    """The rooms of this process, and who may ask for what."""

    def __init__(self, network: Network, file: Path) -> None:
        self.network, self.file = network, file
        self.token = secrets.token_urlsafe(32)
        self.rooms: dict[str, Room] = {}

    async def serve(self) -> None:
        """Open the desk, write down where it is, and keep the beat until cancelled."""
        server = await asyncio.start_server(self._visitor, "127.0.0.1", 0, limit=LONGEST_LINE)
        port = server.sockets[0].getsockname()[1]
        _write_private(self.file, json.dumps({"port": port, "token": self.token, "pid": os.getpid()}))
        try:
            await self._beat()
        finally:
            server.close()

    async def close(self) -> None:
        """Say good-bye to every browser, so that it need not find out."""
        self.file.unlink(missing_ok=True)
        for name, room in list(self.rooms.items()):
            for id in list(room.members):
                await self._leave(name, id)

    async def _beat(self) -> None:
        beats = 0
        while True:
            await asyncio.sleep(BEAT)
            beats += 1
            now = time.monotonic()
            for room in list(self.rooms.values()):
                room.look_after(now)
                if beats % 12 == 0:
                    room.settle()
                if beats % 50 == 0:
                    room.report()

    # ------------------------------------------------------------------ one web process

    async def _visitor(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        brought: set[tuple[str, str]] = set()
        tasks: set[asyncio.Task[None]] = set()

        def say(message: dict[str, Any]) -> None:
            if not writer.is_closing():
                writer.write(json.dumps(message).encode() + b"\n")

        try:
            if not await self._knows(reader):
                say({"error": "desk.token"})
                return
            say({"hello": "media"})
            order: dict[str, asyncio.Lock] = {}
            while line := await reader.readline():
                asked = json.loads(line)
                lock = order.setdefault(str(asked.get("member")), asyncio.Lock())
                task = asyncio.create_task(self._answer(asked, say, brought, lock))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
        except (ValueError, OSError, asyncio.IncompleteReadError):
            pass  # no web process of ours talks like that
        finally:
            await asyncio.gather(*tasks, return_exceptions=True)
            for room, member in brought:
                await self._leave(room, member)
            writer.close()

    async def _knows(self, reader: asyncio.StreamReader) -> bool:
        async with asyncio.timeout(5):
            token = json.loads(await reader.readline() or b"{}").get("token")
        return isinstance(token, str) and secrets.compare_digest(token, self.token)

    async def _answer(
        self, asked: dict[str, Any], say: Any, brought: set[tuple[str, str]], lock: asyncio.Lock
    ) -> None:
        """One request. Those about one member are taken one after the other."""
        try:
            async with lock:
                answer = await self._do(asked, say, brought)
        except Refusal as refusal:
            answer = {"error": refusal.code}
        except BadDescription as bad:
            answer = {"error": "media.description", "why": str(bad)}
        except TimeoutError:
            answer = {"error": "media.slow"}
        except Exception:
            log.exception("a request could not be answered")
            answer = {"error": "media.failed"}
        say({"id": asked.get("id"), **answer})

    async def _do(self, asked: dict[str, Any], say: Any, brought: set[tuple[str, str]]) -> dict[str, Any]:
        do, name = asked["do"], asked["room"]
        if do == "open":
            self.rooms.setdefault(name, Room(self.network))
            return {}
        room = self.rooms.get(name)
        if do == "join":
            room = room or self.rooms.setdefault(name, Room(self.network))
            return await self._join(room, asked, say, brought)
        if room is None:
            if do in {"leave", "allow", "kick", "close"}:
                return {}
            if do == "figures":
                return {"figures": []}
            raise Refusal("media.token")  # hidden and absent are the same
        match do:
            case "allow":
                room.allow({person: _kinds(names) for person, names in asked["may"].items()})
            case "kick":
                for id in [m.id for m in room.members.values() if m.person == asked["person"]]:
                    await self._leave(name, id)
            case "leave":
                await self._leave(name, asked["member"])
            case "close":
                for id in list(room.members):
                    await self._leave(name, id)
            case "figures":
                return {"figures": room.figures()}
            case _:
                return await self._signal(room, room.member(asked["member"], asked["token"]), asked)
        return {}

    async def _join(
        self, room: Room, asked: dict[str, Any], say: Any, brought: set[tuple[str, str]]
    ) -> dict[str, Any]:
        await self._leave(asked["room"], asked["member"])
        self.rooms.setdefault(asked["room"], room)
        id = asked["member"]
        member = Member(
            id,
            asked["person"],
            asked["rank"],
            _kinds(asked["may"]),
            Want(),
            lambda message: say({"member": id, "tell": message}),
        )
        room.join(member)
        brought.add((asked["room"], id))
        return {"token": member.token}

    async def _signal(self, room: Room, member: Member, asked: dict[str, Any]) -> dict[str, Any]:
        match asked["do"]:
            case "publish":
                return {"sdp": await room.publish(member, asked["sdp"])}
            case "subscribe":
                member.want = Want(**asked["want"])
                return {"sdp": await room.subscribe(member)}
            case "accept":
                room.accept(member, asked["sdp"])
            case "want":
                member.want = Want(**asked["want"])
                room.settle()
            case "sending":
                room.sending(member, frozenset(asked["tracks"]) & frozenset(TRACKS))
            case _:
                raise Refusal("media.unknown")
        return {}

    async def _leave(self, name: str, member: str) -> None:
        room = self.rooms.get(name)
        if room is None:
            return
        await room.leave(member)
        if not room.members:
            self.rooms.pop(name, None)


def _kinds(names: list[str]) -> frozenset[str]:
    return frozenset(names) & frozenset(KINDS)


def _write_private(file: Path, text: str) -> None:
    """Readable by this user alone from its first byte, and whole whenever somebody reads it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(text)
    draft.replace(file)
