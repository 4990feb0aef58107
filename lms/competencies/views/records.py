"""The trainer's list and award, a record, one's own competencies."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses import mapping
from lms.audit.actions import record as audit
from lms.audit.exports import csv_response
from lms.signing import seals

from .. import access, actions, queries
from ..forms import RectifyForm, RevokeForm, SearchForm, SuspendForm

PER_PAGE = 25
SECTION = "competencies"


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Where one's work with competencies begins; whoever only learns goes to their own."""
    if not access.is_professional(request.user):
        return redirect("competencies:mine")
    page = Paginator(access.editions_to_award(request.user), PER_PAGE).get_page(request.GET.get("page"))
    awarded = queries.awarded_by_edition([edition.pk for edition in page])
    rows = [{"edition": edition, "awarded": awarded.get(edition.pk, 0)} for edition in page]
    waiting = access.proposals_to_decide(request.user).count()
    context = {"page": page, "rows": rows, "waiting": waiting, "section": SECTION}
    return render(request, "competencies/index.html", context)


@require_safe
@login_required
def edition(request: HttpRequest, code: str) -> HttpResponse:
    """The people of an edition and how far each is towards each competency."""
    found = access.edition_for(request.user, code)
    form = SearchForm(request.GET)
    search, show = (form.cleaned_data["search"], form.cleaned_data["show"]) if form.is_valid() else ("", "")
    goals = queries.goals_of(found.course)
    learners = queries.learners(found, search, show)
    page = Paginator(learners, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": SECTION,
        "edition": found,
        "form": form,
        "filtered": bool(search or show),
        "goals": goals,
        "page": page,
        "rows": queries.grid(found, page, goals),
        "may_award": access.awards_in(request.user, found),
        "may_receive": access.receives_in(request.user, found),
        "coverage": mapping.coverage(found.course),
    }
    return render(request, "competencies/edition.html", context)


@require_safe
@login_required
def edition_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The same list as a table to keep."""
    found = access.edition_for(request.user, code)
    audit("read.competency_records_export", by=request.user, target=found, at=timezone.now())
    header, rows = queries.edition_table(found)
    return csv_response(f"competenze-{found.code}.csv", header, rows)


@require_safe
@login_required
def record(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One record as it was written. Reading another person's record is logged."""
    found = access.record_for(request.user, uuid)
    _log_read(request, found)
    return render(request, "competencies/record.html", record_context(request.user, found))


@require_POST
@login_required
def revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take an award back."""
    found = access.record_to_revoke(request.user, uuid)
    form = RevokeForm(request.POST)
    if not form.is_valid():
        context = record_context(request.user, found) | {"form": form}
        return render(request, "competencies/record.html", context, status=400)
    actions.revoke(found, by=request.user, at=timezone.now(), **form.cleaned_data)
    messages.success(request, _("Revoked. Everybody who received the record will be told."))
    return redirect("competencies:record", uuid=uuid)


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What I can do, in plain words."""
    context = {
        "sheet": queries.sheet_of(request.user, queries.skills_of(request.user)),
        "received": queries.received_of(request.user),
        "own": True,
        "section": "hours",
    }
    return render(request, "competencies/mine.html", context)


@require_safe
@login_required
def person(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One person's competencies, for the professionals who may read them. Logged."""
    found = access.person_for(request.user, uuid)
    audit(
        "read.competency_records",
        by=request.user,
        subject=found,
        target=found,
        purpose=_("Competencies of a person followed"),
        at=timezone.now(),
    )
    skills = queries.skills_of(found, seen_by=request.user)
    context = {
        "person": found,
        "sheet": queries.sheet_of(found, skills, own=False),
        "received": queries.received_of(found),
        "section": "people",
    }
    return render(request, "competencies/person.html", context)


def record_context(user: Any, found: Any) -> dict[str, Any]:
    """What the page of a record shows to this person."""
    own, stands = found.person_id == user.pk, queries.can_be_revoked(found)
    staff = access.awards_in(user, found.enrolment.edition)
    suspended = queries.suspension_of(found)
    return {
        "section": "hours" if own else SECTION,
        "record": found,
        "own": own,
        "facts": queries.facts_of(found),
        "documents": stands,
        "sealed": seals.configured(),
        "suspended": suspended,
        "may_revoke": stands and staff,
        "may_rectify": stands
        and bool(found.competency_id)
        and access.decides_in(user, found.enrolment.edition),
        "rectify_form": RectifyForm(level=found.level, levels=queries.levels_of(found)),
        "rectifies": queries.rectification_of(found),
        "may_suspend": stands and staff and suspended is None,
        "may_lift": stands and staff and suspended is not None,
        "form": RevokeForm(),
        "suspend_form": SuspendForm(),
    }


def _log_read(request: HttpRequest, found: Any) -> None:
    if found.person_id != request.user.pk:
        audit(
            "read.competency_record",
            by=request.user,
            subject=found.person,
            target=found,
            purpose=_("Record opened"),
            at=timezone.now(),
        )
