"""The activation letter: made by who follows the person, used by the person at /attiva/."""

from uuid import UUID

from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from lms.errors import Refused

from .. import access, actions, rules
from ..forms.letters import ChooseForm, CodeForm
from ..letter_login import sign_in_by_letter
from ..letter_pdf import letter_pdf
from .guards import PersonRequest

OPENED = "letter"  # session key: uuid of the letter whose code was right


@login_required
@require_POST
def make(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """A new letter, as a file. Its code is in the file and nowhere else."""
    person = access.person_for(request.user, uuid)
    letter, code = actions.make_letter(person, by=request.user, at=timezone.now())
    response = HttpResponse(letter_pdf(letter, code), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="lettera-{person.username}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def revoke(request: PersonRequest, uuid: UUID) -> HttpResponse:
    letter = access.letter_for(request.user, uuid)
    actions.revoke_letter(letter, by=request.user, at=timezone.now())
    messages.success(request, _("The letter no longer works."))
    return redirect("people:person", uuid=letter.user.uuid)


@never_cache
@require_http_methods(["GET", "POST"])
@rate_limit(action="letter")
def activate(request: HttpRequest) -> HttpResponse:
    """Write the code. Opening the page, also by the QR, uses nothing up: previews of links open pages too."""
    form = CodeForm(
        request.POST or None,
        initial={"code": rules.show_letter_code(rules.tidy_letter_code(request.GET.get("c", "")))},
    )
    if request.method == "POST" and form.is_valid():
        try:
            letter = actions.open_letter(form.cleaned_data["code"], at=timezone.now())
        except Refused as refusal:
            form.add_error("code", refusal.sentence)
        else:
            request.session[OPENED] = str(letter.uuid)
            return redirect("people:activate_choose")
    status = 400 if form.is_bound else 200
    return render(request, "people/activate.html", {"form": form}, status=status)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Choose language and the way in; only this uses the letter up."""
    letter = access.opened_letter(request.session.get(OPENED))
    if letter is None:
        return redirect("people:activate")
    form = ChooseForm(request.POST or None, person=letter.user)
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.activate_account(letter.uuid, **form.cleaned_data, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            del request.session[OPENED]
            return sign_in_by_letter(request, person, redirect_url=settings.LOGIN_REDIRECT_URL)
    status = 400 if form.is_bound else 200
    return render(
        request, "people/activate_choose.html", {"form": form, "person": letter.user}, status=status
    )
