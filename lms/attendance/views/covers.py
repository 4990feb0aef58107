"""What stands before the pages of a register: its cover, and the stamp of an office."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import access_registers, actions, queries
from ..forms import ParticularsForm, VidimationForm


@login_required
def cover(request: HttpRequest, code: str) -> HttpResponse:
    """Write the cover of an edition's register; where there is none yet, this opens it."""
    edition = access_registers.edition_for_cover(request.user, code)
    register = queries.register_for_edition(edition)
    form = ParticularsForm(request.POST or None, instance=queries.particulars_of(edition))
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        actions.set_particulars(edition, form.cleaned_data, by=request.user, at=now)
        opened = actions.open_register(edition, by=request.user, at=now)
        said = _("The new cover is in the register; the one before stays readable.")
        messages.success(
            request, said if register else _("The register is open. Now record its stamp (vidimazione).")
        )
        return redirect("attendance:register", code=opened.code)
    context = {
        "edition": edition,
        "register": register,
        "form": form,
        "crumbs": [
            (_("Registers"), reverse("attendance:registers")),
            (register.code, reverse("attendance:register", args=[register.code]))
            if register
            else (edition.code, ""),
            (_("Cover"), ""),
        ],
        "section": "registers",
    }
    return render(request, "attendance/cover.html", context, status=422 if request.method == "POST" else 200)


@login_required
def stamp(request: HttpRequest, code: str) -> HttpResponse:
    """Record the stamp (vidimazione) of a register."""
    register = access_registers.register_to_direct(request.user, code)
    form = VidimationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.record_vidimation(register, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("The stamp is in the register."))
        return redirect("attendance:register", code=register.code)
    context = {
        "register": register,
        "form": form,
        "stamps": queries.stamps_of(register),
        "crumbs": crumbs(register, _("Stamp (vidimazione)")),
        "section": "registers",
    }
    return render(request, "attendance/stamp.html", context, status=422 if request.method == "POST" else 200)


def crumbs(register: Any, here: str) -> list[tuple[str, str]]:
    """The way to a page about one register."""
    return [
        (_("Registers"), reverse("attendance:registers")),
        (register.code, reverse("attendance:register", args=[register.code])),
        (here, ""),
    ]
