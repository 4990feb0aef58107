"""For anybody, without an account: is this certificate genuine, and does it still count?"""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from lms.errors import Refused
from lms.signing import seals

from .. import access, actions, queries, wording
from ..credentials.reading import MAX_BYTES
from ..forms import FileForm, NumberForm, VisitorForm
from ..models import Share
from .documents import file_response
from .limits import refuse_too_many

_SEEN_FOR = 12 * 3600  # seconds that a visitor who said who they are may look again
_ENVELOPE = 64 * 1024  # bytes of a form around its file
#: What a link lets its visitor take along.
SHARED_FORMS = ("pdf", "json")


# Nothing is written and nobody is signed in: there is nothing that another site could do in the visitor's name, and
# the check would read the whole upload before its size is looked at.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Send a file, or write a number."""
    if request.method == "POST":
        return _of_file(request)
    refuse_too_many(request, "verify")
    number = NumberForm(request.GET if "number" in request.GET else None)
    if number.is_bound and number.is_valid():
        return redirect("verification:record", uuid=number.cleaned_data["number"])
    return _page(request, number=number, status=400 if number.is_bound else 200)


def _of_file(request: HttpRequest) -> HttpResponse:
    refuse_too_many(request, "verify_file")
    if _length(request) > MAX_BYTES + _ENVELOPE:
        return _page(request, file=FileForm(), problem=wording.problem("size"), status=413)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, file=form, status=400)
    verdict = queries.verify_file(form.cleaned_data["file"].read(), at=timezone.now())
    if verdict.problem:
        return _page(request, problem=wording.problem(verdict.problem), status=400)
    return _verdict(request, verdict)


def _length(request: HttpRequest) -> int:
    """As the head of the request says; what is no number counts as nothing, and nothing is read then."""
    said = request.headers.get("content-length") or ""
    return int(said[:20]) if said.isdecimal() else 0


@never_cache
@require_safe
def record(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How the certificate with this number stands, and nothing personal."""
    refuse_too_many(request, "verify")
    return _verdict(request, queries.verify_number(uuid, at=timezone.now()))


def _verdict(request: HttpRequest, verdict: queries.Verdict) -> HttpResponse:
    facts = queries.facts_of(verdict.record) if verdict.record else None
    context = {
        "verdict": verdict,
        "words": wording.verdict(verdict, facts),
        "facts": facts,
        "checked_at": timezone.now(),
    }
    missing = verdict.standing == queries.Standing.NOT_FOUND
    return _unlisted(render(request, "verification/verdict.html", context, status=404 if missing else 200))


def _page(
    request: HttpRequest,
    *,
    file: FileForm | None = None,
    number: NumberForm | None = None,
    problem: str = "",
    status: int,
) -> HttpResponse:
    context = {"file": file or FileForm(), "number": number or NumberForm(), "problem": problem}
    return render(request, "verification/index.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What a person shows by link: first the visitor says who they are, and the person will see it."""
    refuse_too_many(request, "share")
    found = access.share_by_token(token, at=timezone.now())
    if found is None:
        return _unlisted(render(request, "verification/closed.html", status=404))
    if _may_look(request, found):
        return _unlisted(render(request, "verification/shared.html", _shared_context(found, token)))
    form = VisitorForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.open_share(found, said=form.cleaned_data["said"], at=timezone.now())
        except Refused as refusal:
            form.add_error("said", refusal.sentence)
        else:
            return _remember(redirect("verification:shared", token=token), found, token)
    context = {"form": form, "person": found.person, "share": found}
    return _unlisted(render(request, "verification/who.html", context, status=400 if form.is_bound else 200))


@never_cache
@require_safe
def shared_file(request: HttpRequest, token: str, uuid: UUID, form: str) -> HttpResponse:
    """A document of a record that a link shows."""
    refuse_too_many(request, "share")
    found = access.share_by_token(token, at=timezone.now())
    if found is None or form not in SHARED_FORMS:
        raise Http404
    shown = access.shared_record(found, uuid)
    if not _may_look(request, found):
        return redirect("verification:shared", token=token)
    return _unlisted(file_response(actions.give_out(shown, form, at=timezone.now()), shown.uuid))


def _shared_context(found: Share, token: str) -> dict:
    now = timezone.now()
    rows = []
    for record in queries.shared_records(found):
        verdict = queries.Verdict(queries.standing_of(record, at=now), record)
        facts = queries.facts_of(record)
        rows.append(
            {
                "record": record,
                "facts": facts,
                "words": wording.verdict(verdict, facts),
                "files": verdict.standing == queries.Standing.VALID,
            }
        )
    return {
        "share": found,
        "person": found.person,
        "rows": rows,
        "token": token,
        "sealed": seals.configured(),
        "checked_at": now,
    }


def _cookie(found: Share) -> str:
    return f"seen-{str(found.uuid)[:8]}"


def _may_look(request: HttpRequest, found: Share) -> bool:
    """Whether the visitor said who they are in the last hours, or is the person who shares."""
    if request.user.is_authenticated and request.user.pk == found.person_id:
        return True
    said = request.get_signed_cookie(_cookie(found), default="", salt="share", max_age=_SEEN_FOR)
    return said == str(found.uuid)


def _remember(response: HttpResponse, found: Share, token: str) -> HttpResponse:
    response.set_signed_cookie(
        _cookie(found),
        str(found.uuid),
        salt="share",
        max_age=_SEEN_FOR,
        path=reverse("verification:shared", args=[token]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    # Not "no-referrer": browsers then post the form with the origin "null", which the check against forgery refuses.
    response["Referrer-Policy"] = "same-origin"
    return response
