"""The door, presence prompts and who leads, on the wire."""

from typing import Literal
from uuid import UUID

from .people import Person
from .wire import Passed, RoomEvent, Wire


class PromptAck(Wire):
    """I am here. Sent again with the same key it is the same answer."""

    t: Literal["prompt_ack"]
    prompt: UUID
    key: UUID


class PromptNow(Wire):
    """A prompt that is announced or open: seconds from now, because a phone's clock may be wrong."""

    id: UUID
    opens_in: float
    closes_in: float
    answered: bool = False


class PromptAsked(RoomEvent):
    type: Literal["prompt"] = "prompt"
    prompt: PromptNow


class PromptAnswered(RoomEvent):
    """Somebody answered, or the trainer heard them: their other browsers stop asking. Classmates learn nothing."""

    type: Literal["answered"] = "answered"
    prompt: UUID
    person: UUID
    by_voice: bool

    def as_classmates_see(self) -> RoomEvent:
        return Passed()

    def as_some_see(self) -> dict[UUID, RoomEvent]:
        return {self.person: self}


class DoorNow(Wire):
    """Whether people wait to be let in, and who does. Only staff read who."""

    waits: bool
    waiting: tuple[Person, ...] = ()

    def as_classmates_see(self) -> "DoorNow":
        return DoorNow(waits=self.waits)


class DoorChanged(RoomEvent):
    type: Literal["door"] = "door"
    door: DoorNow

    def as_classmates_see(self) -> "RoomEvent":
        return DoorChanged(door=self.door.as_classmates_see())


class SentOut(RoomEvent):
    """Somebody was sent out; whoever it is reads why on the page."""

    type: Literal["sent_out"] = "sent_out"
    person: UUID


class HandedOver(RoomEvent):
    """Another trainer leads the class from now on."""

    type: Literal["handed"] = "handed"
    giver: UUID
    taker: Person

    def as_classmates_see(self) -> "RoomEvent":
        return self.model_copy(update={"taker": self.taker.as_classmates_see()})


class Waiting(Wire):
    """The connection is stored and its person waits at the door: no roster, no chat, no event until let in."""

    t: Literal["waiting"] = "waiting"
    probe_seconds: float


class PromptNoted(Wire):
    """The answer to a prompt is stored."""

    t: Literal["noted"] = "noted"
    prompt: UUID
    late: bool
