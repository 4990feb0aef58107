"""Whom the browser's session names, for a socket."""

from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.utils import timezone

_store: Any = import_module(settings.SESSION_ENGINE).SessionStore


class _Known(_store):
    """A session whose stored text was read already."""

    def __init__(self, row: Any) -> None:
        super().__init__(row.session_key)
        self.text = row.session_data

    def load(self) -> dict[str, Any]:
        return _store().decode(self.text)  # the name of the class is in the signature

    def cycle_key(self) -> None:
        """The browser cannot be told of another key here; its next page does that."""


def users_of(scopes: Sequence[dict[str, Any]]) -> list[Any]:
    """For each socket the signed-in person whose cookie came with its request, or None.

    Reads the sessions anew: one query for all and one for each person. Channels' own middleware would do it in
    the one thread that everybody shares, and before the ticket was looked at.
    """
    keys = [_key_of(scope) for scope in scopes]
    alive = _store.get_model_class().objects.filter(expire_date__gt=timezone.now())
    rows = {row.session_key: row for row in alive.filter(session_key__in=[key for key in keys if key])}
    return [_user_of(rows[key]) if key in rows else None for key in keys]


def _key_of(scope: dict[str, Any]) -> str:
    raw = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    try:
        cookie = SimpleCookie(raw).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    key = cookie.value if cookie else ""
    return key if key.isascii() and key.isalnum() else ""  # a quoted cookie may hold any character, NUL too


def _user_of(row: Any) -> Any:
    user = get_user(SimpleNamespace(session=_Known(row)))  # type: ignore[arg-type]
    return user if user.is_authenticated else None
