"""What the server says to one client."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from .chat import Line
from .media import Floor
from .people import Person
from .polls import PollNow
from .presence import DoorNow, PromptNow
from .room import State
from .slides import Shown, Slides
from .stage import Stage, Timer
from .wire import Wire, encode


class Snapshot(Wire):
    """The room as it is at event `seq`; `lines` holds what was said after the number the client gave."""

    seq: int
    state: State
    roster: tuple[Person, ...]
    hands: tuple[UUID, ...]
    lines: tuple[Line, ...]
    now: datetime
    chat_open: bool = True
    stage: Stage = Stage()
    timer: Timer | None = None
    slides: Slides | None = None
    decks: tuple[Shown, ...] = ()
    polls: tuple[PollNow, ...] = ()
    floor: Floor = Floor()
    leader: UUID  # the trainer who leads, in the room or not
    door: DoorNow
    prompt: PromptNow | None = None

    def as_classmates_see(self) -> "Snapshot":
        return self.model_copy(
            update={
                "door": self.door.as_classmates_see(),
                "roster": tuple(p.as_classmates_see() for p in self.roster),
                "lines": tuple(line.as_classmates_see() for line in self.lines),
                "polls": tuple(poll.as_classmates_see() for poll in self.polls),
            }
        )


class Welcome(Wire):
    """What comes before `room`, the snapshot: `encode_welcome` puts both together."""

    t: Literal["welcome"] = "welcome"
    conn: str
    you: UUID
    leads: bool
    probe_seconds: float


def encode_welcome(welcome: Welcome, room: str) -> str:
    """`room` is an encoded snapshot: a large class is encoded once for all who come in together."""
    return f'{encode(welcome)[:-1]},"room":{room}}}'


class SnapshotAnswer(Wire):
    t: Literal["snapshot"] = "snapshot"
    room: Snapshot


class Probe(Wire):
    t: Literal["probe"] = "probe"
    n: int


class Resync(Wire):
    """Events were missed: ask for a snapshot, at some moment within so many seconds."""

    t: Literal["resync"] = "resync"
    within: float | None = None


class Trouble(Wire):
    """What does not work now, or works again. Nobody has to do anything, and every minute counts.

    `processes`: the server's processes do not hear each other, so news may come some seconds late. `records`:
    nothing can be stored, so what people send is refused for the moment.
    """

    t: Literal["trouble"] = "trouble"
    what: Literal["processes", "records"]
    over: bool


class Restart(Wire):
    """This server process is about to stop: come back at some moment within so many seconds, to another."""

    t: Literal["restart"] = "restart"
    within: float


class Error(Wire):
    """Something was refused; the connection stays. `ref` is the key of the message it is about."""

    t: Literal["error"] = "error"
    code: str
    sentence: str = ""
    ref: UUID | None = None
