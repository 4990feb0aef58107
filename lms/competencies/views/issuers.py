"""For machines that verify: who signs here and with which keys, and what was revoked or suspended since."""

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_response_headers
from django.views.decorators.http import conditional_page, require_safe

from .. import access, queries
from ..credentials import did

_DID_TYPE = "application/did+json"
_LIST_TYPES = {False: "application/vc", True: "application/vc+jwt"}
_KEPT = 300  # seconds for which others may keep an answer


@require_safe
def platform(request: HttpRequest) -> HttpResponse:
    """The DID document of this platform."""
    return _document(did.platform())


@require_safe
def agency(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The DID document of an agency that issues here; 404 for any other."""
    return _document(did.of_agency(access.issuing_agency(uuid).uuid))


@require_safe
@conditional_page
def status(request: HttpRequest, uuid: UUID, purpose: str, token: bool = False) -> HttpResponse:
    """The signed list of what is revoked, or suspended; its ETag changes with it."""
    found = access.status_list_for(uuid, purpose)
    text = queries.status_list(found, purpose, at=timezone.now(), token=token)
    return _open_to_all(HttpResponse(text, content_type=_LIST_TYPES[token]))


def _document(identifier: str) -> HttpResponse:
    return _open_to_all(HttpResponse(json.dumps(did.document(identifier)), content_type=_DID_TYPE))


def _open_to_all(response: HttpResponse) -> HttpResponse:
    """Verifiers in a browser, on any site, may read it."""
    response["Access-Control-Allow-Origin"] = "*"
    patch_response_headers(response, cache_timeout=_KEPT)
    return response
