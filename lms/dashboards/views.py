"""The home page of each role, the list of people and the page of one person."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lms.audit import actions as audit
from lms.audit.exports import csv_response
from lms.people import access as people

from . import access, homes, queries, sheet
from .actions import note_reading
from .forms import PeopleFilter

PER_PAGE = 25


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The page that a person sees first after signing in."""
    open_homes = access.homes_of(request.user)
    chosen = request.GET.get("home", "")
    chosen = chosen if chosen in open_homes else open_homes[0]
    context = homes.CONTEXT[chosen](request.user, timezone.now())
    context |= {"homes": open_homes, "chosen": chosen, "section": "today"}
    return render(request, f"dashboards/home_{chosen}.html", context)


@require_GET
@login_required
def people_list(request: HttpRequest) -> HttpResponse:
    """My people: first those who need a call. Filters stay in the address; the export is what is seen."""
    at = timezone.now()
    enrolments = access.followed_enrolments(request.user, at=at)
    form = PeopleFilter(request.GET or None, enrolments=enrolments)
    found = list(form.narrow(enrolments, at=at))
    contacts = access.contacts_open_in(request.user, found)
    closed = access.hours_closed_in(request.user, found)
    rows = form.narrow_rows(queries.person_rows(found, at, contacts=contacts, hours_closed=closed))
    note_reading(rows, by=request.user, at=at)
    if request.GET.get("formato") == "csv":
        return csv_response("persone.csv", queries.export_header(), map(queries.export_row, rows))
    context = {
        "form": form,
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "total": len(rows),
        "export_query": _with(request, formato="csv"),
    }
    return render(request, "dashboards/people.html", context)


@require_GET
@login_required
def person(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One person: who and what is agreed, what happened, the next date."""
    at = timezone.now()
    who = access.person_in_care(request.user, uuid)
    audit.record("read.person", by=request.user, subject=who, purpose=_("Follow the person's path"), at=at)
    context: dict[str, Any] = sheet.of(who, seen_by=request.user, at=at)
    context["breadcrumb"] = [(_("Today"), "/oggi/"), (_("People"), "/oggi/persone/"), (str(who), "")]
    context["role_names"] = people.roles_of(request.user)
    return render(request, "dashboards/person.html", context)


def _with(request: HttpRequest, **extra: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in extra.items():
        query[name] = value
    return query.urlencode()
