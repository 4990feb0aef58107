"""What every message on the wire is: typed, frozen, closed."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

LONGEST_MESSAGE = 8 * 1024  # characters; a line of chat with every character escaped fits
LONGEST_RTC = 24 * 1024  # a browser's description of its streams


class BadMessage(Exception):
    """A message that is refused; `code` goes back to its sender and nobody else notices."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class RoomEvent(Wire):
    """Something that happened in the room; sent in order, with a number, to everybody in it.

    Staff read it as it is. The others read what these methods make of it: `as_some_see` is for single people and
    goes before the rest. Whoever is to know nothing of it gets `Passed`, so that no number is missing.
    """

    type: str

    def as_classmates_see(self) -> "RoomEvent":
        return self

    def as_inspectors_see(self) -> "RoomEvent":
        return self

    def as_some_see(self) -> "dict[UUID, RoomEvent]":
        return {}


class Passed(RoomEvent):
    """Something that is not this reader's happened."""

    type: Literal["passed"] = "passed"


class Close:
    """Why the server closes a socket. After BYE, NOT_ALLOWED and ENDED the client stays away."""

    BYE = 1000
    GONE = 4308  # probes were not answered
    RESTART = 4312  # this server process is stopping or lost its lease
    CHANGED = 4409  # the person's place in the class is another one now: come in again
    NO_HELLO = 4400
    TICKET = 4401
    NOT_ALLOWED = 4403
    FLOOD = 4429
    ENDED = 4410


def encode(message: BaseModel) -> str:
    return message.model_dump_json(exclude_none=True)
