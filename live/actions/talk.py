"""Writing to the room, and asking to speak."""

from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cms.sanitize import plain
from lms.enrolments.queries import active_learners
from lms.errors import Refused

from .. import access, events
from ..access import Seat
from ..broadcast import send_on_commit
from ..models import LONGEST_LINE, ChatLine, Room
from .shared import lock, must_not_be_over, set_hands, take_down

LINES_IN_TEN_SECONDS = 6


@transaction.atomic
def say(
    seat: Seat, text: str, *, key: UUID, to_staff: bool = False, thread: UUID | None = None, at: datetime
) -> ChatLine:
    """Store a line of chat and tell those who may read it. The same key twice is one line. Locks the room.

    `to_staff` puts a learner's line on their private line with the staff; staff answer there with `thread`.
    While the chat is closed learners still reach the staff.
    """
    seat.must_take_part()
    must_not_be_over(seat)
    text = plain(text, limit=LONGEST_LINE)
    if not text:
        raise Refused("chat.empty", _("Write something first."))
    lock(seat.room)
    mine = ChatLine.objects.filter(room=seat.room, author=seat.user)
    if (already := mine.filter(key=key).first()) is not None:
        return already
    learner = _thread(seat, to_staff, thread)
    if learner is None and not seat.room.chat_open and not seat.helps:
        raise Refused("chat.closed", _("The chat is closed now. You can still write to the trainer only."))
    if mine.filter(at__gt=at - timedelta(seconds=10)).count() >= LINES_IN_TEN_SECONDS:
        raise Refused(
            "chat.too_often",
            _("You are writing very fast. Wait a few seconds, then send it again."),
            status=429,
        )
    line = ChatLine(
        room=seat.room, author=seat.user, role=seat.role, text=text, at=at, key=key, thread=learner
    )
    said = events.Said(
        id=line.uuid,
        key=key,
        person=seat.person,
        text=text,
        at=at,
        thread=access.person_of(learner, "learner") if learner else None,
    )
    line.seq = send_on_commit(seat.room, said)
    line.save()
    return line


@transaction.atomic
def remove_line(seat: Seat, line: UUID, *, at: datetime) -> None:
    """Staff take a line out of sight; it stays, with who did it and when. Safe to call twice. Locks the room."""
    seat.must_help()
    lock(seat.room)
    found = ChatLine.objects.filter(room=seat.room, uuid=line).first()
    if found is None:
        raise Refused("chat.no_line", _("This message is not here."), status=404)
    if found.removed_at is not None:
        return
    found.removed_at, found.removed_by = at, seat.user
    found.removed_seq = send_on_commit(seat.room, events.Removed(id=found.uuid, at=at, by=seat.person.name))
    found.save(update_fields=["removed_at", "removed_by", "removed_seq"])


@transaction.atomic
def open_chat(seat: Seat, is_open: bool) -> None:
    """Let everybody write to everybody, or to the staff only. Safe to call twice. Locks the room."""
    seat.must_help()
    must_not_be_over(seat)
    lock(seat.room)
    if seat.room.chat_open != is_open:
        seat.room.chat_open = is_open
        Room.objects.filter(pk=seat.room.pk).update(chat_open=is_open)
        send_on_commit(seat.room, events.ChatOpened(open=is_open))


def lines_for(seat: Seat) -> QuerySet[ChatLine]:
    """The lines that this person may know of: what was said to all, one's own private line, for staff each one."""
    lines = ChatLine.objects.filter(room=seat.room).select_related("author", "thread", "removed_by")
    if seat.helps:
        return lines
    return lines.filter(Q(thread=None) | Q(thread=seat.user))


def line_as_told(line: ChatLine, seat: Seat) -> events.Line:
    """One line as this person reads it."""
    removed = line.removed_at is not None
    return events.Line(
        seq=line.seq,
        id=line.uuid,
        key=line.key,
        person=access.person_of(line.author, cast(events.Role, line.role)),
        text="" if removed and not seat.helps and line.author_id != seat.user.pk else line.text,
        at=line.at,
        thread=access.person_of(line.thread, "learner") if line.thread else None,
        removed_at=line.removed_at,
        removed_by=str(line.removed_by) if removed and seat.helps else None,
    )


def _thread(seat: Seat, to_staff: bool, thread: UUID | None) -> Any:
    """The learner whose private line is meant, or None for everybody."""
    if seat.role == "learner":
        return seat.user if to_staff or thread == seat.user.uuid else None
    if thread is None:
        return None
    seat.must_help()
    enrolled = active_learners(seat.session.edition).filter(person__uuid=thread).select_related("person")
    found = enrolled.first()
    if found is None:
        raise Refused("chat.nobody", _("This person is no longer in the class."))
    return found.person


# ------------------------------------------------------------------ hands


@transaction.atomic
def raise_hand(seat: Seat) -> None:
    """Put this person at the end of the queue. Safe to call twice. Locks the room."""
    seat.must_take_part()
    must_not_be_over(seat)
    lock(seat.room)
    mine = str(seat.user.uuid)
    if mine not in seat.room.hands:
        set_hands(seat.room, [*seat.room.hands, mine])


@transaction.atomic
def lower_hand(seat: Seat) -> None:
    """Take this person out of the queue. Safe to call twice. Locks the room."""
    lock(seat.room)
    take_down(seat.room, {str(seat.user.uuid)})


@transaction.atomic
def lower_hands_of(seat: Seat, person: UUID | None) -> None:
    """Staff take one person, or everybody, out of the queue. Safe to call twice. Locks the room."""
    seat.must_help()
    lock(seat.room)
    take_down(seat.room, {str(person)} if person else set(seat.room.hands))
