"""What a web process knows of Janus's rooms: its own members, everybody else, and what each should receive."""

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ..choice import TRACKS, Camera, cameras_for, kind_of
from ..engine import Kind, Member, Tell, Want

MOST_VOICES, MOST_CAMERAS = 24, 2


@dataclass
class Other:
    """Somebody in the room, as Janus tells."""

    person: str = ""
    rank: int = 1
    sending: frozenset[str] = frozenset()
    mids: dict[str, str] = field(default_factory=dict)  # track → its name in the sender's description
    loud_at: float = 0.0

    def read(self, display: str) -> None:
        with suppress(ValueError, KeyError, TypeError):
            said = json.loads(display)
            self.person, self.rank = said["p"], said["r"]
            self.sending = frozenset(said["t"]) & frozenset(TRACKS)


@dataclass(eq=False)
class Place:
    """One member of this process."""

    member: Member
    tell: Tell
    token: str
    may: frozenset[Kind]
    handle: int = 0
    receiver: int = 0
    want: Want | None = None  # None until it wants to receive
    sending: frozenset[str] = frozenset()
    mids: dict[str, str] = field(default_factory=dict)
    #: name → (whose, the sender's name for it)
    streams: dict[str, tuple[str, str]] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    told: list[dict[str, str]] | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    keeper: asyncio.Task[None] | None = None

    @property
    def display(self) -> str:
        passing = sorted(track for track in self.sending if kind_of(track) in self.may)
        return json.dumps({"p": self.member.person, "r": self.member.rank, "t": passing})


class RoomHere:
    """What this process knows of one room."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.others: dict[str, Other] = {}

    def wake(self) -> None:
        for place in self.places.values():
            place.changed.set()

    def learn(self, data: dict[str, Any]) -> None:
        """Take in who is in the room and what they send; the same thing is told once per member of this process."""
        for one in [*data.get("attendees", []), *([data["joining"]] if "joining" in data else [])]:
            self.others.setdefault(str(one["id"]), Other()).read(one.get("display", ""))
        for one in data.get("publishers", []):
            other = self.others.setdefault(str(one["id"]), Other())
            other.read(one.get("display", ""))
            other.mids = mids_of(one.get("streams", []))
        if "display" in data and "id" in data:
            self.others.setdefault(str(data["id"]), Other()).read(data["display"])
        if data.get("videoroom") == "talking" and str(data.get("id")) in self.others:
            self.others[str(data["id"])].loud_at = time.monotonic()
        for gone in ("leaving", "kicked"):
            self.others.pop(str(data.get(gone)), None)
        if str(data.get("unpublished")) in self.others:
            self.others[str(data["unpublished"])].mids = {}
        self.wake()

    def wanted(self, place: Place) -> list[tuple[str, str]]:
        """(member, its name for the stream) of all that one member should receive now."""
        want = place.want or Want()
        others = {id: o for id, o in self.others.items() if o.person and o.person != place.member.person}
        voices = [(id, other.mids["audio"]) for id, other in others.items() if passes(other, "audio")]
        wanted = voices[:MOST_VOICES]
        seen = [id for id, other in others.items() if passes(other, "low") or passes(other, "high")]
        place.shown = cameras_for(
            place.shown,
            [Camera(id, others[id].person == want.first, others[id].rank, others[id].loud_at) for id in seen],
            MOST_CAMERAS if want.camera != "none" else 0,
        )
        best = ("high", "low") if want.camera == "high" else ("low", "high")
        for id in place.shown:
            wanted.append((id, next(others[id].mids[track] for track in best if passes(others[id], track))))
        screens = [(id, other.mids["screen"]) for id, other in others.items() if passes(other, "screen")]
        return wanted + (screens[-1:] if want.screen else [])

    def swaps(self, place: Place, wanted: list[tuple[str, str]]) -> list[dict[str, str]]:
        """A camera that is received in one size and wanted in the other changes without a new description."""
        found = []
        for name, (feed, mid) in place.streams.items():
            other = self.others.get(feed)
            if other is None or (feed, mid) in wanted:
                continue
            sizes = {m for track, m in other.mids.items() if kind_of(track) == "video"}
            better = next((m for f, m in wanted if f == feed and m in sizes and mid in sizes), None)
            if better is not None:
                found.append({"feed": feed, "mid": better, "sub_mid": name})
        return found

    def tell_streams(self, place: Place) -> None:
        streams = []
        for mid, (feed, name) in place.streams.items():
            other = self.others.get(feed)
            track = next((t for t, m in other.mids.items() if m == name), "") if other else ""
            if other and track and passes(other, track):
                streams.append({"mid": mid, "person": other.person, "track": track})
        if streams != place.told:
            place.told = streams
            place.tell({"do": "streams", "streams": streams})


def mids_of(streams: list[dict[str, Any]]) -> dict[str, str]:
    """track → name, of a sender's streams in the order of its description."""
    in_order = sorted(streams, key=lambda stream: stream["mindex"])
    return {track: str(stream["mid"]) for track, stream in zip(TRACKS, in_order, strict=False)}


def passes(other: Other, track: str) -> bool:
    return track in other.sending and track in other.mids
