"""What stands large before everybody, and the timer of the class."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from .wire import RoomEvent, Wire

What = Literal["nothing", "slides", "person", "poll"]
LONGEST_TIMER = 180  # minutes


class SetStage(Wire):
    """Staff put something on stage: whose voice and picture (`of`), or which poll; the slides; or nothing."""

    t: Literal["stage"]
    what: What
    of: UUID | None = None


class SetTimer(Wire):
    """Staff start a timer of some minutes, or stop it with 0; `more` adds to one that runs."""

    t: Literal["timer"]
    minutes: int = Field(ge=0, le=LONGEST_TIMER)
    more: bool = False


class Stage(Wire):
    what: What = "nothing"
    of: UUID | None = None


class Timer(Wire):
    """Moments of the server's clock; browsers count by the difference to `now` of their snapshot."""

    started_at: datetime
    ends_at: datetime


class StageChanged(RoomEvent):
    type: Literal["stage"] = "stage"
    stage: Stage


class TimerChanged(RoomEvent):
    """`now` lets a browser whose clock is wrong count right."""

    type: Literal["timer"] = "timer"
    now: datetime
    timer: Timer | None = None
