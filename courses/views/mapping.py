"""The editor's page that maps a course: ticks, gaps, and one press that saves them all."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses import mapping_form
from courses.models import CoursePage


def course(request: HttpRequest, pk: int) -> HttpResponse:
    """Which module teaches and which question shows each goal; for who may edit the course."""
    page = get_object_or_404(CoursePage, pk=pk)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    if request.method == "POST":
        _tell(request, mapping_form.save(page, request.POST, request.user))
        return redirect("course_mapping", pk=pk)
    goals = mapping_form.goals_of(page)
    sheets = mapping_form.sheets_of(page, request.user)
    context = {"course": page, "goals": goals, "sheets": sheets, "gaps": mapping_form.gaps_of(goals, sheets)}
    return render(request, "courses/admin/mapping.html", context)


def _tell(request: HttpRequest, saved: mapping_form.Saved) -> None:
    if number := len(saved.published):
        messages.success(
            request,
            ngettext("%(n)d page saved and published.", "%(n)d pages saved and published.", number)
            % {"n": number},
        )
    if number := len(saved.in_review):
        messages.success(
            request,
            ngettext(
                "%(n)d page saved and sent for review: it counts once it is approved.",
                "%(n)d pages saved and sent for review: they count once they are approved.",
                number,
            )
            % {"n": number},
        )
    if saved.drafts:
        words = _(
            "Saved as a draft, because it has other changes that wait: %(titles)s. Send it for review from its page."
        )
        messages.warning(request, words % {"titles": ", ".join(page.title for page in saved.drafts)})
    if not (saved.published or saved.in_review or saved.drafts):
        messages.info(request, _("Nothing was changed."))
