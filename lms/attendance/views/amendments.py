"""Rectifications of closed pages: asked for by one person, confirmed by another."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lms.errors import Refused

from .. import access, actions, queries
from ..forms import AmendForm
from .classes import crumbs


@login_required
def amend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask for other minutes on a closed page."""
    page = access.page_to_sign(request.user, uuid)
    sheet = queries.sheet_of(page.session)
    form = AmendForm(request.POST or None, lines=list(sheet.lines), most=sheet.length)
    if request.method == "POST" and form.is_valid():
        amendment = actions.amend(
            page,
            by=request.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            changes=form.changes(),
        )
        entered = _("The rectification is in the register.")
        waiting = _("The rectification is proposed. It waits for the training director.")
        messages.success(request, entered if amendment.entry_id else waiting)
        return redirect("attendance:class", uuid=uuid)
    people = [line.person for line in sheet.lines]
    actions.note_class_read(page.session, people, by=request.user, at=timezone.now())
    context = {
        "page": page,
        "session": page.session,
        "form": form,
        "late": {d.line.enrolment: d.minutes_now for d in queries.to_amend(page.session, page)},
        "crumbs": crumbs(page.session, _("Propose a rectification")),
        "section": "attendance",
    }
    return render(request, "attendance/amend.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@login_required
def decide(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Confirm or refuse a rectification that somebody else proposed."""
    amendment = access.amendment_to_decide(request.user, uuid)
    answer = request.POST.get("answer")
    if answer == "confirm":
        actions.approve_amendment(amendment, by=request.user, at=timezone.now())
        messages.success(request, _("The rectification is in the register."))
    elif answer == "reject":
        actions.reject_amendment(amendment, by=request.user, at=timezone.now())
        messages.success(request, _("The rectification was not accepted. It stays readable."))
    else:  # what is decided is decided for ever
        raise Refused("amendment.answer", _("Say whether you confirm it. Nothing was changed."), status=400)
    return redirect("attendance:class", uuid=amendment.page.session.uuid)
