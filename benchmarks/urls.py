"""The site's addresses, and the view that the pages are measured against."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from lms.urls import urlpatterns as site


@cache
def _bytes_of(name: str) -> bytes:
    return (Path(settings.DATA_DIR) / "bodies" / name).read_bytes()


def baseline(request: HttpRequest, name: str) -> HttpResponse:
    """Loads the session's user behind the same middleware, and returns the very bytes of the page it stands for."""
    assert request.user.is_authenticated
    return HttpResponse(_bytes_of(name))


urlpatterns = [path("baseline/<slug:name>/", baseline), *site]
