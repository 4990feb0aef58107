"""The editor's pages: bring a framework, watch its import, read what it left out, copy a figure by hand."""

import csv
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import actions, by_hand, importers, queries, tasks
from .forms import FigureForm, ImportForm, UnitFormSet
from .models import FrameworkImport

PERMISSION = "frameworks.add_framework"
RECENT = 20


def _must_import(request: HttpRequest) -> None:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The frameworks that are here, the last imports, the figures copied by hand."""
    _must_import(request)
    context = {
        "versions": queries.all_versions(),
        "imports": queries.imports()[:RECENT],
        "figures": by_hand.figures(),
    }
    return render(request, "frameworks/editing/index.html", context)


def bring(request: HttpRequest) -> HttpResponse:
    """Upload the files; the worker writes them."""
    _must_import(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            row = actions.start_import(
                form.cleaned_data["format"],
                form.cleaned_data["files"],
                version=form.cleaned_data["version"],
                at=timezone.now(),
                enqueue=tasks.write_framework.enqueue,
            )
        except ValidationError as error:
            form.add_error("uploads", error)
        else:
            return redirect("frameworks_editing:import", uuid=row.uuid)
    return render(request, "frameworks/editing/bring.html", {"form": form, "formats": importers.FORMATS})


@require_safe
def watch(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How far an import is; the page asks again by itself while it is under way."""
    _must_import(request)
    row = get_object_or_404(FrameworkImport, uuid=uuid)
    answer = render(request, "frameworks/editing/import.html", {"row": row, "first": row.problems[:200]})
    if row.under_way:
        answer["Refresh"] = "2"
    return answer


@require_safe
def report(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Every row that was left out or doubled, as a table to keep."""
    _must_import(request)
    row = get_object_or_404(FrameworkImport, uuid=uuid)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{row.code}-{row.version}.csv"'
    answer.write("\ufeff")
    writer = csv.writer(answer, delimiter=";")
    writer.writerow([_("File"), _("Row"), _("What happened")])
    for file, line, sentence in row.problems:
        # A sentence quotes the file: a spreadsheet must not take it for a formula.
        writer.writerow([file, line, f"'{sentence}" if sentence[:1] in "=+-@\t" else sentence])
    return answer


def figure(request: HttpRequest, uuid: UUID | None = None) -> HttpResponse:
    """Copy one figure of the regional repertory, or complete one that is there."""
    _must_import(request)
    known = by_hand.figures().filter(uuid=uuid).first() if uuid else None
    if uuid and known is None:
        raise Http404
    first, units = by_hand.figure_data(known) if known else ({"version": "2026"}, [])
    form = FigureForm(request.POST or None, initial=first)
    formset = UnitFormSet(request.POST or None, initial=units, prefix="units")
    if request.method == "POST" and form.is_valid() and formset.is_valid():
        rows = [unit.cleaned_data for unit in formset if unit.cleaned_data.get("code")]
        saved, kept = by_hand.save_figure(form.cleaned_data, rows)
        messages.success(request, _("Saved: %(title)s.") % {"title": saved.title})
        if kept:
            messages.warning(request, _("These are cited and stay: %(names)s.") % {"names": "; ".join(kept)})
        return redirect("frameworks_editing:index")
    context = {"form": form, "formset": formset, "known": known, "back": reverse("frameworks_editing:index")}
    return render(request, "frameworks/editing/figure.html", context)


urlpatterns = [
    path("", index, name="index"),
    path("importa/", bring, name="bring"),
    path("importa/<uuid:uuid>/", watch, name="import"),
    path("importa/<uuid:uuid>/rapporto.csv", report, name="report"),
    path("figura/", figure, name="figure"),
    path("figura/<uuid:uuid>/", figure, name="figure"),
]
