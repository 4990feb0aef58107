"""How lms and live say no."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


class Refused(Exception):
    """An action that this person may know about, and that cannot be done now.

    `code` is stable and for programs ("page.closed"); `sentence` is for the reader: what happened, what
    is safe, what to do next. `status` is the HTTP status of the answer. What a person may not know
    exists is a plain 404 and never this.
    """

    def __init__(self, code: str, sentence: str, *, status: int = 409) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.status = status

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


class RefusedMiddleware:
    """Shows a Refused as a page, or as JSON to whoever asked for JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        if request.headers.get("accept", "").startswith("application/json"):
            return JsonResponse(
                {"code": exception.code, "sentence": str(exception.sentence)}, status=exception.status
            )
        return render(request, "errors/refused.html", {"refused": exception}, status=exception.status)
