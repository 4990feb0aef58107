"""Whom the browser's session names, for a socket."""

from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import Http404


def user_of(scope: dict[str, Any]) -> Any:
    """The signed-in person whose cookie came with the socket's request, or Http404.

    Reads the session anew (a thread of the pool, one or two queries). Channels' own middleware would do it in
    the one thread that everybody shares, and before the ticket was looked at.
    """
    raw = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    try:
        cookie = SimpleCookie(raw).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        cookie = None
    if cookie is None:
        raise Http404
    store = import_module(settings.SESSION_ENGINE).SessionStore(cookie.value)
    user = get_user(SimpleNamespace(session=store))  # type: ignore[arg-type]
    if not user.is_authenticated:
        raise Http404
    return user
