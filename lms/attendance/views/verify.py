"""The public check of a register: with its code or its PDF, and what whoever checks offline needs. It names nobody."""

import json
from pathlib import Path

from allauth.decorators import rate_limit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from lms.signing import seals

from .. import checking, offline
from ..forms import CheckForm


@never_cache
@require_http_methods(["GET", "POST"])
@rate_limit(action="verify_register")
def verify(request: HttpRequest) -> HttpResponse:
    """Is it whole? Yes, no and why, or nothing of ours. A paper is read and not kept."""
    sent = request.method == "POST"
    form = CheckForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        initial={"code": request.GET.get("codice", "")},
    )
    found = None
    if sent and form.is_valid():
        paper = form.cleaned_data["paper"]
        found = (
            checking.check_paper(paper.read()) if paper else checking.check_code(form.cleaned_data["code"])
        )
    keys = checking.published_keys()["ed25519"]
    context = {"form": form, "found": found, "keys": keys, "sealed": bool(seals.published())}
    return render(request, "attendance/verify.html", context, status=422 if form.errors else 200)


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """Every public key and certificate, for the programme that checks offline."""
    text = json.dumps(checking.published_keys(), indent=1)
    return _file(text.encode(), "chiavi.json", "application/json")


@require_GET
def certificates(request: HttpRequest) -> HttpResponse:
    """The certificates of the seal alone, for whoever checks with another tool."""
    return _file(seals.published(), "certificati.pem", "application/x-pem-file")


@require_GET
def programme(request: HttpRequest) -> HttpResponse:
    """The programme that checks a paper without a network; it needs Python and nothing else."""
    text = (Path(offline.__file__).parent / "verifica_registro.py").read_bytes()
    return _file(text, "verifica_registro.py", "text/x-python; charset=utf-8")


def _file(data: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
