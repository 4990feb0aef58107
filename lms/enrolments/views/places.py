"""Referring, asking, deciding, leaving."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lms.enrolments import access, actions, queries
from lms.enrolments.forms import ApplyForm, ReasonForm, ReferForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def refer(request: HttpRequest, code: str) -> HttpResponse:
    """Send a person one follows to a course."""
    edition = access.edition_to_refer_to(request.user, code)
    form = ReferForm(
        request.POST or None,
        people=access.people_to_refer(request.user, edition),
        agencies=access.agencies_referring(request.user),
    )
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        enrolment = actions.refer(
            person, edition, by=request.user, agency=form.cleaned_data["agency"], at=timezone.now()
        )
        messages.success(request, _said(enrolment))
        return redirect(queries.edition_url(edition))
    context = {
        "section": "editions",
        "edition": edition,
        "form": form,
        "free": queries.places_free([edition.pk])[edition.pk],
    }
    return render(request, "enrolments/refer.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def apply(request: HttpRequest, code: str) -> HttpResponse:
    """A person asks for a place by themselves."""
    edition = access.edition_to_apply_to(code)
    form = ApplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.apply(request.user, edition, message=form.cleaned_data["message"], at=timezone.now())
        messages.success(request, _("We have your request. The tutor reads it and answers you."))
        return redirect("progress:courses")
    context = {"section": "courses", "edition": edition, "form": form}
    return render(request, "enrolments/apply.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def approve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    enrolment = access.enrolment_to_decide(request.user, uuid)
    enrolment = actions.approve(enrolment, by=request.user, at=timezone.now())
    messages.success(request, _said(enrolment))
    return redirect(queries.edition_url(enrolment.edition))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def reject(request: HttpRequest, uuid: UUID) -> HttpResponse:
    enrolment = access.enrolment_to_decide(request.user, uuid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.reject(enrolment, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
        messages.success(request, _("The request is turned down, and the person was told why."))
        return redirect(queries.edition_url(enrolment.edition))
    heading = _("Turn down the request of %(person)s") % {"person": enrolment.person}
    return _reason(request, form, enrolment, heading, _("Turn down"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """By tutor and director, or by who follows the person."""
    enrolment = access.enrolment_to_withdraw(request.user, uuid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.withdraw(enrolment, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
        messages.success(request, _("The person is withdrawn. Whoever waited first has the place."))
        return redirect(queries.edition_url(enrolment.edition))
    heading = _("Withdraw %(person)s from the course") % {"person": enrolment.person}
    return _reason(request, form, enrolment, heading, _("Withdraw"))


@require_POST
@login_required
def leave(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A person takes back their own request."""
    enrolment = access.own_enrolment(request.user, uuid)
    actions.withdraw(
        enrolment, by=request.user, at=timezone.now(), reason=_("The person no longer wants the course")
    )
    messages.success(request, _("Done: you are no longer on the list."))
    return redirect("progress:courses")


def _said(enrolment) -> str:
    words = {"person": enrolment.person, "code": enrolment.edition.code}
    if enrolment.status == "active":
        return _("%(person)s has a place in %(code)s.") % words
    return _("There is no free place: %(person)s is on the waiting list of %(code)s.") % words


def _reason(request: HttpRequest, form, enrolment, heading: str, submit: str) -> HttpResponse:
    context = {
        "section": "editions",
        "form": form,
        "heading": heading,
        "submit": submit,
        "back": queries.edition_url(enrolment.edition),
        "danger": True,
    }
    return render(request, "enrolments/form.html", context, status=400 if form.errors else 200)
