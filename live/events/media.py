"""Voice and picture on the wire: who may be heard, and what a browser and the media engine say to each other.

`rtc` carries the engine's negotiation (live/media/engine.py). Its `n` numbers the joinings of one browser: an answer
to an earlier one is late and means nothing.
"""

from typing import Literal
from uuid import UUID

from pydantic import Field

from .wire import LONGEST_RTC, RoomEvent, Wire

Track = Literal["audio", "low", "high", "screen"]


class Speak(Wire):
    """I turn my microphone on."""

    t: Literal["speak"]


class Mute(Wire):
    """Staff cut off one person's voice, or every learner's."""

    t: Literal["mute"]
    person: UUID | None = None


class CallOn(Wire):
    """Staff ask one person to speak."""

    t: Literal["call"]
    person: UUID


class SetFloor(Wire):
    """Staff let learners speak when they like or when called on, and show themselves or not."""

    t: Literal["floor"]
    held: bool | None = None
    cameras: bool | None = None


class RtcWant(Wire):
    camera: Literal["none", "low", "high"] = "none"
    screen: bool = False
    first: UUID | None = None


class Rtc(Wire):
    """One step of a browser's negotiation with the engine."""

    t: Literal["rtc"]
    n: int = Field(ge=0, le=2**31)
    do: Literal["join", "publish", "answer", "sending", "want", "servers", "leave"]
    sdp: str = Field(default="", max_length=LONGEST_RTC)
    want: RtcWant = RtcWant()
    tracks: tuple[Track, ...] = Field(default=(), max_length=4, strict=False)


class Stream(Wire):
    """In the stream called `mid` of the connection down, this person is heard or seen."""

    mid: str
    person: str
    track: str


class RtcSaid(Wire):
    """One step of the engine. `final`: do not try again by yourself."""

    t: Literal["rtc"] = "rtc"
    do: Literal["joined", "servers", "offer", "answer", "streams", "again", "gone", "failed"]
    n: int | None = None
    sdp: str | None = None
    ice: tuple[dict, ...] | None = None
    seconds: int | None = None  # how long `ice` is worth anything
    streams: tuple[Stream, ...] | None = None
    code: str | None = None
    sentence: str | None = None
    final: bool | None = None


class Floor(Wire):
    """Who may be heard and seen: `held` when only those called on speak, `cameras` when learners may show
    themselves, `muted` whose voice the server cuts off.
    """

    held: bool = False
    cameras: bool = False
    muted: tuple[UUID, ...] = ()
    called: tuple[UUID, ...] = ()


class FloorChanged(RoomEvent):
    """The whole floor, as with hands."""

    type: Literal["floor"] = "floor"
    floor: Floor


class CalledOn(RoomEvent):
    """Staff ask one person to speak; only that person's browser asks anything."""

    type: Literal["called"] = "called"
    person: UUID
    by: str
