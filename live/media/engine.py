"""The interface that every media engine keeps.

An engine only forwards: there is no peer-to-peer, which would show people's addresses to each other. It never
decides who may do what; `live.voices` asks first and then tells the engine. Attendance never depends on it: an
engine that dies takes sound and picture with it and not one minute.

Each member has two connections: one *up*, offered by its browser, with everything it will ever send (its voice, its
camera small and large, its screen; `choice.TRACKS`), and one *down*, offered by the engine. Descriptions are
complete: an engine stands on an address of its own, which it names, and finds a browser by the browser's first
packet, so nobody waits for candidates and no browser has to name its address. An engine may offer the connection
down again at any time (`{"do": "offer", …}`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

Kind = Literal["audio", "video", "screen"]
#: how an engine speaks to one member's browser, at any time: `streams`, `offer`, `again`, `gone`
Tell = Callable[[dict[str, Any]], None]


class EngineFailed(Exception):
    """The engine refused or did not answer; `code` begins with "media."."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class MediaRoom:
    """A room on one node of the engine; all its members meet on that node."""

    id: str
    node: str


@dataclass(frozen=True)
class Member:
    """One connection that may be heard and seen: `id` is its uuid in attendance, `person` its person's; no name.

    `rank` is 0 for staff, who are shown first; `may` is what it may send.
    """

    id: str
    person: str
    rank: int
    may: frozenset[Kind]


@dataclass(frozen=True)
class Want:
    """What a member wants to receive besides the voices: cameras (and how large), the screen, whom to see first."""

    camera: Literal["none", "low", "high"] = "none"
    screen: bool = False
    first: str = ""  # a person


@dataclass(frozen=True)
class Invitation:
    """What one connection needs to reach the engine. Short-lived, for one join, never shared."""

    token: str = ""
    ice_servers: tuple[dict[str, Any], ...] = field(default=())


class Engine(Protocol):
    """Every method is a coroutine, safe to call twice, and raises EngineFailed and nothing else.

    What takes away (`allow`, `kick`, `leave`, `close_room`) raises nothing for a room or member already gone.
    """

    name: str
    available: bool

    async def open_room(self, room_id: str) -> MediaRoom:
        """Make the room, or find it: the first who arrives opens it."""

    async def join(self, room: MediaRoom, member: Member, tell: Tell) -> Invitation:
        """Let one connection in. `tell` reaches its browser from now on, until it leaves."""

    async def publish(self, room: MediaRoom, member: str, token: str, offer: str) -> str:
        """Answer the description of what a browser will send."""

    async def subscribe(self, room: MediaRoom, member: str, token: str, want: Want) -> str:
        """Offer the streams of the room to one browser; "" when there are none yet and the offer comes later."""

    async def accept(self, room: MediaRoom, member: str, token: str, answer: str) -> None:
        """Take the browser's answer to the latest offer."""

    async def want(self, room: MediaRoom, member: str, token: str, want: Want) -> None:
        """Send larger or smaller pictures to one browser, or none."""

    async def sending(self, room: MediaRoom, member: str, token: str, tracks: frozenset[str]) -> None:
        """A browser says which of its streams it sends now. Others of it are not forwarded."""

    async def allow(self, room: MediaRoom, may: dict[str, frozenset[Kind]]) -> None:
        """Forward these kinds of each of these people and no other, whatever their browsers do: this mutes."""

    async def leave(self, room: MediaRoom, member: str) -> None:
        """One connection goes; its token is worth nothing afterwards."""

    async def kick(self, room: MediaRoom, person: str) -> None:
        """Cut every connection of one person off and make their tokens useless."""

    async def close_room(self, room: MediaRoom) -> None:
        """End every stream of the room."""

    async def figures(self, room: MediaRoom) -> list[dict[str, Any]]:
        """What passed and what was held of each stream, as the engine counts it."""


@cache
def engine() -> Engine:
    """The engine of this installation, named by the setting LIVE_MEDIA_ENGINE."""
    return import_string(settings.LIVE_MEDIA_ENGINE)()
