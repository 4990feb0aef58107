"""The audit trail for who watches over data: searched, counted, taken away. Each search is an entry itself."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from lms.audit.actions import record
from lms.audit.exports import csv_response
from lms.audit.queries import narrowed

from .. import access_audit
from ..forms.audit import AuditFilter
from ..verbs import purpose_in_words, title_of
from ..wording import acting_as
from .guards import PersonRequest

PER_PAGE = 50
MOST_ROWS = 50_000


@never_cache
@require_GET
@login_required
def index(request: PersonRequest) -> HttpResponse:
    """Who read or wrote whose data, when and why."""
    visible = access_audit.entries_visible_to(request.user)
    form = AuditFilter(request.GET)
    found = narrowed(visible, **form.chosen())
    as_csv = request.GET.get("formato") == "csv"
    purpose = form.in_words() or _("The whole list")
    record("read.audit", by=request.user, purpose=purpose, at=timezone.now())
    if as_csv:
        return csv_response("accessi.csv", _header(), map(_row, found[:MOST_ROWS]))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query["formato"] = "csv"
    query.pop("page", None)
    context = {
        "form": form,
        "page_obj": page,
        "rows": [_shown(entry) for entry in page.object_list],
        "export": query.urlencode(),
        "section": "accesses",
    }
    return render(request, "people/audit.html", context)


def _shown(entry: Any) -> dict[str, Any]:
    return {
        "at": entry.at,
        "who": entry.actor or _("The system"),
        "acting_as": acting_as(entry),
        "whose": entry.subject or "–",
        "reads": entry.verb.startswith("read."),
        "what": title_of(entry.verb),
        "target": entry.target,
        "purpose": purpose_in_words(entry.purpose),
    }


def _header() -> list[str]:
    return [_("When"), _("Who"), _("As"), _("Whose data"), _("What"), _("Code"), _("About"), _("Why")]


def _row(entry: Any) -> list[str]:
    shown = _shown(entry)
    moment = timezone.localtime(entry.at).isoformat(timespec="seconds")
    names = [str(shown[name]) for name in ("who", "acting_as", "whose", "what")]
    return [moment, *names, entry.verb, entry.target, shown["purpose"]]
