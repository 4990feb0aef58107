"""A record as files to take along; its suspension."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.audit.actions import record as audit

from .. import access, actions
from ..forms import SuspendForm
from ..models import Credential
from .records import record_context

_TYPES = {
    "json": ("application/json", "json"),
    "jwt": ("application/vc+jwt", "jwt"),
    "png": ("image/png", "png"),
    "svg": ("image/svg+xml", "svg"),
    "pdf": ("application/pdf", "pdf"),
}


@require_safe
@login_required
def download(request: HttpRequest, uuid: UUID, form: str) -> HttpResponse:
    """One document of a record, made when it is first asked for. Taking another person's is logged."""
    found = access.record_for(request.user, uuid)
    given = actions.give_out(found, form, at=timezone.now())
    if found.person_id != request.user.pk:
        audit(
            "read.competency_document",
            by=request.user,
            subject=found.person,
            target=found,
            purpose=form,
            at=timezone.now(),
        )
    return file_response(given, found.uuid)


def file_response(given: Credential, uuid: UUID) -> HttpResponse:
    """The document as a file to keep: never shown inside a page of ours."""
    content_type, ending = _TYPES[given.form]
    response = HttpResponse(bytes(given.content), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="attestato-{str(uuid)[:8]}.{ending}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@login_required
def suspend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say that an award does not count for now."""
    found = access.record_to_revoke(request.user, uuid)
    form = SuspendForm(request.POST)
    if not form.is_valid():
        context = record_context(request.user, found) | {"suspend_form": form}
        return render(request, "competencies/record.html", context, status=400)
    actions.suspend(found, by=request.user, at=timezone.now(), **form.cleaned_data)
    messages.success(
        request, _("Suspended. Whoever verifies it now sees that it does not count for the moment.")
    )
    return redirect("competencies:record", uuid=uuid)


@require_POST
@login_required
def lift(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let an award count again."""
    found = access.record_to_revoke(request.user, uuid)
    actions.lift_suspension(found, by=request.user, at=timezone.now())
    messages.success(request, _("The record counts again."))
    return redirect("competencies:record", uuid=uuid)
