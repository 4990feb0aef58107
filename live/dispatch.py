"""Which action answers which message of a client. One line per message; a test holds the list complete."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from . import actions, events
from .access import Seat

Handler = Callable[[Seat, Any, datetime], Any]

#: the socket itself takes `hello`, `probe_ack` and `bye`, its voice (voices.py) takes `rtc`
HANDLERS: dict[type, Handler] = {
    events.AskSnapshot: lambda seat, message, at: actions.snapshot(seat, since=message.seq, at=at),
    events.Chat: lambda seat, message, at: actions.say(
        seat, message.text, key=message.key, to_staff=message.to == "staff", thread=message.thread, at=at
    ),
    events.RemoveLine: lambda seat, message, at: actions.remove_line(seat, message.line, at=at),
    events.OpenChat: lambda seat, message, at: actions.open_chat(seat, message.open),
    events.React: lambda seat, message, at: actions.react(seat, message.sign),
    events.ShowSlide: lambda seat, message, at: actions.show_slide(seat, message.deck, message.page, at=at),
    events.SetStage: lambda seat, message, at: actions.set_stage(seat, message.what, message.of, at=at),
    events.SetTimer: lambda seat, message, at: actions.set_timer(
        seat, message.minutes, more=message.more, at=at
    ),
    events.Vote: lambda seat, message, at: actions.vote(
        seat, message.poll, choices=message.choices, word=message.word, key=message.key, at=at
    ),
    events.ActOnPoll: lambda seat, message, at: actions.act_on_poll(seat, message.poll, message.do, at=at),
    events.HideWord: lambda seat, message, at: actions.hide_word(
        seat, message.poll, message.word, message.hidden
    ),
    events.Hand: lambda seat, message, at: (
        actions.raise_hand(seat) if message.up else actions.lower_hand(seat)
    ),
    events.Lower: lambda seat, message, at: actions.lower_hands_of(seat, message.person),
    events.Start: lambda seat, message, at: actions.start_class(seat, at=at),
    events.PromptAck: lambda seat, message, at: actions.answer_presence(
        seat, message.prompt, key=message.key, at=at
    ),
    events.End: lambda seat, message, at: actions.end_class(seat, at=at),
    events.Speak: lambda seat, message, at: actions.speak(seat, at=at),
    events.Mute: lambda seat, message, at: actions.mute(seat, message.person, at=at),
    events.CallOn: lambda seat, message, at: actions.call_on(seat, message.person, at=at),
    events.SetFloor: lambda seat, message, at: actions.set_floor(
        seat, held=message.held, cameras=message.cameras, at=at
    ),
}
