"""The records that the consortium received, and their totals."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lms.audit.actions import record as audit
from lms.audit.exports import csv_response

from .. import access, queries
from ..forms import RecordFilter

PER_PAGE = 50


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The list of records, by pseudonym: a name is one logged click away. Whoever sees no records sees deliveries."""
    if access.manages(request.user) and not access.sees_records(request.user):
        return redirect("consortium:deliveries")
    access.records_desk(request.user)
    form = RecordFilter(request.GET)
    asked = form.asked()
    found = queries.received(request.user, **asked)
    everything = queries.received(request.user)
    context = {
        "section": "consortium",
        "tab": "records",
        "form": form,
        "asked": asked,
        "filtered": any(asked.values()),
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "choices": queries.choices_of(everything),
        "counts": queries.delivery_counts(access.deliveries_visible_to(request.user)),
        "query": request.GET.urlencode(),
    }
    return render(request, "consortium/records.html", context)


@require_safe
@login_required
def export(request: HttpRequest) -> HttpResponse:
    """The records that fit the filters, as a table without names."""
    access.records_desk(request.user)
    found = queries.received(request.user, **RecordFilter(request.GET).asked())
    audit(
        "read.competency_records_export", by=request.user, purpose=_("Table without names"), at=timezone.now()
    )
    header, rows = queries.records_table(found)
    return csv_response("consorzio-competenze.csv", header, rows)


@require_safe
@login_required
def totals(request: HttpRequest) -> HttpResponse:
    """Awards and revocations by edition; every figure opens the rows behind it."""
    access.desk(request.user)
    rows = queries.totals_by_edition(queries.counted_records(access.editions_to_choose(request.user)))
    total = queries.EditionTotal.sum_of(rows)
    context = {
        "section": "consortium",
        "tab": "totals",
        "rows": rows,
        "total": total,
        "open": queries.editions_of_records(queries.received(request.user)),
    }
    return render(request, "consortium/totals.html", context)
