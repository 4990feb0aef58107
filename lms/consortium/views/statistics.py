"""Figures about the network, with small groups kept back."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lms.audit.exports import csv_response

from .. import access, queries
from ..forms import FigureFilter


@require_safe
@login_required
def statistics(request: HttpRequest) -> HttpResponse:
    """People and standing records by municipality, edition, framework or month."""
    access.desk(request.user)
    form = FigureFilter(request.GET or {"by": "municipality"})
    by = form.asked()
    editions = access.editions_to_choose(request.user)
    smallest = settings.CONSORTIUM_SMALLEST_GROUP
    figures = queries.figures(editions, by, smallest=smallest)
    context = {
        "section": "consortium",
        "tab": "statistics",
        "form": form,
        "by": by,
        "label": queries.DIMENSIONS[by][0],
        "figures": figures,
        "bars": queries.bars(figures),
        "total": queries.total_of(editions, smallest=smallest),
        "smallest": smallest,
    }
    return render(request, "consortium/statistics.html", context)


@require_safe
@login_required
def export(request: HttpRequest) -> HttpResponse:
    """The same figures as a table."""
    access.desk(request.user)
    by = FigureFilter(request.GET).asked()
    editions = access.editions_to_choose(request.user)
    figures = queries.figures(editions, by, smallest=settings.CONSORTIUM_SMALLEST_GROUP)
    return csv_response("consorzio-statistiche.csv", *queries.statistics_table(figures, by))
