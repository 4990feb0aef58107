"""What every request of a signed-in person passes: the second factor, and a session that ends when unused."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from . import access

RENEW_AFTER = 10 * 60  # seconds between two writes of the session's end
_OPEN_WITHOUT = ("/accedi/", "/static/", "/healthz", "/readyz")
_SUPERUSER_ONLY = ("/admin/users/", "/admin/groups/")


class CareMiddleware:
    """Keeps professionals out until they have a second factor, and sessions alive only while used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        # Without a session cookie the session is not touched, so that anonymous pages stay cacheable.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return None
        _keep_alive(request)
        if request.path.startswith(_SUPERUSER_ONLY) and not request.user.is_superuser:
            raise Http404
        if request.path.startswith(_OPEN_WITHOUT) or request.session.get("second_factor"):
            return None
        if not access.needs_second_factor(request.user, for_editor=request.path.startswith("/admin/")):
            return None
        if not access.has_second_factor(request.user):
            return redirect("mfa_activate_totp")
        request.session["second_factor"] = True  # the last one cannot be removed: no need to ask again
        return None


def _keep_alive(request: HttpRequest) -> None:
    idle = request.session.get("idle")
    if idle and time.time() - request.session.get("renewed", 0) > RENEW_AFTER:
        request.session["renewed"] = int(time.time())
        request.session.set_expiry(idle)
