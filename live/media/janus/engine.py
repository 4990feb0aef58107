"""Janus as the engine: one VideoRoom per class, made and kept by Ponte, on one node.

Browsers never reach its API. Each member has a handle that sends and one that receives; what several web processes
must know of each other's members (person, rank, what is sent now) stands in the member's display text, which Janus
tells to every other member when it changes. So nothing is shared but Janus itself.
"""

import asyncio
import hashlib
import hmac
import logging
import secrets
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings

from .. import turn
from ..choice import TRACKS, kind_of
from ..engine import EngineFailed, Invitation, Kind, MediaRoom, Member, Tell, Want
from .line import Event, JanusError, JanusLine
from .places import Other, Place, RoomHere, mids_of

log = logging.getLogger("live.media")
EXISTS_ALREADY = 427
ANSWER_SECONDS = 15.0
GONE_ALREADY = {426, 428, 436}  # no such room, no such feed or stream, not in it


class _Here:
    """The state of one event loop."""

    def __init__(self) -> None:
        self.rooms: dict[str, RoomHere] = {}
        self.lost: list[Tell] = []
        self.line = JanusLine(settings.LIVE_JANUS_URL, settings.LIVE_JANUS_SECRET, self._lost, self._back)

    def _lost(self) -> None:
        for room in self.rooms.values():
            for place in room.places.values():
                if place.keeper:
                    place.keeper.cancel()
                self.lost.append(place.tell)
                place.tell({"do": "gone"})
        self.rooms = {}

    def _back(self) -> None:
        lost, self.lost = self.lost, []
        for tell in lost:
            tell({"do": "again"})


class Janus:
    """For real sites: Debian's `janus`, configured as in deploy/janus."""

    name = "janus"
    available = True

    def __init__(self) -> None:
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Here] = WeakKeyDictionary()

    @property
    def _here(self) -> _Here:
        loop = asyncio.get_running_loop()
        if loop not in self._loops:
            self._loops[loop] = _Here()
        return self._loops[loop]

    # ------------------------------------------------------------------ in and out

    async def open_room(self, room_id: str) -> MediaRoom:
        return MediaRoom(id=room_id, node="janus")

    async def _make(self, room: MediaRoom) -> None:
        made = {
            "request": "create",
            "room": room.id,
            "admin_key": settings.LIVE_JANUS_SECRET,
            "secret": _secret_of(room),
            "allowed": [secrets.token_urlsafe(24)],  # a list with nobody in it would let everybody in
            "is_private": True,
            "publishers": 200,
            "audiocodec": "opus",
            "videocodec": "vp8",
            "opus_fec": True,
            "opus_dtx": True,
            "audiolevel_event": True,
            "audio_active_packets": 25,
            "notify_joining": True,
            "videoorient_ext": False,
        }
        try:
            await self._here.line.ask(0, made)
        except JanusError as error:
            if error.number != EXISTS_ALREADY:
                raise

    async def join(self, room: MediaRoom, member: Member, tell: Tell) -> Invitation:
        await self.leave(room, member.id)
        await self._make(room)
        here = self._here
        place = Place(member, tell, secrets.token_urlsafe(24), member.may)
        known = here.rooms.setdefault(room.id, RoomHere())
        known.places[member.id] = place
        await self._desk(room, request="allowed", action="add", allowed=[place.token])
        place.handle = await here.line.attach(lambda event: self._hear(room, place, event))
        joined = await here.line.ask(
            place.handle,
            {
                "request": "join",
                "ptype": "publisher",
                "room": room.id,
                "id": member.id,
                "display": place.display,
                "token": place.token,
            },
        )
        known.learn(joined["data"])
        place.keeper = asyncio.create_task(self._keep_true(room, place))
        return Invitation(place.token, turn.servers_for(member.id))

    async def leave(self, room: MediaRoom, member: str) -> None:
        here = self._here
        known = here.rooms.get(room.id)
        place = known.places.pop(member, None) if known else None
        if known is None or place is None:
            return
        if not known.places:
            here.rooms.pop(room.id, None)
        if place.keeper:
            place.keeper.cancel()
        with suppress(EngineFailed):
            await self._desk(room, request="allowed", action="remove", allowed=[place.token])
        for handle in (place.handle, place.receiver):
            if handle:
                await here.line.detach(handle)

    async def kick(self, room: MediaRoom, person: str) -> None:
        for id in await self._members_of(room, person):
            with suppress(JanusError):
                await self._desk(room, request="kick", id=id)
            await self.leave(room, id)  # if it is here; elsewhere its own process hears of it

    async def close_room(self, room: MediaRoom) -> None:
        known = self._here.rooms.get(room.id)
        for id in list(known.places) if known else []:
            await self.leave(room, id)
        with suppress(EngineFailed):
            await self._desk(room, request="destroy")

    def _place(self, room: MediaRoom, member: str, token: str) -> Place:
        known = self._here.rooms.get(room.id)
        place = known.places.get(member) if known else None
        if place is None or not secrets.compare_digest(place.token, token):
            raise EngineFailed("media.token")
        return place

    # ------------------------------------------------------------------ what is sent

    async def publish(self, room: MediaRoom, member: str, token: str, offer: str) -> str:
        place = self._place(room, member, token)
        answer = await self._here.line.ask(
            place.handle, {"request": "publish"}, {"type": "offer", "sdp": offer, "trickle": False}
        )
        place.mids = mids_of(answer["data"].get("streams", []))
        await self._apply(room, place)
        return answer["jsep"]["sdp"]

    async def sending(self, room: MediaRoom, member: str, token: str, tracks: frozenset[str]) -> None:
        place = self._place(room, member, token)
        if tracks != place.sending:
            place.sending = tracks
            await self._show(place)

    async def allow(self, room: MediaRoom, may: dict[str, frozenset[Kind]]) -> None:
        known = self._here.rooms.get(room.id) or RoomHere()
        try:
            for id, other in (await self._everybody(room)).items():
                if other.person not in may:
                    continue
                if (place := known.places.get(id)) is not None:
                    await self._allow_here(room, place, may[other.person])
                else:  # at another process, which tells the others when its browser says what it sends
                    mids = known.others[id].mids if id in known.others else {}
                    mids = mids or {track: str(n) for n, track in enumerate(TRACKS)}
                    await self._moderate(room, id, mids, may[other.person])
        except EngineFailed as failed:
            if failed.code != "media.gone":
                raise

    async def _allow_here(self, room: MediaRoom, place: Place, may: frozenset[Kind]) -> None:
        if place.may != may:
            place.may = may
            await self._apply(room, place)
            await self._show(place)

    async def _apply(self, room: MediaRoom, place: Place) -> None:
        await self._moderate(room, place.member.id, place.mids, place.may)

    async def _moderate(self, room: MediaRoom, id: str, mids: dict[str, str], may: frozenset[Kind]) -> None:
        """Janus lets the packets of these streams pass, or drops them as they come."""
        for track, mid in mids.items():
            with suppress(JanusError):  # not sent yet: it is asked again when it is
                await self._desk(room, request="moderate", id=id, mid=mid, mute=kind_of(track) not in may)

    async def _show(self, place: Place) -> None:
        await self._here.line.ask(place.handle, {"request": "configure", "display": place.display})
        for known in self._here.rooms.values():
            if place.member.id in known.places:
                known.wake()

    # ------------------------------------------------------------------ what is received

    async def subscribe(self, room: MediaRoom, member: str, token: str, want: Want) -> str:
        place = self._place(room, member, token)
        place.want = want
        place.changed.set()
        return ""

    async def want(self, room: MediaRoom, member: str, token: str, want: Want) -> None:
        await self.subscribe(room, member, token, want)

    async def accept(self, room: MediaRoom, member: str, token: str, answer: str) -> None:
        place = self._place(room, member, token)
        if not place.receiver:
            raise EngineFailed("media.order")
        await self._here.line.ask(
            place.receiver, {"request": "start"}, {"type": "answer", "sdp": answer, "trickle": False}
        )
        place.answered.set()

    async def _keep_true(self, room: MediaRoom, place: Place) -> None:
        """One change of what is received after the other, each until the browser has answered."""
        while True:
            await place.changed.wait()
            place.changed.clear()
            if place.want is None:
                continue
            try:
                await self._renew(room, place)
            except (EngineFailed, TimeoutError) as failed:
                log.warning("what a member receives could not be changed: %s", failed)
                place.tell({"do": "again"})
                return

    async def _renew(self, room: MediaRoom, place: Place) -> None:
        known = self._here.rooms.get(room.id)
        if known is None:
            return
        wanted = known.wanted(place)
        line = self._here.line
        have = set(place.streams.values())
        if swaps := known.swaps(place, wanted):
            await line.ask(place.receiver, {"request": "switch", "streams": swaps})
            for swap in swaps:
                place.streams[swap["sub_mid"]] = (swap["feed"], swap["mid"])
            have = set(place.streams.values())
        add = [{"feed": feed, "mid": mid} for feed, mid in wanted if (feed, mid) not in have]
        drop = [{"sub_mid": name} for name, stream in place.streams.items() if stream not in wanted]
        answer: Event | None = None
        if not place.receiver:
            if add:
                place.receiver = await line.attach(lambda event: self._hear_receiver(known, place, event))
                body = {
                    "request": "join",
                    "ptype": "subscriber",
                    "room": room.id,
                    "streams": add,
                    "token": place.token,
                }
                answer = await line.ask(place.receiver, body)
        elif add or drop:
            body = {"request": "update"}
            if add:
                body["subscribe"] = add  # type: ignore[assignment]
            if drop:
                body["unsubscribe"] = drop  # type: ignore[assignment]
            answer = await line.ask(place.receiver, body)
        if answer is not None:
            await self._take(known, place, answer["data"], answer["jsep"])
        else:
            known.tell_streams(place)

    async def _take(self, known: RoomHere, place: Place, data: dict[str, Any], jsep: Any) -> None:
        """Janus offers what it sends now: hand it to the browser and wait for its answer."""
        if "streams" in data:
            place.streams = {
                stream["mid"]: (str(stream["feed_id"]), str(stream["feed_mid"]))
                for stream in data["streams"]
                if stream.get("feed_id") and stream.get("active", True)
            }
        if jsep:
            place.answered.clear()
            place.tell({"do": "offer", "sdp": jsep["sdp"]})
            async with asyncio.timeout(ANSWER_SECONDS):
                await place.answered.wait()
        known.tell_streams(place)

    # ------------------------------------------------------------------ what Janus tells

    def _hear(self, room: MediaRoom, place: Place, event: Event) -> None:
        """An event of a member's sending handle."""
        known = self._here.rooms.get(room.id)
        if known is None or known.places.get(place.member.id) is not place:
            return
        if event["janus"] == "hangup":
            place.tell({"do": "again"})
            return
        data = event.get("plugindata", {}).get("data", {})
        if data.get("leaving") == "ok" or data.get("videoroom") == "destroyed":
            task = asyncio.create_task(self.leave(room, place.member.id))  # thrown out
            task.add_done_callback(lambda done: done.exception())
            return
        known.learn(data)

    def _hear_receiver(self, known: RoomHere, place: Place, event: Event) -> None:
        """Janus changes what is received by itself when a sender goes."""
        if event["janus"] == "hangup":
            place.tell({"do": "again"})
            return
        data = event.get("plugindata", {}).get("data", {})
        if data.get("videoroom") == "updated":
            task = asyncio.create_task(self._take(known, place, data, event.get("jsep")))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())

    # ------------------------------------------------------------------ the desk

    async def _desk(self, room: MediaRoom, **request: Any) -> dict[str, Any]:
        """A request of the one who made the room."""
        answer = await self._here.line.ask(0, {"room": room.id, "secret": _secret_of(room), **request})
        return answer["data"]

    async def _members_of(self, room: MediaRoom, person: str) -> list[str]:
        return [id for id, other in (await self._everybody(room)).items() if other.person == person]

    async def _everybody(self, room: MediaRoom) -> dict[str, Other]:
        try:
            data = await self._desk(room, request="listparticipants")
        except EngineFailed as failed:
            if isinstance(failed, JanusError) and failed.number not in GONE_ALREADY:
                raise
            return {}
        found = {}
        for one in data.get("participants", []):
            found[str(one["id"])] = Other()
            found[str(one["id"])].read(one.get("display", ""))
        return found

    async def figures(self, room: MediaRoom) -> list[dict[str, Any]]:
        """Who is in and what passes; Janus counts packets elsewhere."""
        return [
            {"member": id, "person": other.person, "track": track, "open": True}
            for id, other in (await self._everybody(room)).items()
            for track in sorted(other.sending)
        ]


def _secret_of(room: MediaRoom) -> str:
    """The same in every web process, and told to nobody."""
    return hmac.new(
        settings.SECRET_KEY.encode(), f"media room {room.id}".encode(), hashlib.sha256
    ).hexdigest()
