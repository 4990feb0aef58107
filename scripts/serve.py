"""One server process on a socket that it is given: `python -m scripts.serve --fd 3 --server daphne`.

In a container, where nobody hands a socket over: `python -m scripts.serve --host 0.0.0.0 --port 8000`.

SIGTERM ends it as a restart should: it takes no new connection, tells everybody in a class to come back in a moment,
answers the requests it has, and goes (docs/decisions/0059-a-restart-drains.md).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import sys
from typing import Any

from .family import leave_with_parent
from .sentences import Stop, listening_socket

LAST_REQUESTS = (
    2  # seconds for the pages that are being answered; with the drain less than the 8 of scripts/family.py
)


def _daphne(fd: int) -> None:
    from daphne.server import Server  # before Django: it installs the event loop
    from daphne.ws_protocol import WebSocketProtocol
    from twisted.internet import defer

    from lms.asgi import application

    from live.pulse import Pulse  # isort: skip; after Django

    class Draining(Server):
        def kill_all_applications(self) -> Any:
            """Called before the reactor ends, which waits for the answer."""
            ending = defer.Deferred.fromFuture(asyncio.ensure_future(self._drain()))
            ending.addErrback(lambda _failure: None)
            return ending.addCallback(lambda _nothing: Server.kill_all_applications(self))

        async def _drain(self) -> None:
            for listener in self.listeners:
                listener.addCallback(lambda port: port.stopListening())
            await Pulse.here().drain()
            answering = [
                about["application_instance"]
                for protocol, about in self.connections.items()
                if "application_instance" in about and not isinstance(protocol, WebSocketProtocol)
            ]
            if answering:
                await asyncio.wait(answering, timeout=LAST_REQUESTS)

    Draining(
        application=application,
        endpoints=[f"fd:fileno={fd}"],
        signal_handlers=True,
        http_timeout=None,
        ping_interval=20,
        ping_timeout=30,
        server_name="",
        verbosity=0,
    ).run()


def _uvicorn(fd: int) -> None:
    import uvicorn

    class Draining(uvicorn.Server):
        async def shutdown(self, sockets: Any = None) -> None:
            from live.pulse import Pulse

            for server in self.servers:
                server.close()
            await Pulse.here().drain()
            await super().shutdown(sockets)

    config = uvicorn.Config(
        "lms.asgi:application",
        fd=fd,
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # packing each small message costs 80 kB a socket and twice the time
        timeout_graceful_shutdown=LAST_REQUESTS,
    )
    Draining(config).run(sockets=[socket.socket(fileno=fd)])


def main() -> None:
    leave_with_parent()
    parser = argparse.ArgumentParser(prog="serve", description=__doc__)
    parser.add_argument("--server", choices=("daphne", "uvicorn"), default="daphne")
    parser.add_argument("--fd", type=int, help="a bound socket, inherited")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.dev")
    fd = options.fd
    if fd is None:
        try:
            bound = listening_socket(options.host, options.port)
        except Stop as stop:
            sys.exit(str(stop))
        bound.listen(1024)
        fd = bound.detach()
    {"daphne": _daphne, "uvicorn": _uvicorn}[options.server](fd)


if __name__ == "__main__":
    main()
