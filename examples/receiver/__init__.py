"""A receiver of competency records: the smallest program that does it right. Standard library only.

It verifies the signature (Standard Webhooks), refuses what is older than five minutes, and stores each event
once, however often it arrives. The nightly comparison it answers with its own count and digest. Start it with `python -m examples.receiver --port 9000 --secret whsec_… --file
records.jsonl`; a supplier's own system can begin from here.
"""

import base64
import hashlib
import hmac
import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TOLERANCE_SECONDS = 5 * 60
LARGEST_BODY = 1024 * 1024


class Refusal(Exception):
    """A request that is not stored: the status and the reason to answer with."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def key_of(secret: str) -> bytes:
    """The signing key inside a secret written whsec_<base64>."""
    return base64.b64decode(secret.removeprefix("whsec_"), validate=True)


def verify(headers: Mapping[str, str], body: bytes, secrets: list[str], now: float) -> str:
    """The event's id, if one of the signatures was made with one of the secrets just now. Raises Refusal.

    Two secrets are valid while the sender changes from one to the other.
    """
    event_id, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not event_id or not moment.isdecimal() or len(moment) > 12:
        raise Refusal(HTTPStatus.BAD_REQUEST, "webhook-id or webhook-timestamp is missing")
    if abs(now - int(moment)) > TOLERANCE_SECONDS:
        raise Refusal(HTTPStatus.UNAUTHORIZED, "the timestamp is too far from now")
    signed = f"{event_id}.{moment}.".encode() + body
    good = [hmac.digest(key_of(secret), signed, hashlib.sha256) for secret in secrets]
    for given in headers.get("webhook-signature", "").split():
        version, _, text = given.partition(",")
        try:
            signature = base64.b64decode(text, validate=True)
        except ValueError:
            continue
        if version == "v1" and any(hmac.compare_digest(signature, each) for each in good):
            return event_id
    raise Refusal(HTTPStatus.UNAUTHORIZED, "no signature fits the secret")


class Store:
    """Events in a file, one JSON document per line, each id once. Survives being killed while it writes."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.lock = threading.Lock()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        self._drop_half_a_line()
        self.ids = {event["id"] for event in self.events()}
        self.deleted = {_deleted_by(event) for event in self.events()} - {""}

    def events(self) -> list[dict]:
        return [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]

    def add(self, event_id: str, event: dict) -> bool:
        """True when the event is new. It is on the disk before this returns.

        What was deleted stays deleted: whoever sends a copy of the old event again, signed as it was, changes nothing.
        """
        with self.lock:
            if event_id in self.ids or event_id in self.deleted:
                return False
            if gone := _deleted_by(event):
                self._forget([gone])
                self.deleted.add(gone)
            line = json.dumps({"id": event_id, **event}, ensure_ascii=False) + "\n"
            with self.file.open("a", encoding="utf-8") as out:
                out.write(line)
                out.flush()
                os.fsync(out.fileno())
            self.ids.add(event_id)
            return True

    def digest(self, before: str) -> dict:
        """How many events written before this moment are here, and one hash over all of them and over each month.

        One line per event, `<id> <fingerprint>`, in the order of the bytes.
        """
        moment = datetime.fromisoformat(before)
        months: dict[str, list[bytes]] = {}
        for event in self.events():
            written = datetime.fromisoformat(event["timestamp"])
            if written < moment:
                fingerprint = event["data"].get("sha256") or event["data"]["hash"]
                month = written.astimezone(UTC).strftime("%Y-%m")
                months.setdefault(month, []).append(f"{event['id']} {fingerprint}\n".encode())
        everything = [line for lines in months.values() for line in lines]
        return {
            "count": len(everything),
            "sha256": _hash_of(everything),
            "months": [
                {"month": month, "count": len(lines), "sha256": _hash_of(lines)}
                for month, lines in sorted(months.items())
            ],
        }

    def forget(self, ids: list[str]) -> None:
        """Remove events, as a disk that was restored from an old copy does."""
        with self.lock:
            self._forget(ids)

    def _forget(self, ids: list[str]) -> None:
        if self.ids.intersection(ids):
            kept = [event for event in self.events() if event["id"] not in ids]
            text = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in kept)
            draft = self.file.with_suffix(".draft")  # whole or not at all
            draft.write_text(text, encoding="utf-8")
            draft.replace(self.file)
            self.ids = {event["id"] for event in kept}

    def _drop_half_a_line(self) -> None:
        data = self.file.read_bytes()
        if data and not data.endswith(b"\n"):
            self.file.write_bytes(data[: data.rfind(b"\n") + 1])


def _deleted_by(event: dict) -> str:
    """The id of the event that this one says to forget; empty for any other."""
    if event.get("type") != "competency_record.deleted":
        return ""
    return event["data"]["record"]["deletes"].removeprefix("urn:uuid:")


def _hash_of(lines: list[bytes]) -> str:
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()


class Receiver(ThreadingHTTPServer):
    """The HTTP server: POST stores an event, GET says how many there are."""

    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        store: Store,
        secrets: list[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(address, Handler)
        self.store, self.secrets, self.clock = store, secrets, clock


class Handler(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"  # connections are kept: a sender with much to send needs one
    disable_nagle_algorithm = True
    timeout = 30

    def do_POST(self) -> None:
        try:
            event_id, event = self._read()
        except Refusal as refusal:
            self._answer(refusal.status, {"error": refusal.reason})
            return
        if event.get("type") == "reconciliation.digest":
            self._answer(HTTPStatus.OK, self.server.store.digest(event["data"]["before"]))
            return
        new = self.server.store.add(event_id, event)
        self._answer(HTTPStatus.OK, {"id": event_id, "stored": new})

    def do_GET(self) -> None:
        self._answer(HTTPStatus.OK, {"events": len(self.server.store.ids)})

    def _read(self) -> tuple[str, dict]:
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "send a body of at most 1 MiB with its length")
        body = self.rfile.read(int(length))
        event_id = verify(self.headers, body, self.server.secrets, self.server.clock())
        try:
            event = json.loads(body)
        except ValueError:
            raise Refusal(HTTPStatus.BAD_REQUEST, "the body is not JSON") from None
        if not isinstance(event, dict):
            raise Refusal(HTTPStatus.BAD_REQUEST, "the body is not an event")
        return event_id, event

    def _answer(self, status: HTTPStatus, data: dict) -> None:
        text = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args) -> None:
        pass
