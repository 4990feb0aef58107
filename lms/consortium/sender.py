"""Signed POSTs to checked addresses. Knows HTTP and nothing of deliveries.

The name is resolved once, every address it gives is checked, and the connection goes to the checked address,
so that a name cannot point elsewhere a moment later. No redirect is followed, no proxy is asked, no more than
a few kilobytes of the answer are read, and a watchdog ends what dribbles on past the deadline.
"""

import hashlib
import http.client
import select
import socket
import ssl
import threading
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from standardwebhooks import Webhook

from . import rules
from .rules import Answer

CONNECT_SECONDS = 5
DEADLINE_SECONDS = 20
WATCHDOG_SECONDS = 0.25
LARGEST_ANSWER = 64 * 1024
CONNECTION_SECONDS = 30


class Unsendable(Exception):
    """The request cannot be made; `problem` is a code of rules.PROBLEMS."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def signed_headers(event_id: str, body: str, secrets: list[str], at: datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks, with one signature per valid secret.

    The library reads the naive digits of the moment as UTC, so it is given UTC.
    """
    moment = at.astimezone(UTC)
    signatures = [Webhook(secret).sign(event_id, moment, body) for secret in secrets]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


class Lines:
    """The open connections of one worker, one for each endpoint, kept between deliveries and closed at the end."""

    def __init__(self) -> None:
        self._open: dict[str, Line] = {}

    def __enter__(self) -> "Lines":
        return self

    def __exit__(self, *error: object) -> None:
        for line in self._open.values():
            line.close()

    def post(self, url: str, *, event_id: str, body: str, secrets: list[str], at: datetime) -> Answer:
        """Send once and say how it ended. Never raises for what the network or the receiver does.

        A kept connection that the receiver closed meanwhile is opened again and the request sent anew: it may
        arrive twice, and its id says so.
        """
        if not secrets:
            return Answer(problem="no_secret")
        if rules.address_problem(url, allow_private=settings.CONSORTIUM_ALLOW_PRIVATE_ENDPOINTS):
            return Answer(problem="address_invalid")
        headers = signed_headers(event_id, body, secrets, at) | {
            "content-type": "application/json; charset=utf-8",
            "user-agent": f"Ponte/{settings.VERSION}",
            "accept": "application/json",
            "host": urlsplit(url).netloc,
        }
        kept = self._open.pop(url, None)
        try:
            if kept is not None and not kept.is_stale():
                try:
                    return self._exchange(kept, url, body.encode(), headers, at)
                except Unsendable as refusal:
                    if refusal.problem != "broken":
                        raise
            elif kept is not None:
                kept.close()
            return self._exchange(Line(url), url, body.encode(), headers, at)
        except Unsendable as refusal:
            return Answer(problem=refusal.problem)

    def _exchange(self, line: "Line", url: str, body: bytes, headers: dict[str, str], at: datetime) -> Answer:
        try:
            answer, may_stay = line.exchange(body, headers, at)
        except Unsendable:
            line.close()
            raise
        if may_stay:
            self._open[url] = line
        else:
            line.close()
        return answer


def post(url: str, *, event_id: str, body: str, secrets: list[str], at: datetime) -> Answer:
    """As Lines.post, for one request."""
    with Lines() as lines:
        return lines.post(url, event_id=event_id, body=body, secrets=secrets, at=at)


def checked_address(host: str, port: int) -> tuple[int, tuple]:
    """Resolve a name and return one (family, socket address) to connect to.

    Refuses a name when any of its addresses is not public: half a private answer is an attack or a mistake.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unsendable("name_unknown") from None
    if not found:
        raise Unsendable("name_unknown")
    if not settings.CONSORTIUM_ALLOW_PRIVATE_ENDPOINTS and not all(
        rules.is_public(str(address[0])) for *_, address in found
    ):
        raise Unsendable("address_refused")
    family, _, _, _, address = found[0]
    return family, address


def _connected(url: str) -> tuple[http.client.HTTPConnection, "Watchdog"]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    family, address = checked_address(host, port)
    wire = socket.socket(family, socket.SOCK_STREAM)
    wire.settimeout(CONNECT_SECONDS)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else head and body wait 40 ms for each other
    watchdog = None
    try:
        wire.connect(address)
        if secure:
            context = ssl.create_default_context()
            wire = context.wrap_socket(wire, server_hostname=host, do_handshake_on_connect=False)
        watchdog = Watchdog(wire)
        if isinstance(wire, ssl.SSLSocket):
            watchdog.watch(DEADLINE_SECONDS)
            wire.do_handshake()
            watchdog.release()
    except OSError as error:
        wire.close()
        cut = watchdog is not None and not watchdog.dismiss()
        if cut or isinstance(error, TimeoutError):
            problem = "timeout"
        else:
            problem = "certificate" if isinstance(error, ssl.SSLError) else "unreachable"
        raise Unsendable(problem) from None
    connection = http.client.HTTPConnection(host, port)
    connection.sock = wire
    return connection, watchdog


class Watchdog:
    """Cuts one connection when a request on it takes too long, however busily it dribbles. A thread for each line."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire
        self._lock = threading.Lock()
        self._ends: float | None = None
        self._cut = False
        self._dismissed = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def watch(self, seconds: float) -> None:
        """From now on the connection has so many seconds, until it is released."""
        self._ends = time.monotonic() + seconds

    def release(self) -> bool:
        """Stop watching: False when the connection was cut already."""
        with self._lock:
            self._ends = None
            return not self._cut

    def dismiss(self) -> bool:
        """End the watch and its thread: False when the connection was cut already."""
        self._dismissed.set()
        return self.release()

    def _look(self) -> None:
        while not self._dismissed.wait(WATCHDOG_SECONDS):
            with self._lock:
                if self._ends is None or time.monotonic() < self._ends:
                    continue
                self._cut = True
                try:
                    self._wire.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # it had already gone
                return


class Line:
    """One connection to one endpoint, made to an address that was checked."""

    def __init__(self, url: str) -> None:
        self._connection, self._watchdog = _connected(url)
        parts = urlsplit(url)
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._born = time.monotonic()

    def is_stale(self) -> bool:
        """Names are resolved and checked anew now and then, also for a receiver that is never silent.

        And what already says something before it was asked has closed, or answered twice: the second answer would be
        taken for that of the next record.
        """
        if time.monotonic() - self._born > CONNECTION_SECONDS:
            return True
        wire = self._connection.sock
        waiting, _, _ = select.select([wire], [], [], 0)
        return bool(waiting) or (isinstance(wire, ssl.SSLSocket) and wire.pending() > 0)

    def close(self) -> None:
        self._watchdog.dismiss()
        self._connection.close()

    def exchange(self, body: bytes, headers: dict[str, str], at: datetime) -> tuple[Answer, bool]:
        """Send one request: the answer, and whether the connection may be used again. Raises Unsendable."""
        self._connection.sock.settimeout(DEADLINE_SECONDS)
        self._watchdog.watch(DEADLINE_SECONDS)
        try:
            self._connection.request("POST", self._target, body=body, headers=headers)
            response = self._connection.getresponse()
            promised = response.length
            text = response.read(
                LARGEST_ANSWER
            )  # a flood is cut here: the status has already said how it went
            if not self._watchdog.release():  # cut off in the middle, a header can look complete
                raise Unsendable("timeout")
            if promised is not None and len(text) < min(promised, LARGEST_ANSWER):
                raise Unsendable("broken")
            answer = Answer(
                status=response.status,
                retry_after=rules.retry_after(response.getheader("retry-after", ""), at),
                digest=hashlib.sha256(text).hexdigest(),
                text=text,
            )
            return answer, response.isclosed() and not response.will_close
        except TimeoutError:
            raise Unsendable("timeout") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise Unsendable("broken" if self._watchdog.release() else "timeout") from None
        finally:
            self._watchdog.release()
