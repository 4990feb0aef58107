"""The person shows competencies by link, and sees who looked."""

import base64
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import access, actions, queries
from ..credentials.paper import qr
from ..forms import ShareForm

PER_PAGE = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def shares(request: HttpRequest) -> HttpResponse:
    """Make a link; the links there are."""
    records = queries.shareable_records(request.user)
    chosen = request.GET.getlist("record")
    given = request.POST if request.method == "POST" else None
    form = ShareForm(given, records=records, chosen=chosen)
    if form.is_valid():
        made = actions.share(request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The link is ready. Copy it, or show the square code."))
        return redirect("competencies:share", uuid=made.uuid)
    page = Paginator(queries.shares_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    context = {
        "section": "hours",
        "form": form,
        "records": records,
        "page": page,
        "rows": [{"share": each, "open": each.is_open(now)} for each in page],
    }
    return render(request, "competencies/shares.html", context, status=400 if form.is_bound else 200)


@never_cache
@require_safe
@login_required
def share(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One link: its address and code, what it shows, who looked."""
    found = access.share_for(request.user, uuid)
    address = queries.share_address(found)
    context = {
        "section": "hours",
        "share": found,
        "open": found.is_open(timezone.now()),
        "address": address,
        "qr": _image(qr(address)),
        "records": [(record, queries.facts_of(record)) for record in queries.shared_records(found)],
        "page": Paginator(found.openings.all(), PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "competencies/share.html", context)


@require_POST
@login_required
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End a link."""
    found = access.share_for(request.user, uuid)
    actions.withdraw_share(found, by=request.user, at=timezone.now())
    messages.success(request, _("The link is closed: whoever opens it sees nothing."))
    return redirect("competencies:share", uuid=uuid)


def _image(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
