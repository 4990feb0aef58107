"""What we sent against what the receivers have."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from .. import access, actions, queries
from ..forms import StretchForm

PER_PAGE = 50


@require_safe
@login_required
def comparisons(request: HttpRequest) -> HttpResponse:
    """Every comparison, newest first."""
    access.desk(request.user)
    rows = access.reconciliations_visible_to(request.user)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "consortium",
        "tab": "comparisons",
        "page": page,
        "rows": queries.comparisons(page),
        "managed": access.subscribers_managed_by(request.user),
    }
    return render(request, "consortium/comparisons.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def replay(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send a stretch of the feed to one subscriber again: count first, then send."""
    found = access.subscriber_to_manage(request.user, uuid)
    form = StretchForm(request.POST or request.GET or None)
    stretch = form.cleaned_data["stretch"] if form.is_valid() else None
    if request.method == "POST" and stretch:
        done = actions.replay(found, stretch, by=request.user, at=timezone.now())
        text = ngettext(
            "%(number)d record will be sent again within a minute.",
            "%(number)d records will be sent again within a minute.",
            done.again,
        )
        messages.success(request, text % {"number": done.again})
        return redirect("consortium:subscriber", uuid=uuid)
    context = {
        "section": "consortium",
        "tab": "subscribers",
        "subscriber": found,
        "form": form,
        "size": queries.stretch_size(found, stretch) if stretch else None,
    }
    return render(request, "consortium/replay.html", context, status=400 if request.method == "POST" else 200)
