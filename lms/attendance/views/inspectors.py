"""Letting inspectors into one class: passes made, shown, revoked."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lms.enrolments.queries import visit_url

from .. import access, actions, queries
from ..forms import PassForm


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def inspectors(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The passes of one class, and the form for another. A guest's address is shown once, here and now."""
    session = access.class_to_open_to_inspectors(request.user, uuid)
    at = timezone.now()
    form = PassForm(request.POST or None, accounts=access.inspectors_of_network(session))
    address, made = "", None
    if request.method == "POST" and form.is_valid():
        made, token = actions.make_pass(session, **form.cleaned_data, by=request.user, at=at)
        address = settings.SITE_URL.rstrip("/") + visit_url(token) if token else ""
        form = PassForm(accounts=access.inspectors_of_network(session))
    context = {
        "session": session,
        "form": form,
        "made": made,
        "address": address,
        "passes": [(held, held.is_open(at)) for held in queries.passes_of(session)],
        "visits": queries.visits_of(session),
        "section": "attendance",
    }
    status = 422 if request.method == "POST" and made is None else 200
    return render(request, "attendance/inspectors.html", context, status=status)


@login_required
@require_POST
def revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End a pass at once."""
    held = access.pass_to_revoke(request.user, uuid)
    actions.revoke_pass(held, by=request.user, at=timezone.now())
    messages.success(request, _("The pass no longer opens the class."))
    return redirect("attendance:inspectors", uuid=held.session.uuid)
