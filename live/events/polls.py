"""Polls: what staff ask, what each person answers, and the sums."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from live.models import LONGEST_WORD, MOST_CHOICES

from .wire import Passed, RoomEvent, Wire

Kind = Literal["one", "several", "word"]
PollStateName = Literal["prepared", "open", "closed"]


class Vote(Wire):
    """My answer: places of the chosen answers from 0, or a word. It replaces an earlier one."""

    t: Literal["vote"]
    poll: UUID
    key: UUID
    choices: tuple[int, ...] = Field(default=(), max_length=MOST_CHOICES)
    word: str = Field(default="", max_length=4 * LONGEST_WORD)


class ActOnPoll(Wire):
    """Staff open or close a poll, or show its results to the class or take them away."""

    t: Literal["poll"]
    poll: UUID
    do: Literal["open", "close", "show", "hide"]


class HideWord(Wire):
    """Staff take one word out of the results, or put it back."""

    t: Literal["poll_word"]
    poll: UUID
    word: str = Field(min_length=1, max_length=4 * LONGEST_WORD)
    hidden: bool = True


class Tally(Wire):
    """The sums of one poll. `voters` is known to all; the rest to staff, and to all once it is shown."""

    voters: int
    counts: tuple[int, ...] | None = None
    words: tuple[tuple[str, int], ...] | None = None
    hidden: tuple[str, ...] | None = None  # words that staff took out of sight; for staff alone

    def as_classmates_see(self, shown: bool) -> "Tally":
        if shown:
            return self.model_copy(update={"hidden": None})
        return Tally(voters=self.voters)


class PollNow(Wire):
    """One poll; `mine` is the reader's own answer and stands in snapshots only."""

    id: UUID
    kind: Kind
    question: str
    choices: tuple[str, ...]
    state: PollStateName
    shown: bool
    tally: Tally
    mine: tuple[int, ...] | None = None
    my_word: str | None = None

    def as_classmates_see(self) -> "PollNow":
        return self.model_copy(update={"tally": self.tally.as_classmates_see(self.shown)})


class PollChanged(RoomEvent):
    """A poll was prepared (told to staff), opened, closed; its results were shown or hidden."""

    type: Literal["poll"] = "poll"
    poll: PollNow

    def as_classmates_see(self) -> RoomEvent:
        if self.poll.state == "prepared":
            return Passed()
        return self.model_copy(update={"poll": self.poll.as_classmates_see()})


class PollDropped(RoomEvent):
    """A prepared poll was taken away; nobody but staff knew of it."""

    type: Literal["poll_dropped"] = "poll_dropped"
    poll: UUID

    def as_classmates_see(self) -> RoomEvent:
        return Passed()


class Voted(Wire):
    """To the sender alone: the answer is stored, and this is what counts now."""

    t: Literal["voted"] = "voted"
    poll: UUID
    key: UUID
    choices: tuple[int, ...]
    word: str = ""


class Tallied(Wire):
    """Sums of polls that were answered in the last moment. No number: the next one heals a lost one."""

    t: Literal["tally"] = "tally"
    polls: dict[UUID, Tally]
