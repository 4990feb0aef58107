"""Janus's HTTP API on this machine: one session of one process, with its handles and what they are told.

Requests that take time are acknowledged at once and answered by an event, which one long request brings.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx

from ..engine import EngineFailed

log = logging.getLogger("live.media")
ANSWER_SECONDS = 8.0
KEEP_ALIVE_SECONDS = 6.0  # the shipped configuration forgets a silent session after 20
BETWEEN_TRIES = 0.5
PLUGIN = "janus.plugin.videoroom"
Event = dict[str, Any]


class JanusError(EngineFailed):
    """The plugin said no; `number` is its code."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__("media.token" if number == 433 else "media.refused")
        self.number, self.reason = number, reason

    def __str__(self) -> str:
        return f"{self.number}: {self.reason}"


class JanusLine:
    """The session of one event loop. `lost` is called when it breaks, `back` when it stands again."""

    def __init__(self, url: str, secret: str, lost: Callable[[], None], back: Callable[[], None]) -> None:
        self.url, self.secret = url.rstrip("/"), secret
        self._lost, self._back = lost, back
        self.session = 0
        self.desk = 0  # the handle for what concerns no member
        self._client: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        self._answers: dict[str, asyncio.Future[Event]] = {}
        self._handles: dict[int, Callable[[Event], None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------------ asking

    async def attach(self, hear: Callable[[Event], None]) -> int:
        """A new handle; `hear` is given every event of it that answers no request."""
        await self._open()
        answer = await self._post(f"/{self.session}", janus="attach", plugin=PLUGIN)
        handle = answer["data"]["id"]
        self._handles[handle] = hear
        return handle

    async def detach(self, handle: int) -> None:
        if self._handles.pop(handle, None) is not None:
            with suppress(EngineFailed):
                await self._post(f"/{self.session}/{handle}", janus="detach")

    async def ask(self, handle: int, body: dict[str, Any], jsep: dict[str, Any] | None = None) -> Event:
        """The plugin's answer: {"data": …, "jsep": …}. Raises JanusError when it says no. Handle 0 is the desk."""
        await self._open()
        transaction = secrets.token_hex(8)
        answer = self._answers[transaction] = asyncio.get_running_loop().create_future()
        try:
            message: dict[str, Any] = {"janus": "message", "transaction": transaction, "body": body}
            if jsep:
                message["jsep"] = jsep
            found = await self._post(f"/{self.session}/{handle or self.desk}", **message)
            if found["janus"] == "ack":
                async with asyncio.timeout(ANSWER_SECONDS):
                    found = await answer
        except (TimeoutError, OSError) as failed:
            raise EngineFailed("media.gone") from failed
        finally:
            self._answers.pop(transaction, None)
        data = found.get("plugindata", {}).get("data", {})
        if "error_code" in data:
            raise JanusError(data["error_code"], data.get("error", ""))
        return {"data": data, "jsep": found.get("jsep")}

    async def _post(self, path: str, **message: Any) -> Event:
        assert self._client is not None
        message = {"transaction": secrets.token_hex(8), "apisecret": self.secret, **message}
        try:
            answer = (await self._client.post(self.url + path, json=message, timeout=ANSWER_SECONDS)).json()
        except (httpx.HTTPError, ValueError) as failed:
            raise EngineFailed("media.gone") from failed
        if answer.get("janus") == "error":
            log.warning("janus: %s", answer["error"].get("reason"))
            if answer["error"].get("code") == 458:  # no such session: it forgot us
                self._break()
            raise EngineFailed("media.gone")
        return answer

    # ------------------------------------------------------------------ the session

    async def _open(self) -> None:
        async with self._opening:
            if self.session:
                return
            if self._client is None:
                self._client = httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_connections=50))
            self.session = (await self._post("", janus="create"))["data"]["id"]
            answer = await self._post(f"/{self.session}", janus="attach", plugin=PLUGIN)
            self.desk = answer["data"]["id"]
            self._start(self._listen(self.session))
            self._start(self._keep_alive(self.session))

    async def _listen(self, session: int) -> None:
        assert self._client is not None
        address = f"{self.url}/{session}"
        while self.session == session:
            try:
                answer = await self._client.get(
                    address, params={"maxev": 50, "apisecret": self.secret}, timeout=60
                )
                events = answer.json()
            except (httpx.HTTPError, json.JSONDecodeError):
                break
            for event in events if isinstance(events, list) else [events]:
                if event.get("janus") in {"timeout", "error"}:
                    self._break()
                    return
                self._hear(event)
        if self.session == session:
            self._break()

    def _hear(self, event: Event) -> None:
        answer = self._answers.get(event.get("transaction", ""))
        if answer is not None and event.get("janus") == "event":
            if not answer.done():
                answer.set_result(event)
            return
        if (hear := self._handles.get(event.get("sender", 0))) is not None:
            try:
                hear(event)
            except Exception:
                log.exception("an event of Janus could not be handled")

    async def _keep_alive(self, session: int) -> None:
        while self.session == session:
            await asyncio.sleep(KEEP_ALIVE_SECONDS)
            with suppress(EngineFailed):
                if self.session == session:
                    await self._post(f"/{session}", janus="keepalive")

    def _break(self) -> None:
        """The session is gone, and all in it."""
        if not self.session:
            return
        self.session = self.desk = 0
        self._handles = {}
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(OSError("Janus is gone"))
        self._lost()
        self._start(self._come_back())

    async def _come_back(self) -> None:
        while not self.session:
            await asyncio.sleep(BETWEEN_TRIES)
            with suppress(EngineFailed):
                await self._open()
        self._back()

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
