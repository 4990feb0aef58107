"""A learner's browser for tests against a real server: pages by httpx, the class by a real websocket."""

import asyncio
import json
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import websockets

CSRF = "t" * 32
#: Reading the authorities' certificates takes a tenth of a second for each client, and nothing here has one.
PLAIN: dict[str, Any] = {"verify": False, "timeout": 30}


class Member:
    """One browser. `log` holds what it received, each with the time; probes are answered while `answering`."""

    def __init__(self, url: str, cookies: dict[str, str], room: Any, *, device: str = "") -> None:
        self.url, self.room = url, str(room)
        self.cookies = cookies | {"csrftoken": CSRF}
        self.device = device or uuid.uuid4().hex
        self.log: list[tuple[float, dict]] = []
        self.answering = True
        self.awake = asyncio.Event()  # while asleep nothing is read: what comes waits, and is answered late
        self.awake.set()
        self.close_code: int | None = None
        self.answered_at = 0.0  # monotonic time of the last answer to a probe
        self.answered: datetime | None = None  # the same moment, in UTC

    async def ticket(self) -> str:
        async with httpx.AsyncClient(**PLAIN, base_url=self.url, cookies=self.cookies) as http:
            answer = await http.post(
                f"/aula/{self.room}/biglietto/", headers={"X-CSRFToken": CSRF, "Referer": self.url}
            )
            answer.raise_for_status()
            return answer.json()["ticket"]

    async def connect(self, *, origin: str = "") -> None:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.socket = await websockets.connect(
            f"{self.url.replace('http', 'ws', 1)}/ws/aula/{self.room}/",
            origin=origin or self.url,
            additional_headers={"Cookie": cookie},
            ping_interval=None,
            open_timeout=30,
        )

    async def enter(self, *, ticket: str = "", resume_seq: int = 0) -> dict:
        ticket = ticket or await self.ticket()
        await self.connect()
        await self.send(t="hello", ticket=ticket, device=self.device, resume_seq=resume_seq)
        self.reader = asyncio.create_task(self._read())
        return await self.hear("welcome")

    async def send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def _read(self) -> None:
        with suppress(websockets.ConnectionClosed):
            async for text in self.socket:
                await self.awake.wait()
                message = json.loads(text)
                if message["t"] == "probe":
                    if self.answering:
                        await self.send(t="probe_ack", n=message["n"], visible=True)
                        self.answered_at, self.answered = time.monotonic(), datetime.now(UTC)
                else:
                    self.log.append((time.monotonic(), message))
        self.close_code = self.socket.close_code

    def all(self, name: str) -> list[dict]:
        return [m for _at, m in self.log if name in {m["t"], m.get("type")}]

    async def hear(self, name: str, *, count: int = 1, timeout: float = 20) -> dict:
        """Wait until a message or event of that name came (that many times); the latest."""
        async with asyncio.timeout(timeout):
            while len(self.all(name)) < count:
                if self.reader.done():
                    raise AssertionError(f"closed with {self.close_code} before {name}")
                await asyncio.sleep(0.02)
        return self.all(name)[-1]

    async def closed(self, timeout: float = 20) -> int | None:
        async with asyncio.timeout(timeout):
            await self.reader
        return self.close_code

    async def ended(self) -> int | None:
        """However long it takes."""
        await self.reader
        return self.close_code

    async def leave(self) -> None:
        with suppress(websockets.ConnectionClosed):
            await self.send(t="bye")
        await self.closed()
