"""An inspector compares a document with the register: the last four characters of the codice fiscale, on request."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.people.access import Relation
from lms.people.actions import reveal_codice_fiscale

from .. import access_registers, queries
from ..forms import IdentityForm
from .covers import crumbs


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Show them once, of one person of the register. Each time is recorded with its reason."""
    inspector: Any = request.user
    register = access_registers.register_to_identify_in(inspector, code)
    people = queries.people_of_register(register).order_by("last_name", "first_name", "pk")
    form = IdentityForm(request.POST if request.method == "POST" else None, people=people)
    shown = None
    if form.is_valid():
        person = form.cleaned_data["person"]
        found = reveal_codice_fiscale(
            person,
            by=inspector,
            purpose=form.cleaned_data["purpose"],
            at=timezone.now(),
            relation=Relation.CLASS,
        )
        shown = {"person": person, "code": found}
    context = {
        "register": register,
        "form": form,
        "shown": shown,
        "crumbs": crumbs(register, _("Check an identity")),
        "section": "registers",
    }
    return render(request, "attendance/identity.html", context, status=422 if form.errors else 200)
