"""Frameworks for everybody: the list, one version as a tree, a search, one competency with who cites it."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from courses import mapping
from courses import queries as courses
from courses.frameworks import queries
from courses.frameworks.models import Competency, Framework, Kind

PER_PAGE = 40


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Code or words"),
        required=False,
        max_length=100,
        help_text=_("Example: 4.2, password, or ADA.24.05"),
    )


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every framework with its versions; with words, what is found in those that count now."""
    return render(
        request, "courses/repertories/index.html", _found(request) | {"versions": queries.all_versions()}
    )


@require_safe
def framework(request: HttpRequest, code: str, version: str) -> HttpResponse:
    """One version of one framework: its tree, or what is found in it."""
    found = (
        Framework.objects.filter(code=code, version=version, ready=True)
        .select_related("superseded_by")
        .first()
    )
    if found is None:
        raise Http404
    context = _found(request, found)
    if not context["asked"]:
        kinds = set(found.competencies.order_by().values_list("kind", flat=True).distinct())
        second = Kind.PROFILE if Kind.PROFILE in kinds else Kind.COMPETENCE
        context["tree"] = queries.tree(found, kinds=(Kind.AREA, second))
        context["levels"] = found.levels.all()
    return render(request, "courses/repertories/framework.html", context | {"framework": found})


@require_safe
def competency(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One competency: what it says, what stands under it, what it is related to, who cites it."""
    found = (
        Competency.objects.select_related("framework__superseded_by", "level")
        .filter(uuid=uuid, framework__ready=True)
        .first()
    )
    if found is None:
        raise Http404
    branches = queries.tree(found.framework, below=found)
    context = {
        "competency": found,
        "trail": queries.trail(found),
        "groups": [
            (Kind(kind).label, list(rows)) for kind, rows in groupby(branches, lambda b: b.competency.kind)
        ],
        "relations": queries.relations_of(found),
        "elsewhere": queries.same_elsewhere(found),
        "citing": mapping.cited_by(found, courses.live_courses()),
        "address": request.build_absolute_uri(found.get_absolute_url()),
    }
    return render(request, "courses/repertories/competency.html", context)


def _found(request: HttpRequest, framework: Framework | None = None) -> dict[str, Any]:
    form = SearchForm(request.GET)
    asked = form.cleaned_data["q"] if form.is_valid() else ""
    context: dict[str, Any] = {"form": form, "asked": asked}
    if asked:
        context["page"] = Paginator(queries.search(asked, framework=framework), PER_PAGE).get_page(
            request.GET.get("page")
        )
    return context
