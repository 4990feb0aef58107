"""Bringing in a list: upload, look, confirm. What was looked at waits sealed in the session."""

import json
import uuid

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lms.audit.exports import csv_response
from lms.errors import Refused

from .. import access, actions, importing, sealing
from ..models import User
from .guards import PersonRequest, brings_people_in, first_time

WAITING = "people_import"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("The list"),
        help_text=gettext_lazy("CSV or Excel (.xlsx), at most 2 MB and 1000 people."),
    )
    agency: forms.ModelChoiceField = forms.ModelChoiceField(
        label=gettext_lazy("For which body"), queryset=None, to_field_name="uuid", empty_label=None
    )

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        choices = access.agencies_to_bring_into(user)
        self.fields["agency"].queryset = choices  # type: ignore[attr-defined]
        self.fields["agency"].initial = choices.first()


@login_required
@brings_people_in
@require_http_methods(["GET", "POST"])
def start(request: PersonRequest) -> HttpResponse:
    """Choose a file; its rows are shown before anything is written."""
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            if upload.size > importing.MAX_BYTES:
                upload = None  # the refusal says why; the content is not read
            rows = importing.read_people(upload.name, upload.read()) if upload else _too_big()
        except Refused as refusal:
            form.add_error("file", refusal.sentence)
        else:
            return _preview(request, rows, str(form.cleaned_data["agency"].uuid), key=uuid.uuid4().hex)
    return render(request, "people/import.html", {"form": form}, status=400 if form.is_bound else 200)


def _too_big() -> list[importing.Row]:
    return importing.read_people("", b" " * (importing.MAX_BYTES + 1))


def _preview(request: PersonRequest, rows: list[importing.Row], agency: str, *, key: str) -> HttpResponse:
    actions.preview_import(rows, by=request.user, at=timezone.now())
    wrong = [row for row in rows if row.errors]
    if not wrong:
        waiting = {"key": key, "agency": agency, "rows": [row.as_json() for row in rows]}
        request.session[WAITING] = sealing.seal(json.dumps(waiting)).decode()
    context = {
        "rows": rows,
        "wrong": wrong,
        "new": sum(not row.already_here and not row.errors for row in rows),
        "here": sum(row.already_here for row in rows),
        "key": key,
    }
    return render(request, "people/import_preview.html", context, status=400 if wrong else 200)


@login_required
@brings_people_in
@require_POST
def confirm(request: PersonRequest) -> HttpResponse:
    """Write the list that was looked at, all of it or nothing. Pressed twice, it is written once."""
    kept = request.session.get(WAITING)
    waiting = json.loads(sealing.unseal(kept.encode())) if kept else {}
    if not waiting or waiting["key"] != request.POST.get("key"):
        messages.info(request, _("There is no list to confirm. Choose the file again."))
        return redirect("people:import")
    agency = access.agencies_to_bring_into(request.user).get(uuid=waiting["agency"])
    rows = [importing.Row(**row) for row in waiting["rows"]]
    if not first_time(waiting["key"]):
        return redirect("people:people")
    made = actions.import_people(rows, agency=agency, by=request.user, at=timezone.now())
    del request.session[WAITING]
    if any(row.errors for row in rows):
        return _preview(request, rows, waiting["agency"], key=uuid.uuid4().hex)
    messages.success(
        request,
        ngettext("%(n)s person was imported.", "%(n)s people were imported.", len(made)) % {"n": len(made)},
    )
    return redirect("people:people")


@login_required
@brings_people_in
@require_GET
def template(request: PersonRequest) -> HttpResponse:
    """An empty list with the right columns and one example."""
    return csv_response("persone-modello.csv", importing.TEMPLATE_HEADER, [importing.TEMPLATE_EXAMPLE])
