"""Signatures: the pages that wait for one's own, and signing them after one proof of who one is."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from lms.people.access import is_professional
from lms.people.proofs import Proof, can_prove, prove

from .. import access_registers, actions, queries
from ..forms import ProofForm


def sign_url(entry: Any) -> str:
    """Where one page is signed."""
    return f"{reverse('attendance:signatures')}?pagina={entry.uuid}"


def proof_of(request: HttpRequest, form: forms.Form) -> Proof | None:
    """The proof that a valid form holds; without one, its field says so and nothing else is lost."""
    proof = prove(request, form.cleaned_data["secret"], at=timezone.now())
    if proof is None:
        form.add_error(
            "secret",
            _("This is not right. Nothing was signed: type it again. After many attempts, wait a minute."),
        )
    return proof


@never_cache
@sensitive_post_parameters("secret")
@login_required
def signatures(request: HttpRequest) -> HttpResponse:
    """The pages that wait for this person's signature; those ticked are signed together, or none is."""
    if not is_professional(request.user):
        raise Http404
    waiting = queries.to_sign(access_registers.pages_to_sign(request.user), at=timezone.now())
    asked = request.POST.getlist("page") if request.method == "POST" else request.GET.getlist("pagina")
    chosen = [row for row in waiting if str(row.entry.uuid) in asked]
    form = ProofForm(request.POST or None)
    nothing = request.method == "POST" and not chosen
    if request.method == "POST" and form.is_valid() and chosen and (proof := proof_of(request, form)):
        pages = [(row.entry, row.role) for row in chosen]
        signed = actions.sign_pages(pages, by=request.user, proof=proof, at=timezone.now())
        messages.success(
            request,
            ngettext("%(n)s page is signed.", "%(n)s pages are signed.", len(signed)) % {"n": len(signed)},
        )
        return redirect("attendance:signatures")
    context: dict[str, Any] = {
        "waiting": waiting,
        "chosen": {row.entry.uuid for row in chosen},
        "form": form,
        "nothing": nothing,
        "can_prove": can_prove(request.user),
        "crumbs": [(_("Registers"), reverse("attendance:registers")), (_("To sign"), "")],
        "section": "registers",
    }
    return render(
        request, "attendance/signatures.html", context, status=422 if request.method == "POST" else 200
    )
