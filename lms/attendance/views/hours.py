"""Hours of the people one follows: sums, never the log of connections."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lms.audit.actions import record_many
from lms.audit.exports import csv_response
from lms.people.access import CASE_ROLES, roles_of

from .. import access, queries

PER_PAGE = 20


@require_GET
@login_required
def hours(request: HttpRequest) -> HttpResponse:
    """Hours done and planned of each person one follows; every person shown is noted in the audit trail."""
    if not CASE_ROLES & roles_of(request.user):
        raise Http404
    found = access.enrolments_followed_by(request.user).order_by(
        "person__last_name", "person__first_name", "-edition__starts_on", "pk"
    )
    as_csv = request.GET.get("formato") == "csv"
    page = Paginator(found, max(found.count(), 1) if as_csv else PER_PAGE).get_page(request.GET.get("page"))
    rows = queries.hours_rows(page.object_list)
    record_many(
        "read.hours",
        [(row.enrolment.person, row.enrolment) for row in rows],
        by=request.user,
        purpose=_("Hours of the people I follow"),
        at=timezone.now(),
    )
    if as_csv:
        return csv_response("ore.csv", *queries.hours_table(rows))
    return render(request, "attendance/hours.html", {"page_obj": page, "rows": rows, "section": "attendance"})
