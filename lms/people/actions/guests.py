"""Guests: people who enter by a credential of another app and have no other way in."""

from datetime import datetime
from typing import Any

from lms.audit.actions import record

from ..models import User
from .people import free_username


def make_guest(name: str, *, by: Any, at: datetime) -> User:
    """An account with a name and nothing else: no password, no role, no address. Each call makes another one."""
    first, _space, last = name.strip().partition(" ")
    guest = User(
        username=free_username("ospite", name),
        first_name=first[:150],
        last_name=last[:150],
        date_joined=at,
    )
    guest.set_unusable_password()
    guest.save()
    record("write.guest", by=by, subject=guest, purpose="make", at=at)
    return guest


def close_guest(guest: User) -> bool:
    """Shut a guest's account, in open sessions too. Safe to call twice; returns whether it was open."""
    return bool(User.objects.filter(pk=guest.pk, is_active=True).update(is_active=False))
