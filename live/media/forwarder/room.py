"""One room: who is in it, and who is heard and seen by whom.

Everybody hears the voices that spoke last, never more than fit; sees the trainer's camera first, then of those who
spoke last; and one screen. Runs in the event loop alone.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from ..choice import Camera, cameras_for, kind_of, voices_for
from .peers import CAMERAS, VOICES, Down, Network, Up
from .streams import Slot, Source

MOST_MEMBERS = 60
Tell = Callable[[dict[str, Any]], None]


class Refusal(Exception):
    """What the desk answers with; `code` is for programs."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Want:
    """What a member wants to receive besides the voices."""

    camera: Literal["none", "low", "high"] = "none"
    screen: bool = False
    first: str = ""  # whose camera it wants to see first


@dataclass(eq=False)
class Member:
    """One connection of one person. `may` is what it may send, `sending` what it says it sends."""

    id: str
    person: str
    rank: int  # staff are 0, learners 1
    may: frozenset[str]
    want: Want
    tell: Tell
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    sending: frozenset[str] = frozenset()
    up: Up | None = None
    down: Down | None = None
    shown: list[str] = field(default_factory=list)  # whose cameras it sees
    told: list[dict[str, str]] = field(default_factory=list)

    def source(self, name: str) -> Source | None:
        """The stream of that name, if it passes now."""
        if self.up is None or name not in self.sending or kind_of(name) not in self.may:
            return None
        return self.up.sources.get(name)

    @property
    def sources(self) -> Iterable[Source]:
        return self.up.sources.values() if self.up else ()

    @property
    def loud_at(self) -> float:
        voice = self.source("audio")
        return voice.loud_at if voice else 0.0


class Room:
    """The members that meet here."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.members: dict[str, Member] = {}
        self._audible: list[str] = []

    # ------------------------------------------------------------------ who is in

    def join(self, member: Member) -> None:
        if len(self.members) >= MOST_MEMBERS:
            raise Refusal("media.full")
        self.members[member.id] = member

    def member(self, id: str, token: str) -> Member:
        found = self.members.get(id)
        if found is None or not secrets.compare_digest(found.token, token):
            raise Refusal("media.token")
        return found

    async def leave(self, id: str) -> None:
        member = self.members.pop(id, None)
        if member is None:
            return
        for source in member.sources:
            source.open = False
            source.slots = ()
        self.settle()
        for connection in (member.up, member.down):
            if connection is not None:
                await connection.close()
        member.up = member.down = None

    # ------------------------------------------------------------------ what they send and receive

    async def publish(self, member: Member, offer: str) -> str:
        if member.up is not None:
            old, member.up = member.up, None
            await old.close()
        up = member.up = Up(self.network, lambda: self._lost(member))
        answer = await up.answer(offer, member.person)
        self.settle()
        return answer

    async def subscribe(self, member: Member) -> str:
        if member.down is not None:
            old, member.down = member.down, None
            await old.close()
        down = member.down = Down(self.network, lambda: self._lost(member))
        member.told = []
        return await down.offer()

    def accept(self, member: Member, answer: str) -> None:
        if member.down is None:
            raise Refusal("media.order")
        member.down.accept(answer)
        self.settle()

    def sending(self, member: Member, names: frozenset[str]) -> None:
        member.sending = names
        self.settle()

    def allow(self, may: dict[str, frozenset[str]]) -> None:
        for member in self.members.values():
            member.may = may.get(member.person, member.may)
        self.settle()

    def _lost(self, member: Member) -> None:
        """A connection failed: its browser is told to come again, whole."""
        if self.members.get(member.id) is member:
            member.tell({"do": "again"})

    # ------------------------------------------------------------------ who is heard and seen

    def settle(self) -> None:
        """Make every slot carry what it should. Cheap; called after whatever changes it."""
        now = time.monotonic()
        for member in self.members.values():
            for source in member.sources:
                source.open = member.source(source.name) is source
        speaking = {m.id: m.loud_at for m in self.members.values() if m.source("audio")}
        self._audible = voices_for(self._audible, speaking, VOICES + 1)
        fed: dict[Source, list[Slot]] = {}
        for viewer in self.members.values():
            self._settle_for(viewer, now)
            if viewer.down:
                for slot in viewer.down.slots.values():
                    for feeding in {slot.wanted, slot.route[0] if slot.route else None}:
                        if feeding is not None:
                            fed.setdefault(feeding, []).append(slot)
        for member in self.members.values():
            for source in member.sources:
                source.slots = tuple(fed.get(source, ()))

    def _settle_for(self, viewer: Member, now: float) -> None:
        if viewer.down is None or not viewer.down.answered:
            return
        others = [m for m in self.members.values() if m.person != viewer.person]
        voices = [m for m in others if m.id in self._audible][:VOICES]
        _assign(viewer.down, "a", {m.id: m.source("audio") for m in voices}, now)
        viewer.shown = cameras_for(
            viewer.shown,
            [
                Camera(m.id, m.person == viewer.want.first, m.rank, m.loud_at)
                for m in others
                if m.source("low") or m.source("high")
            ],
            CAMERAS if viewer.want.camera != "none" else 0,
        )
        best = ("high", "low") if viewer.want.camera == "high" else ("low", "high")
        cameras = {id: self._first(id, best) for id in viewer.shown}
        _assign(viewer.down, "c", cameras, now)
        screens = [m for m in others if m.source("screen")] if viewer.want.screen else []
        _assign(viewer.down, "s", {m.id: m.source("screen") for m in screens[-1:]}, now)
        self._tell_streams(viewer)

    def _first(self, id: str, names: tuple[str, ...]) -> Source | None:
        return next((source for name in names if (source := self.members[id].source(name))), None)

    def _tell_streams(self, viewer: Member) -> None:
        """Tell a member whom it hears and sees in which stream, when that changed."""
        assert viewer.down is not None
        streams = [
            {"mid": mid, "person": str(slot.wanted.owner), "track": slot.wanted.name}
            for mid, slot in viewer.down.slots.items()
            if slot.wanted
        ]
        if streams != viewer.told:
            viewer.told = streams
            viewer.tell({"do": "streams", "streams": streams})

    # ------------------------------------------------------------------ the beat

    def look_after(self, now: float) -> None:
        for member in self.members.values():
            if member.up:
                member.up.look_after(now)

    def report(self) -> None:
        for member in self.members.values():
            if member.down and member.down.answered:
                member.down.report()

    def figures(self) -> list[dict[str, Any]]:
        """What passed and what did not, for each stream that somebody sends."""
        return [
            {
                "member": member.id,
                "person": member.person,
                "track": source.name,
                "open": source.open,
                "came": source.came,
                "passed": source.passed,
                "held": source.held,
                "slots": len(source.slots),
            }
            for member in self.members.values()
            for source in member.sources
        ]


def _assign(down: Down, letter: str, wanted: dict[str, Source | None], now: float) -> None:
    """Give each wanted source a slot; who has one already keeps it."""
    slots = [slot for mid, slot in down.slots.items() if mid[0] == letter]
    sources = [source for source in wanted.values() if source is not None]
    kept: dict[Slot, Source] = {}
    for slot in slots:
        # The same person's other size stays in the same place.
        match = next((s for s in sources if slot.wanted and s.owner == slot.wanted.owner), None)
        if match is not None and match not in kept.values():
            kept[slot] = match
    waiting = [source for source in sources if source not in kept.values()]
    for slot in slots:
        next_source = kept.get(slot) or (waiting.pop(0) if waiting else None)
        if next_source is not slot.wanted:
            slot.want(next_source, now)
