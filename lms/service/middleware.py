"""Around every page: probes, compression, the editor's content policy, one line of log."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.csp import CSP

from . import health

Handler = Callable[[HttpRequest], HttpResponseBase]
log = structlog.get_logger("ponte.request")


class ProbeMiddleware:
    """/healthz: this process answers. /readyz: it can do its work.

    First of all: a probe has no host name, no session and no cookie, and must not be redirected to HTTPS.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path == "/healthz":
            return self._answer(HttpResponse("ok", content_type="text/plain"))
        if path == "/readyz":
            report = health.report()
            ready = all(state == "ok" for state in report.values())
            return self._answer(JsonResponse(report, status=200 if ready else 503))
        return self.get_response(request)

    @staticmethod
    def _answer(response: HttpResponse) -> HttpResponse:
        response["Cache-Control"] = "no-store"
        setattr(response, "_has_been_logged", True)  # noqa: B010 (a probe that fails is no error page)
        return response


class CompressMiddleware(GZipMiddleware):
    """Compresses whole pages of text; media, archives and streams go as they are (a Range must stay true)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.get("Content-Type", "").partition(";")[0]
        if response.streaming or not (
            kind.startswith("text/")
            or kind in {"application/json", "image/svg+xml", "application/manifest+json"}
        ):
            return response
        return super().process_response(request, response)


class EditorPolicyMiddleware:
    """The editor under /admin/ has inline scripts and styles of its own; every other page has none."""

    policy = {
        **settings.SECURE_CSP,
        "script-src": [CSP.SELF, CSP.UNSAFE_INLINE, CSP.UNSAFE_EVAL],
        "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
        "img-src": [CSP.SELF, "data:", "blob:"],
        "frame-src": [CSP.SELF],
    }

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path_info.startswith("/admin/") and not hasattr(response, "_csp_config"):
            setattr(response, "_csp_config", self.policy)  # noqa: B010 (Django's own name, not declared)
        return response


class RequestLogMiddleware:
    """One line per request: method, route, status, milliseconds.

    The route is the pattern of the address ("persone/<uuid:uuid>/"), never the address: no person, no search term
    and no code of a letter enters the log. The same identifier stands on every line of one request.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=uuid.uuid4().hex[:12])
        response = self.get_response(request)
        match = request.resolver_match
        log.info(
            "request",
            method=request.method,
            route=match.route if match else "",
            status=response.status_code,
            ms=round((time.perf_counter() - began) * 1000, 1),
        )
        return response
