"""What a client may send. Each class is one message; `t` names it."""

from typing import Annotated, Literal, get_args
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from .chat import Chat, OpenChat, RemoveLine
from .media import CallOn, Mute, Rtc, SetFloor, Speak
from .polls import ActOnPoll, HideWord, Vote
from .presence import PromptAck
from .reactions import React
from .slides import ShowSlide
from .stage import SetStage, SetTimer
from .wire import LONGEST_MESSAGE, LONGEST_RTC, BadMessage, Wire


class Hello(Wire):
    """The first message: the ticket, which device this is, and the last event number already seen."""

    t: Literal["hello"]
    ticket: str = Field(min_length=20, max_length=100)
    device: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    resume_seq: int = Field(default=0, ge=0, le=2**53)


class ProbeAck(Wire):
    """The answer to a probe. `visible` is told for the quality of the line only and changes no minute."""

    t: Literal["probe_ack"]
    n: int = Field(ge=1, le=2**53)
    visible: bool = True


class Hand(Wire):
    """My hand goes up or down."""

    t: Literal["hand"]
    up: bool


class Lower(Wire):
    """Staff lower one person's hand, or everybody's."""

    t: Literal["lower"]
    person: UUID | None = None


class Start(Wire):
    t: Literal["start"]


class End(Wire):
    t: Literal["end"]


class AskSnapshot(Wire):
    """Sent after `resync`, or when a number is missing; `seq` is the last one seen in order."""

    t: Literal["resync"]
    seq: int = Field(default=0, ge=0, le=2**53)


class Bye(Wire):
    t: Literal["bye"]


ClientMessage = (
    Hello
    | ProbeAck
    | Chat
    | RemoveLine
    | OpenChat
    | Hand
    | Lower
    | React
    | ShowSlide
    | SetStage
    | SetTimer
    | Vote
    | ActOnPoll
    | HideWord
    | Speak
    | Mute
    | CallOn
    | SetFloor
    | Rtc
    | Start
    | End
    | AskSnapshot
    | PromptAck
    | Bye
)
CLIENT_MESSAGES: tuple[type[BaseModel], ...] = get_args(ClientMessage)
_client: TypeAdapter = TypeAdapter(Annotated[ClientMessage, Field(discriminator="t")])


def decode(text: str) -> BaseModel:
    """The client's message, or BadMessage with a code."""
    if len(text) > (2 * LONGEST_RTC if text.startswith('{"t":"rtc"') else LONGEST_MESSAGE):
        raise BadMessage("message.too_long")
    try:
        return _client.validate_json(text)
    except (ValidationError, ValueError) as error:
        kinds = {e["type"] for e in error.errors()} if isinstance(error, ValidationError) else set()
        if kinds & {"union_tag_invalid", "union_tag_not_found"}:
            raise BadMessage("message.unknown") from None
        if kinds & {"string_too_long"}:
            raise BadMessage("message.too_long") from None
        raise BadMessage("message.malformed") from None
