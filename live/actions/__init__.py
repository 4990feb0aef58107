"""What people do in a room. Every action asks again who this person is here now.

Each one that changes the room locks its row (and only then what attendance locks), so that events are numbered
in the order in which they were committed. None knows about sockets.
"""

from .arrivals import Arrival, Comer, join
from .decks import (
    bring_deck,
    decks_to_prepare,
    describe_page,
    drop_deck,
    move_deck,
    prepare_deck,
    rename_deck,
)
from .door import admit, let_in_again, people_at_door, send_out, set_door
from .doors import (
    Leaver,
    close_orphans,
    come_in,
    issue_ticket,
    keep_alive,
    leave,
    note_clock_jumped,
    note_database_lost,
)
from .floor import call_on, cut_off, may_send, media_room, must_be_in_class, mute, set_floor, speak
from .inspection import check_learners, note_visit
from .lead import end_class, start_class
from .polls import (
    act_on_poll,
    change_poll,
    drop_poll,
    hide_word,
    poll_to_change,
    prepare_poll,
    tallies,
    vote,
    who_answered,
)
from .presence import answer_presence, ask_presence, confirm_by_voice, prompt_for
from .reading import Facts, Part, all_lines, facts, latest_seq, parts_taken, present_now, snapshot
from .rights import Changed, changed_seats, changes_on_record
from .slides import covers_of, deck_for, decks_for, open_picture, pages_for, picture_of, show_slide
from .stage import react, set_stage, set_timer
from .substitute import hand_over
from .talk import (
    LINES_IN_TEN_SECONDS,
    lower_hand,
    lower_hands_of,
    open_chat,
    raise_hand,
    remove_line,
    say,
)

__all__ = [
    "LINES_IN_TEN_SECONDS",
    "Arrival",
    "Changed",
    "Comer",
    "Facts",
    "Leaver",
    "Part",
    "act_on_poll",
    "admit",
    "all_lines",
    "answer_presence",
    "ask_presence",
    "bring_deck",
    "call_on",
    "change_poll",
    "changed_seats",
    "changes_on_record",
    "check_learners",
    "close_orphans",
    "come_in",
    "confirm_by_voice",
    "covers_of",
    "cut_off",
    "deck_for",
    "decks_for",
    "decks_to_prepare",
    "describe_page",
    "drop_deck",
    "drop_poll",
    "end_class",
    "facts",
    "hand_over",
    "hide_word",
    "issue_ticket",
    "join",
    "keep_alive",
    "latest_seq",
    "leave",
    "let_in_again",
    "lower_hand",
    "lower_hands_of",
    "may_send",
    "media_room",
    "move_deck",
    "must_be_in_class",
    "mute",
    "note_clock_jumped",
    "note_database_lost",
    "note_visit",
    "open_chat",
    "open_picture",
    "pages_for",
    "parts_taken",
    "people_at_door",
    "picture_of",
    "poll_to_change",
    "prepare_deck",
    "prepare_poll",
    "present_now",
    "prompt_for",
    "raise_hand",
    "react",
    "remove_line",
    "rename_deck",
    "say",
    "send_out",
    "set_door",
    "set_floor",
    "set_stage",
    "set_timer",
    "show_slide",
    "snapshot",
    "speak",
    "start_class",
    "tallies",
    "vote",
    "who_answered",
]
