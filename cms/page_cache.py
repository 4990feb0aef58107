"""Public pages as a visitor without a session sees them, kept whole for a few seconds.

A page of the tree costs its routing, its queries and its template; a visitor who is nobody to us gets what the
last one got. Only pages that Wagtail served with 200, only for requests without a session: whoever is signed in
gets a fresh page, so an editor sees at once what was published. Nothing here is asked about permission: what
needs permission is never served to nobody.

A kept page is at most PUBLIC_PAGES_KEPT seconds old (0: keep nothing), so nothing has to be thrown away.
"""

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import get_nonce
from django.utils.translation import get_language

from cms.appearance import appearance_of

LONGEST_ADDRESS = 400


class PublicPageMiddleware:
    """Stands last, so that the others give a kept page its language and its headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seconds = settings.PUBLIC_PAGES_KEPT
        if not seconds or not _from_nobody(request):
            return self.get_response(request)
        key = _key(request)
        if kept := cache.get(key):
            nonce, body = kept
            if nonce:
                body = body.replace(nonce, str(get_nonce(request)).encode())
            return HttpResponse(body)
        response = self.get_response(request)
        if _may_be_kept(request, response):
            cache.set(key, (_nonce_in(request, response.content), response.content), seconds)
        return response


def _from_nobody(request: HttpRequest) -> bool:
    return (
        request.method == "GET"
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "messages" not in request.COOKIES
        and len(request.get_full_path()) <= LONGEST_ADDRESS
    )


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    match = request.resolver_match
    return (
        match is not None
        and match.url_name == "wagtail_serve"
        and response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and response.get("Content-Type", "").startswith("text/html")
        and "Cache-Control" not in response
    )


def _key(request: HttpRequest) -> str:
    parts = (
        request.scheme,
        request.get_host(),
        request.get_full_path(),
        get_language(),
        appearance_of(request),
    )
    return "cms.page:" + hashlib.sha1("\n".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def _nonce_in(request: HttpRequest, body: bytes) -> bytes:
    """The nonce of this answer if the page holds one: the next reader gets a nonce of their own in its place."""
    nonce = getattr(request, "_csp_nonce", None)
    return str(nonce).encode() if nonce and str(nonce).encode() in body else b""
