"""What is written in the room: to all, or on a learner's private line with the staff."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from live.models import LONGEST_LINE

from .people import Person
from .wire import Passed, RoomEvent, Wire


class Chat(Wire):
    """A line to all; to the staff only; or, from staff, to one learner only (`thread`)."""

    t: Literal["chat"]
    text: str = Field(min_length=1, max_length=LONGEST_LINE)
    key: UUID
    to: Literal["all", "staff"] = "all"
    thread: UUID | None = None


class RemoveLine(Wire):
    """Staff take a line away."""

    t: Literal["unsay"]
    line: UUID


class OpenChat(Wire):
    """Staff let everybody write to everybody, or only to them."""

    t: Literal["chat_open"]
    open: bool


class Line(Wire):
    """One line of the chat. `key` is the sender's own name for it, `thread` whose private line it is on.

    A removed line keeps its text for its author and for staff, who also read who removed it.
    """

    seq: int
    id: UUID
    key: UUID
    person: Person
    text: str
    at: datetime
    thread: Person | None = None
    removed_at: datetime | None = None
    removed_by: str | None = None

    def as_classmates_see(self) -> "Line":
        thread = self.thread.as_classmates_see() if self.thread else None
        return self.model_copy(update={"person": self.person.as_classmates_see(), "thread": thread})


class Said(RoomEvent):
    type: Literal["said"] = "said"
    id: UUID
    key: UUID
    person: Person
    text: str
    at: datetime
    thread: Person | None = None

    def as_classmates_see(self) -> RoomEvent:
        if self.thread is not None:
            return Passed()
        return self.model_copy(update={"person": self.person.as_classmates_see()})

    def as_inspectors_see(self) -> RoomEvent:
        return Passed() if self.thread is not None else self

    def as_some_see(self) -> dict[UUID, RoomEvent]:
        if self.thread is None:
            return {}
        own = {
            "person": self.person.as_classmates_see(),
            "thread": self.thread.as_classmates_see(),
        }
        return {self.thread.id: self.model_copy(update=own)}


class Removed(RoomEvent):
    """Whoever still reads the text (staff and its author) has it already; the others forget it."""

    type: Literal["unsaid"] = "unsaid"
    id: UUID
    at: datetime
    by: str | None = None

    def as_classmates_see(self) -> RoomEvent:
        return self.model_copy(update={"by": None})

    def as_inspectors_see(self) -> RoomEvent:
        return self.as_classmates_see()


class ChatOpened(RoomEvent):
    type: Literal["chat_open"] = "chat_open"
    open: bool
