"""What stands large before everybody, the timer, and reactions."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lms.attendance import queries as attendance_read
from lms.errors import Refused

from .. import events, limits
from ..access import Seat
from ..broadcast import murmur_on_commit, send_on_commit
from ..models import Poll, PollState, Room
from .shared import lock, must_not_be_over, still_believed


@transaction.atomic
def set_stage(seat: Seat, what: events.What, of: UUID | None, *, at: datetime) -> None:
    """Put slides, one person or one poll before everybody, or nothing. Safe to call twice. Locks the room."""
    seat.must_help()
    must_not_be_over(seat)
    lock(seat.room)
    if what == "person" and not _is_here(seat, of, at):
        raise Refused("stage.nobody", _("This person is not in the class now."))
    if (
        what == "poll"
        and not Poll.objects.filter(room=seat.room, uuid=of or UUID(int=0))
        .exclude(state=PollState.PREPARED)
        .exists()
    ):
        raise Refused("poll.none", _("This poll is not here any more."), status=404)
    if what == "slides" and seat.room.deck_id is None:
        raise Refused("slides.none", _("Choose the page to show first."))
    put_on_stage(seat.room, what, of if what in {"person", "poll"} else None)


def put_on_stage(room: Room, what: events.What, of: UUID | None = None) -> None:
    """Inside a transaction that locked the room."""
    if (room.stage, room.stage_of) == (what, of):
        return
    room.stage, room.stage_of = what, of
    Room.objects.filter(pk=room.pk).update(stage=what, stage_of=of)
    send_on_commit(room, events.StageChanged(stage=stage_now(room)))


def stage_now(room: Room) -> events.Stage:
    return events.Stage(what=room.stage, of=room.stage_of)  # type: ignore[arg-type]


def take_off_stage(room: Room, person: UUID) -> None:
    """Whoever leaves the room leaves the stage. Inside a transaction that locked the room."""
    if room.stage == "person" and room.stage_of == person:
        put_on_stage(room, "slides" if room.deck_id else "nothing")


@transaction.atomic
def set_timer(seat: Seat, minutes: int, *, more: bool = False, at: datetime) -> None:
    """Start the timer of the class, add minutes to it, or stop it with 0. Locks the room."""
    seat.must_help()
    must_not_be_over(seat)
    lock(seat.room)
    room = seat.room
    running = timer_now(room)
    started: datetime | None
    ends: datetime | None
    if more and running and running.ends_at > at:
        longest = timedelta(minutes=events.LONGEST_TIMER)
        started, ends = running.started_at, min(running.ends_at + timedelta(minutes=minutes), at + longest)
    elif minutes:
        started, ends = at, at + timedelta(minutes=minutes)
    else:
        started = ends = None
    room.timer_started_at, room.timer_ends_at = started, ends
    Room.objects.filter(pk=room.pk).update(timer_started_at=started, timer_ends_at=ends)
    send_on_commit(room, events.TimerChanged(now=at, timer=timer_now(room)))


def timer_now(room: Room) -> events.Timer | None:
    if room.timer_started_at is None or room.timer_ends_at is None:
        return None
    return events.Timer(started_at=room.timer_started_at, ends_at=room.timer_ends_at)


def react(seat: Seat, sign: events.Sign) -> None:
    """Show a sign to the room for a moment. Nothing is stored, and nobody is told whose it is. Takes no lock."""
    seat.must_take_part()
    must_not_be_over(seat)
    if not limits.bucket_of(seat.user.pk).signs.take():
        raise Refused("react.too_often", _("Wait a moment before the next sign."), status=429)
    murmur_on_commit(seat.room, {"sign": sign})


def _is_here(seat: Seat, person: UUID | None, at: datetime) -> bool:
    present = attendance_read.people_connected(seat.session, since=still_believed(at))
    return any(one.uuid == person for one, _role in present)
