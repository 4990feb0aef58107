"""How a form of the classroom answers: to a script in a word, to a browser with the page it came from."""

from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from lms.errors import Refused

PLACES = {"prepare": "live:prepare"}  # where a form may say that it stands


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


def done(request: HttpRequest, room_id: UUID, words: str = "") -> HttpResponse:
    """It worked. A script draws the change itself; a browser is sent back to where the form stood."""
    if wants_json(request):
        return JsonResponse({"sentence": words})
    if words:
        messages.success(request, words)
    return redirect(PLACES.get(request.POST.get("from", ""), "live:classroom"), room_id)


def refuse_form(form: BaseForm) -> Refused:
    """What is wrong with a form that is no page of its own, in one refusal."""
    sentences = [str(sentence) for errors in form.errors.values() for sentence in errors]
    return Refused("form.wrong", " ".join(sentences), status=400)
