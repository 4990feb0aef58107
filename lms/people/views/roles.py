"""Roles, kept by administrators."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .. import access, actions, queries
from ..forms.people import RoleForm
from .guards import PersonRequest, administers


@login_required
@administers
@require_GET
def index(request: PersonRequest) -> HttpResponse:
    """The professionals of the bodies that one administers."""
    agencies = access.agencies_administered_by(request.user)
    people = queries.search_people(queries.professionals_in(agencies), text=request.GET.get("q", ""))
    page = Paginator(people, 25).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "memberships": queries.roles_of_many(page.object_list),
        "section": "accounts",
    }
    return render(request, "people/roles.html", context)


@login_required
@administers
@require_http_methods(["GET", "POST"])
def person(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The roles of one person; give another."""
    found = access.person_for(request.user, uuid)
    form = RoleForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        actions.grant_role(
            found, form.cleaned_data["role"], form.cleaned_data["agency"], by=request.user, at=timezone.now()
        )
        messages.success(request, _("The role is given."))
        return redirect("people:roles_of", uuid=found.uuid)
    context = {
        "person": found,
        "form": form,
        "memberships": queries.memberships_of(found),
        "section": "accounts",
    }
    return render(request, "people/roles_of.html", context, status=400 if form.is_bound else 200)


@login_required
@administers
@require_POST
def end(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """End one role."""
    held = access.membership_for(request.user, uuid)
    actions.end_role(held.user, held.role, held.agency, by=request.user, at=timezone.now())
    messages.success(request, _("The role has ended."))
    return redirect("people:roles_of", uuid=held.user.uuid)
