"""Closing a register: what is still missing, what the closing page would say, the act."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from .. import access_registers, actions, queries
from ..forms import ProofForm
from .covers import crumbs
from .signatures import proof_of


@never_cache
@sensitive_post_parameters("secret")
@login_required
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Close the register and sign its closing page: one act, after one proof."""
    register = access_registers.register_to_direct(request.user, code)
    form = ProofForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (proof := proof_of(request, form)):
        actions.close_and_sign_register(register, by=request.user, proof=proof, at=timezone.now())
        messages.success(
            request, _("The register is closed and its closing page is signed. Download its PDF.")
        )
        return redirect("attendance:register", code=register.code)
    actions.note_hours_read(register, by=request.user, at=timezone.now())
    context = {
        "register": register,
        "form": form,
        "left": queries.unfinished(register, at=timezone.now()),
        "sums": queries.sums_of(register),
        "crumbs": crumbs(register, _("Close the register")),
        "section": "registers",
    }
    return render(
        request, "attendance/register_close.html", context, status=422 if request.method == "POST" else 200
    )
