"""Pages of own study in a register: the preview, the closing, one closed page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from .. import access_registers, actions, queries
from ..forms import StudyPageForm
from .covers import crumbs
from .signatures import sign_url


@login_required
def close(request: HttpRequest, code: str) -> HttpResponse:
    """First what the page would hold, then, as an act of its own, closing it."""
    register = access_registers.register_to_run(request.user, code)
    form = StudyPageForm(request.POST or request.GET or None)
    sheet = None
    if form.is_bound and form.is_valid():
        if request.method == "POST":
            page = actions.close_study_page(register, until=form.until(), by=request.user, at=timezone.now())
            messages.success(
                request,
                _("Page %(number)s is closed and in the register. Now it waits for signatures.")
                % {"number": page.number},
            )
            return redirect("attendance:study_page", code=register.code, number=page.number)
        sheet = queries.study_sheet(register, until=form.until())
        people = [line.person for line in sheet.lines]
        actions.note_study_read(register, people, by=request.user, at=timezone.now())
    context = {
        "register": register,
        "form": form,
        "sheet": sheet,
        "last": queries.last_study_page(register),
        "crumbs": crumbs(register, _("Close a page of own study")),
        "section": "registers",
    }
    return render(request, "attendance/study_close.html", context, status=422 if form.errors else 200)


@require_GET
@login_required
def page(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One page of own study, as it was closed."""
    register = access_registers.register_for(request.user, code)
    found = access_registers.study_page_for(request.user, register, number)
    now = timezone.now()
    body = queries.body_of_entry(found.entry)
    people = [line["person"] for line in body["learners"]]
    actions.note_study_read(found, people, by=request.user, at=now)
    context = {
        "register": register,
        "page": found,
        "body": body,
        "sign_url": sign_url(found.entry),
        "slots": queries.slots_of(found.entry, at=now),
        "mine": queries.next_for(
            found.entry, access_registers.roles_in_register(request.user, register), at=now
        ),
        "crumbs": crumbs(register, _("Page %(number)s") % {"number": number}),
        "section": "registers",
    }
    return render(request, "attendance/study_page.html", context)
