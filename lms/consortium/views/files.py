"""Nightly files: taking one away, its signature, and the key to check it with."""

from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from .. import access, disclosures
from ..files import RING
from ..forms import DeliveryFilter
from ..models import NightlyFile

PER_PAGE = 30
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl; charset=utf-8",
}


@require_safe
@login_required
def issues(request: HttpRequest) -> HttpResponse:
    """Every night's files, newest first; of one subscriber when asked for."""
    access.desk(request.user)
    rows = access.issues_visible_to(request.user)
    if subscriber := DeliveryFilter(request.GET).asked()["subscriber"]:
        rows = rows.filter(subscriber__uuid=subscriber)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "consortium",
        "tab": "files",
        "page": page,
        "open": access.issues_open_to(request.user).filter(pk__in=[each.pk for each in page]),
        "keys": RING.ids(),
    }
    return render(request, "consortium/files.html", context)


@require_safe
@login_required
def download(request: HttpRequest, uuid: UUID, form: str) -> HttpResponse:
    """One file. Each record in it is written down where its person reads it."""
    found = access.file_for(request.user, uuid, form)
    disclosures.downloaded(found.issue, form, by=request.user, at=timezone.now())
    return _file(bytes(found.content), _name(found), _TYPES[found.form])


@require_safe
@login_required
def signature(request: HttpRequest, uuid: UUID, form: str) -> HttpResponse:
    """The 64 bytes of the signature over a file. They say nothing of anybody."""
    found = access.file_for(request.user, uuid, form)
    return _file(bytes(found.signature), f"{_name(found)}.sig", "application/octet-stream")


@require_safe
def key(request: HttpRequest, key_id: str) -> HttpResponse:
    """A public key that signs files, for anybody."""
    public = RING.public(key_id)
    if public is None:
        raise Http404
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return _file(pem, f"{key_id}.pem", "application/x-pem-file", cache="public, max-age=3600")


def _name(found: NightlyFile) -> str:
    issue = found.issue
    return f"ponte-{timezone.localdate(issue.made_at):%Y-%m-%d}-{issue.number:05d}.{found.form}"


def _file(data: bytes, name: str, kind: str, *, cache: str = "private, no-store") -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = cache
    response["X-Content-Type-Options"] = "nosniff"
    return response
