"""Doors of whole pages: whoever may not know of them gets the 404 of an absent page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse

from .. import access
from ..models import User


class PersonRequest(HttpRequest):
    """A request behind login_required: its user is a person. For type checkers."""

    user: User


def first_time(key: str) -> bool:
    """Whether this form's key comes for the first time: a form sent twice is written once."""
    return cache.add(f"people-form:{key}", True, 24 * 3600)


def may_come_again(key: str) -> None:
    """The form was refused: correcting it and sending it again is no repeat."""
    cache.delete(f"people-form:{key}")


def _guard(allowed: Callable[[Any], bool]) -> Callable:
    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not allowed(request.user):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


brings_people_in = _guard(lambda user: access.brings_people_in(user) or user.is_superuser)
reads_people = _guard(
    lambda user: (
        access.brings_people_in(user)
        or access.has_role(user, access.Role.CONSORTIUM_COORDINATOR)
        or user.is_superuser
    )
)
administers = _guard(lambda user: access.has_role(user, access.Role.ADMINISTRATOR) or user.is_superuser)
