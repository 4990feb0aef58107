"""A server process as `python -m scripts.serve`, with one address more: how many tasks, rooms and sockets its loop holds.

The product needs no such address and has none; only the soak serves this.
"""

import asyncio
import json
from typing import Any

COUNTED = "/counted-by-the-soak"


def counting(site: Any) -> Any:
    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != COUNTED:
            await site(scope, receive, send)
            return
        from live.pulse import Pulse

        hub = Pulse.here().hub
        counted = {
            "tasks": len(asyncio.all_tasks()) - 1,  # without this one
            "rooms": len(hub.rooms),
            "clients": sum(len(room.clients) for room in hub.rooms.values()),
        }
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(counted).encode()})

    return application


if __name__ == "__main__":
    import daphne.server  # noqa: F401  # before Django: it installs the event loop

    import lms.asgi
    from scripts import serve

    lms.asgi.application = counting(lms.asgi.application)
    serve.main()
