"""No voice and no picture: a class by chat, hands and the trainer's own means."""

from typing import Any

from .engine import Invitation, Kind, MediaRoom, Member, Tell, Want


class NoMedia:
    """Stands where no media engine is configured. Every method answers; nothing is forwarded."""

    name = "none"
    available = False

    async def open_room(self, room_id: str) -> MediaRoom:
        return MediaRoom(id=room_id, node="")

    async def join(self, room: MediaRoom, member: Member, tell: Tell) -> Invitation:
        return Invitation()

    async def publish(self, room: MediaRoom, member: str, token: str, offer: str) -> str:
        return ""

    async def subscribe(self, room: MediaRoom, member: str, token: str, want: Want) -> str:
        return ""

    async def accept(self, room: MediaRoom, member: str, token: str, answer: str) -> None:
        return None

    async def want(self, room: MediaRoom, member: str, token: str, want: Want) -> None:
        return None

    async def sending(self, room: MediaRoom, member: str, token: str, tracks: frozenset[str]) -> None:
        return None

    async def allow(self, room: MediaRoom, may: dict[str, frozenset[Kind]]) -> None:
        return None

    async def leave(self, room: MediaRoom, member: str) -> None:
        return None

    async def kick(self, room: MediaRoom, person: str) -> None:
        return None

    async def close_room(self, room: MediaRoom) -> None:
        return None

    async def figures(self, room: MediaRoom) -> list[dict[str, Any]]:
        return []
