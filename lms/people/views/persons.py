"""Accounts of the people one follows or administers."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lms.audit.exports import csv_response
from lms.errors import Refused

from .. import access, actions, queries
from ..forms.people import CaseForm, FilterForm, PersonForm, PurposeForm
from ..models import User
from .guards import PersonRequest, brings_people_in, first_time, may_come_again, reads_people


def _filtered(request: PersonRequest) -> tuple[FilterForm, QuerySet[User]]:
    form = FilterForm(request.GET, user=request.user)
    form.is_valid()
    data = form.cleaned_data
    people = access.people_visible_to(request.user).exclude(pk=request.user.pk)
    return form, queries.search_people(
        people, text=data.get("q", ""), agency=data.get("agency"), state=data.get("state", "")
    )


@login_required
@reads_people
@require_GET
def index(request: PersonRequest) -> HttpResponse:
    """Whom one follows or administers, with search, filters and export."""
    form, people = _filtered(request)
    if request.GET.get("formato") == "csv":
        return _export(request, people)
    page = Paginator(people, 25).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "memberships": queries.roles_of_many(page.object_list),
        "may_bring_in": access.brings_people_in(request.user),
        "applications": access.applications_visible_to(request.user).filter(state="waiting").count(),
        "may_administer": access.agencies_administered_by(request.user).exists(),
        "section": "accounts",
    }
    return render(request, "people/people.html", context)


def _export(request: PersonRequest, people: QuerySet[User]) -> HttpResponse:
    """What the list shows; contacts only of those whom one follows, and each of these reads is recorded."""
    rows = actions.export_people(people, by=request.user, at=timezone.now())
    header = [
        _("Surname"),
        _("Name"),
        _("User name"),
        _("Language"),
        _("Last sign-in"),
        _("Phone"),
        _("E-mail"),
    ]
    return csv_response("persone.csv", header, rows)


@login_required
@brings_people_in
@require_http_methods(["GET", "POST"])
def create(request: PersonRequest) -> HttpResponse:
    """Bring one person in."""
    form = PersonForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data.pop("key")
        if not first_time(key):
            return redirect("people:people")
        try:
            person = actions.create_person(
                by=request.user, at=timezone.now(), follow=True, **form.cleaned_data
            )
        except Refused as refusal:
            may_come_again(key)
            form.add_error(None, refusal.sentence)
        else:
            messages.success(
                request,
                _("%(name)s is here. Now print the letter, or say to sign in by phone.") % {"name": person},
            )
            return redirect("people:person", uuid=person.uuid)
    return render(request, "people/person_new.html", {"form": form}, status=400 if form.is_bound else 200)


@login_required
@never_cache
@require_GET
def person(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """One account: who it is, who follows, letters. Opening it is recorded."""
    found = access.person_for(request.user, uuid)
    if found == request.user:
        return redirect("people:profile")
    card = actions.open_card(request.user, found, at=timezone.now())
    return render(
        request, "people/person.html", {"card": card, "person": found, "purpose_form": PurposeForm()}
    )


@login_required
@never_cache
@require_POST
def codice_fiscale(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Show the codice fiscale once, after the reason is given."""
    found = access.person_for(request.user, uuid)
    if found == request.user:
        return redirect("people:profile")
    form = PurposeForm(request.POST)
    context = {"person": found, "purpose_form": form}
    if form.is_valid():
        context["code"] = actions.reveal_codice_fiscale(
            found, by=request.user, purpose=form.cleaned_data["purpose"], at=timezone.now()
        )
    context["card"] = actions.open_card(request.user, found, at=timezone.now())
    return render(request, "people/person.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def assign(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Let a colleague follow this person too."""
    found = access.person_for(request.user, uuid)
    agencies = access.agencies_to_assign_in(request.user, found)
    if not agencies:
        raise Http404
    form = CaseForm(request.POST or None, agencies=agencies)
    if request.method == "POST" and form.is_valid():
        actions.assign_case_in(
            agencies,
            form.cleaned_data["professional"],
            found,
            basis=form.cleaned_data["basis"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(
            request, _("%(name)s now follows this person.") % {"name": form.cleaned_data["professional"]}
        )
        return redirect("people:person", uuid=found.uuid)
    context = {"form": form, "person": found}
    return render(request, "people/case_new.html", context, status=400 if form.is_bound else 200)


@login_required
@require_POST
def end_case(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Stop following."""
    case = access.case_for(request.user, uuid)
    actions.end_case(case, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s is no longer followed here.") % {"name": case.beneficiary})
    return redirect("people:people")
