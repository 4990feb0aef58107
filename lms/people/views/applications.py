"""Requests for an account: from outside, and on the desk of who decides."""

from uuid import UUID

from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .. import access, actions
from ..forms.applications import ApplicationForm
from .guards import PersonRequest, brings_people_in


@require_http_methods(["GET", "POST"])
@rate_limit(action="signup")
def apply(request: HttpRequest) -> HttpResponse:
    """Ask for an account. The answer is the same whoever asks."""
    form = ApplicationForm(request.POST or None, initial={"language": request.LANGUAGE_CODE})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if not data.pop("website"):
            actions.apply_for_account(**data, at=timezone.now())
        return render(request, "people/application_sent.html")
    return render(request, "people/apply.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@brings_people_in
@require_GET
def waiting(request: PersonRequest) -> HttpResponse:
    """The requests that wait for a decision."""
    found = access.applications_visible_to(request.user).filter(state="waiting")
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    return render(request, "people/applications.html", {"page_obj": page})


@login_required
@brings_people_in
@require_POST
def decide(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Accept or set aside."""
    application = access.application_for(request.user, uuid)
    if request.POST.get("decision") == "accept":
        person = actions.accept_application(application, by=request.user, at=timezone.now())
        messages.success(request, _("%(name)s now has an account, and you follow it.") % {"name": person})
        return redirect("people:person", uuid=person.uuid)
    actions.reject_application(application, by=request.user, at=timezone.now())
    messages.success(request, _("The request was set aside."))
    return redirect("people:applications")
