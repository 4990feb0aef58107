"""HTTP from the ASGI server into Django's WSGI stack in one thread hop.

The stack is synchronous from the first middleware to the last query. Under Django's own ASGI handler each piece of
it hops between threads and no database connection is kept; here a request enters one thread of a small pool, stays
there until its answer is complete, and finds the connection that the thread kept from the request before.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

IN_MEMORY = 1024 * 1024  # a request body beyond this goes to a temporary file


class Disconnected(Exception):
    """The client went away before its request was complete."""


class OneHop:
    """ASGI application around a WSGI one. `threads` is also the number of database connections it keeps."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], *, threads: int, max_body: int) -> None:
        self.wsgi = wsgi
        self.max_body = max_body
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="page")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body, size = await self._read(receive)
        except Disconnected:
            return
        if body is None:
            await _answer(send, 413, [(b"content-type", b"text/plain")], b"Too large.")
            return
        loop = asyncio.get_running_loop()
        stream = _Stream(loop, receive, send)
        with body:
            whole = await loop.run_in_executor(self.pool, self._respond, _environ(scope, body, size), stream)
        if whole is not None:
            await _answer(send, *whole)

    async def _read(self, receive: Receive) -> tuple[IO[bytes] | None, int]:
        body = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (closed by the caller)
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                body.close()
                raise Disconnected
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > self.max_body:
                body.close()
                return None, size
            body.write(chunk)
            if not message.get("more_body"):
                body.seek(0)
                return body, size

    def _respond(self, environ: dict[str, Any], stream: "_Stream") -> tuple[int, Headers, bytes] | None:
        """Runs in the pool. The whole answer, or None when it was a stream that has been sent."""
        started: list[Any] = []
        response = self.wsgi(
            environ, lambda status, headers, exc_info=None: started.extend((status, headers))
        )
        try:
            status = int(started[0].partition(" ")[0])
            headers = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in started[1]]
            head = environ["REQUEST_METHOD"] == "HEAD"
            if getattr(response, "streaming", False) and not head:
                stream.run(status, headers, response)
                return None
            body = b"" if head else b"".join(response)
        finally:
            # Ends Django's request here, in the thread that owns its database connection.
            if close := getattr(response, "close", None):
                close()
        if (
            not head
            and status not in {204, 304}
            and not any(name == b"content-length" for name, _ in headers)
        ):
            headers.append((b"content-length", str(len(body)).encode()))
        return status, headers, body


class _Stream:
    """Sends an answer piece by piece from a thread, and stops reading it when the client has gone."""

    def __init__(self, loop: asyncio.AbstractEventLoop, receive: Receive, send: Send) -> None:
        self.loop, self.receive, self.send = loop, receive, send

    def run(self, status: int, headers: Headers, chunks: Iterable[bytes]) -> None:
        gone = asyncio.run_coroutine_threadsafe(self._until_gone(), self.loop)
        try:
            self._send({"type": "http.response.start", "status": status, "headers": headers})
            for chunk in chunks:
                if gone.done():
                    return
                self._send({"type": "http.response.body", "body": chunk, "more_body": True})
            self._send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()

    def _send(self, message: dict[str, Any]) -> None:
        # Waiting for each piece is what keeps a slow client from filling the memory.
        asyncio.run_coroutine_threadsafe(_awaited(self.send(message)), self.loop).result()

    async def _until_gone(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass


async def _awaited(awaitable: Awaitable[None]) -> None:
    await awaitable


async def _answer(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _environ(scope: Scope, body: IO[bytes], size: int) -> dict[str, Any]:
    """The request as WSGI says it (PEP 3333): text is latin-1 over the bytes of the wire."""
    root = scope.get("root_path", "")
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": root.encode().decode("latin-1"),
        "PATH_INFO": scope["path"].removeprefix(root).encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        # An underscore would let X_Forwarded_Proto pass for the proxy's own X-Forwarded-Proto.
        if b"_" in raw_name:
            continue
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        value = raw_value.decode("latin-1")
        key = name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"
        if key in environ:
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value
    environ["CONTENT_LENGTH"] = str(size)
    return environ
