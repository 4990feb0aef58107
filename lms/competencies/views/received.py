"""Validations and certifications: recorded as the body entitled issued them, corrected by another row."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lms.audit.actions import record as audit

from .. import access, actions, queries
from ..forms import CorrectForm, ReceiveForm

SECTION = "competencies"


@login_required
def received(request: HttpRequest, code: str, uuid: UUID) -> HttpResponse:
    """What other bodies issued to one learner, and one more."""
    enrolment = access.enrolment_to_receive(request.user, code, uuid)
    goals = queries.goals_of(enrolment.edition.course)
    form = ReceiveForm(request.POST or None, request.FILES or None, goals=goals)
    if form.is_valid():
        actions.receive(enrolment, by=request.user, at=timezone.now(), **form.words())
        messages.success(request, _("Recorded. The person finds it among their competencies."))
        return redirect("competencies:received", code=code, uuid=uuid)
    audit(
        "read.attestations_received",
        by=request.user,
        subject=enrolment.person,
        target=enrolment,
        at=timezone.now(),
    )
    context = {
        "section": SECTION,
        "enrolment": enrolment,
        "edition": enrolment.edition,
        "documents": queries.received_in(enrolment),
        "form": form,
    }
    return render(request, "competencies/received.html", context)


@login_required
def correct(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put right, or take out, what was recorded wrongly."""
    found = access.received_to_correct(request.user, uuid)
    goals = queries.goals_of(found.enrolment.edition.course)
    form = CorrectForm(request.POST or None, request.FILES or None, goals=goals, about=found)
    if form.is_valid():
        _correct(found, form, request.user)
        messages.success(request, _("Corrected. The row before stays readable, with your reason."))
        return redirect("competencies:received", code=found.enrolment.edition.code, uuid=found.enrolment.uuid)
    context = {"section": SECTION, "found": found, "edition": found.enrolment.edition, "form": form}
    return render(request, "competencies/correct.html", context)


def _correct(found: Any, form: CorrectForm, user: Any) -> None:
    at, reason = timezone.now(), form.cleaned_data["reason"]
    if form.cleaned_data["take_out"]:
        actions.take_out(found, reason=reason, by=user, at=at)
        return
    words = form.words()
    words["document"] = words["document"] or actions.open_document(found, by=user, at=at)
    actions.receive(found.enrolment, about=found, reason=reason, by=user, at=at, **words)


@require_safe
@login_required
def received_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The document itself. Reading another person's is noted."""
    found = access.received_for(request.user, uuid)
    answer = HttpResponse(
        actions.open_document(found, by=request.user, at=timezone.now()), content_type=found.file_type
    )
    end = found.file_type.rpartition("/")[2]
    answer["Content-Disposition"] = f'attachment; filename="{found.kind}-{found.issued_on:%Y-%m-%d}.{end}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
