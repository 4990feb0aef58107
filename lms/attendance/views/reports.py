"""The report (verbale) of an inspector."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.dates import day_time

from .. import access_registers, actions
from ..forms import ReportForm
from .covers import crumbs


@login_required
def write(request: HttpRequest, code: str) -> HttpResponse:
    """Add a report to the register: an entry of its chain, never changed afterwards."""
    inspector: Any = request.user
    register = access_registers.register_to_inspect(inspector, code)
    sessions = {
        str(each.uuid): each for each in access_registers.classes_inspected_by(request.user, register)
    }
    choices = [(uuid, f"{each.title}, {day_time(each.starts_at)}") for uuid, each in sessions.items()]
    known = {
        "name": str(inspector),
        "inspected_on": timezone.localdate(),
        "office": inspector.acting_as()[1],
    }
    form = ReportForm(request.POST or None, classes=choices, initial=known)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        session = sessions.get(said.pop("session"))
        actions.write_report(
            register,
            **said,
            page=getattr(session, "register_page", None),
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("The report is in the register. It cannot be changed any more."))
        return redirect("attendance:register", code=register.code)
    context = {
        "register": register,
        "form": form,
        "crumbs": crumbs(register, _("Write a report (verbale)")),
        "section": "registers",
    }
    return render(request, "attendance/report.html", context, status=422 if request.method == "POST" else 200)
