"""A receiver that misbehaves as told: a real HTTP server in a thread."""

import threading
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[[BaseHTTPRequestHandler], None]


class Naughty(ThreadingHTTPServer):
    """Answers each request with the next behaviour, the last one for ever; keeps what arrived."""

    daemon_threads = True

    def __init__(self, *behaviours: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), type("Handler", (_Handler,), {}))
        self.behaviours = list(behaviours) or [answer(200)]
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.lines: set[Any] = set()  # the other ends of its connections
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/in"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.received]

    def handle_error(self, *args: Any) -> None:
        pass


class _Handler(BaseHTTPRequestHandler):
    server: Naughty
    body = b""

    def do_POST(self) -> None:
        body = self.body = self.rfile.read(int(self.headers.get("content-length", 0)))
        with self.server.lock:
            self.server.lines.add(self.client_address)
            self.server.received.append(({k.lower(): v for k, v in self.headers.items()}, body))
            behaviours = self.server.behaviours
            behave = behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]
        behave(self)

    def log_message(self, *args: Any) -> None:
        pass


def answer(status: int, body: bytes = b"{}", **headers: str) -> Behaviour:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def close_quietly(handler: BaseHTTPRequestHandler) -> None:
    """A whole answer, then the connection is gone although nothing announced it."""
    answer(200)(handler)
    handler.close_connection = True


def flood(handler: BaseHTTPRequestHandler) -> None:
    """An answer that never ends."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(10_000):
            handler.wfile.write(b"x" * 65536)
    except OSError:
        pass


def break_off(handler: BaseHTTPRequestHandler) -> None:
    """Promise a body and close half way."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"half")
    handler.close_connection = True


def slam(handler: BaseHTTPRequestHandler) -> None:
    """Close without a word."""
    handler.connection.close()


def dribble(release: threading.Event) -> Behaviour:
    """One header byte now and then: each read succeeds, the answer never comes."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        try:
            handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
            while not release.wait(0.05):
                handler.wfile.write(b"a")
                handler.wfile.flush()
        except OSError:
            pass

    return behave


def hang(release: threading.Event) -> Behaviour:
    """Take the request and say nothing."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        release.wait(30)

    return behave


@contextmanager
def serving(server: ThreadingHTTPServer):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
