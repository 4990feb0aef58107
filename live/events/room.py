"""What a room is told: events with a number, in order, to everybody in it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from .chat import ChatOpened, Removed, Said
from .media import CalledOn, FloorChanged
from .people import Person
from .polls import PollChanged, PollDropped
from .presence import DoorChanged, HandedOver, PromptAnswered, PromptAsked, SentOut
from .slides import SlideShown
from .stage import StageChanged, TimerChanged
from .wire import RoomEvent

State = Literal["planned", "open", "ended", "closed"]


class AboutPerson(RoomEvent):
    person: Person

    def as_classmates_see(self) -> "RoomEvent":
        return self.model_copy(update={"person": self.person.as_classmates_see()})


class Joined(AboutPerson):
    type: Literal["joined"] = "joined"


class Left(AboutPerson):
    type: Literal["left"] = "left"


class HandsChanged(RoomEvent):
    """The whole queue, in order: a list of thirty is smaller than a rule for merging."""

    type: Literal["hands"] = "hands"
    hands: tuple[UUID, ...]


class ClassStarted(RoomEvent):
    type: Literal["started"] = "started"
    at: datetime


class ClassEnded(RoomEvent):
    type: Literal["ended"] = "ended"
    at: datetime


ROOM_EVENTS = (
    Joined,
    Left,
    Said,
    Removed,
    ChatOpened,
    HandsChanged,
    StageChanged,
    TimerChanged,
    SlideShown,
    PollChanged,
    PollDropped,
    FloorChanged,
    CalledOn,
    PromptAsked,
    PromptAnswered,
    DoorChanged,
    SentOut,
    HandedOver,
    ClassStarted,
    ClassEnded,
)


def encode_event(seq: int, event: RoomEvent) -> str:
    """`ev{seq, type, …}`: encoded once, sent to many."""
    body = event.model_dump_json(exclude_none=True)
    return f'{{"t":"ev","seq":{seq},{body[1:]}'
