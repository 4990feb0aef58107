"""What several actions need: the lock of a room, its hands, who is present."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from lms.attendance import queries as attendance_read
from lms.errors import Refused

from .. import events
from ..access import Seat
from ..broadcast import send_on_commit
from ..models import Room

#: all that may change; its class, once loaded, stays loaded
_STATE = [field.name for field in Room._meta.concrete_fields if field.name not in {"id", "session"}]


def lock(room: Room) -> None:
    """Lock the room's row, and know the room as it is now."""
    room.refresh_from_db(fields=_STATE, from_queryset=Room.objects.select_for_update())


def read_again(room: Room) -> None:
    """Know the room as it is now. Takes no lock."""
    room.refresh_from_db(fields=_STATE)


def set_hands(room: Room, hands: list[str]) -> None:
    room.hands = hands
    Room.objects.filter(pk=room.pk).update(hands=hands)
    send_on_commit(room, events.HandsChanged(hands=tuple(UUID(hand) for hand in hands)))


def take_down(room: Room, who: set[str]) -> None:
    left = [hand for hand in room.hands if hand not in who]
    if left != room.hands:
        set_hands(room, left)


def still_believed(at: datetime) -> datetime:
    """The connections of a server that gave no sign of life for longer are ghosts that nobody has cleared away yet."""
    return at - timedelta(seconds=max(settings.LIVE_PROBE_SECONDS, 3 * settings.LIVE_FLUSH_SECONDS))


def is_present(session: Any, user: Any, at: datetime) -> bool:
    return attendance_read.is_connected(session, user, since=still_believed(at))


def must_not_be_over(seat: Seat) -> None:
    if attendance_read.class_state(seat.session) in {"ended", "closed"}:
        raise Refused("room.over", _("This class is over."))
