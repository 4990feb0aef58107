"""The attendance rules of an edition: what holds and why, and the change of them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lms.errors import Refused
from lms.people.access import is_professional

from .. import access_registers, actions, queries
from ..forms import PolicyForm

PER_PAGE = 25


@require_GET
@login_required
def policies(request: HttpRequest) -> HttpResponse:
    """The editions whose rules one may read."""
    if not is_professional(request.user):
        raise Http404
    found = queries.with_policy_version(access_registers.editions_with_rules(request.user))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    crumbs = [(_("Attendance"), reverse("attendance:classes")), (_("Attendance rules"), "")]
    context = {"page_obj": page, "crumbs": crumbs, "section": "attendance"}
    return render(request, "attendance/policies.html", context)


@require_GET
@login_required
def policy(request: HttpRequest, code: str) -> HttpResponse:
    """Every rule of an edition with its source, its history, and the shares of the timetable against it."""
    edition = access_registers.edition_with_rules(request.user, code)
    today = timezone.localdate()
    shares = queries.shares_of(edition)
    found = queries.policy_for(edition, on=today)
    context = {
        "edition": edition,
        "version": found.version,
        "sections": queries.sections_of(edition, on=today),
        "history": queries.history_of(edition),
        "shares": shares,
        "too_large": queries.shares_too_large(shares, found),
        "changes": access_registers.may_change_rules(request.user, edition),
        "crumbs": _crumbs(edition),
        "section": "attendance",
    }
    return render(request, "attendance/policy.html", context)


@login_required
def change(request: HttpRequest, code: str) -> HttpResponse:
    """First the effect of the new values on a sample class, then, as an act of its own, the saving."""
    edition = access_registers.edition_to_rule(request.user, code)
    now = timezone.now()
    today = timezone.localtime(now).date()
    before = queries.policy_for(edition, on=today)
    form = PolicyForm(request.POST or None, policy=before, today=today)
    context: dict[str, Any] = {"edition": edition, "form": form, "crumbs": _crumbs(edition, _("Change"))}
    if request.method == "POST" and form.is_valid():
        if "save" in request.POST and form.was_seen:
            try:
                saved = actions.set_policy(
                    edition,
                    form.parameters(),
                    by=request.user,
                    at=now,
                    after_version=form.cleaned_data["after_version"],
                )
            except Refused as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, _("Version %(n)s is saved.") % {"n": saved.version})
                return redirect("attendance:policy", code=edition.code)
        else:
            rows = queries.sample_of(before, form.wanted())
            context["sample"] = {
                "changed": [row for row in rows if row.changes],
                "same": [row for row in rows if not row.changes],
            }
            context["changes"] = queries.changes_in(form.parameters())
            context["mark"] = form.mark()
    status = 422 if request.method == "POST" and form.errors else 200
    return render(
        request, "attendance/policy_change.html", context | {"section": "attendance"}, status=status
    )


def _crumbs(edition: Any, here: str = "") -> list[tuple[str, str]]:
    rules_page = reverse("attendance:policy", args=[edition.code])
    return [
        (_("Attendance"), reverse("attendance:classes")),
        (_("Attendance rules"), reverse("attendance:policies")),
        (edition.code, rules_page if here else ""),
        *([(here, "")] if here else []),
    ]
