"""Editions for those who work with them: list, one edition, staff and timetable."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.audit.exports import csv_response
from lms.enrolments import access, actions, queries
from lms.enrolments.forms import (
    CancelForm,
    ClassForm,
    EditionFilter,
    EditionForm,
    EditionStaffForm,
    MoveForm,
    NewEditionForm,
    PeopleFilter,
)
from lms.errors import Refused
from lms.people.access import is_professional

PER_PAGE = 25


@require_safe
@login_required
def editions(request: HttpRequest) -> HttpResponse:
    """The editions one works with, searched, filtered, exported."""
    if not is_professional(request.user):
        raise Http404
    chosen = EditionFilter(request.GET)
    found = chosen.apply(queries.with_counts(access.editions_worked_with(request.user)), timezone.localdate())
    if request.GET.get("format") == "csv":
        return csv_response("edizioni.csv", queries.EDITION_COLUMNS, map(queries.edition_row, found))
    context = {
        "section": "editions",
        "filter": chosen,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "may_create": bool(access.agencies_directed_by(request.user)),
        "today": timezone.localdate(),
    }
    return render(request, "enrolments/editions.html", context)


@require_safe
@login_required
def edition(request: HttpRequest, code: str) -> HttpResponse:
    """One edition: the people that this reader may see, who waits, the timetable, the staff."""
    found = access.edition_at_work(request.user, code)
    visible = access.enrolments_visible_to(request.user).filter(edition=found)
    chosen = PeopleFilter(request.GET)
    people = chosen.apply(visible)
    sender_known = set(access.referrals_read_by(request.user, found).values_list("pk", flat=True))
    if request.GET.get("format") == "csv":
        return csv_response(f"{found.code}-persone.csv", *queries.people_sheet(people, sender_known))
    page = Paginator(people, 50).get_page(request.GET.get("page"))
    lets_in = access.lets_inspectors_in(request.user, found)
    context = {
        "section": "editions",
        "edition": found,
        "phase": queries.phase_of(found, timezone.localdate()),
        "runs": access.runs(request.user, found),
        "directs": found.agency_id in access.agencies_directed_by(request.user),
        "refers": bool(access.agencies_referring(request.user)),
        "in_class": bool(access.staff_roles(request.user, found)),
        "filter": chosen,
        "page": page,
        "sender_known": sender_known,
        "may_withdraw": access.withdrawable_by(request.user, found, page.object_list),
        "applied": visible.filter(status="applied").order_by("asked_at", "id"),
        "waiting": visible.filter(status="waiting").order_by("asked_at", "id"),
        "counts": queries.counts_of(found),
        "classes": [
            (each, queries.class_inspectors_url(each) if lets_in else "")
            for each in queries.classes_of_edition(found)
        ],
        "staff": queries.current_staff(found, timezone.now()),
        "now": timezone.now(),
    }
    return render(request, "enrolments/edition.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_edition(request: HttpRequest) -> HttpResponse:
    agencies = access.agencies_directed_by(request.user)
    if not agencies:
        raise Http404
    form = NewEditionForm(request.POST or None, agencies=agencies)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_edition(by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("The edition is open. Now choose its staff and its timetable."))
            return redirect(queries.edition_url(made))
    return _form(request, form, _("New edition"), _("Open the edition"), "/edizioni/")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_edition(request: HttpRequest, code: str) -> HttpResponse:
    found = access.edition_to_run(request.user, code)
    back = queries.edition_url(found)
    form = EditionForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        try:
            actions.update_edition(access.edition_to_run(request.user, code), by=request.user, **changes)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("The edition is saved."))
            return redirect(back)
    return _form(request, form, _("Change %(code)s") % {"code": found.code}, _("Save"), back)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan_class(request: HttpRequest, code: str) -> HttpResponse:
    found = access.edition_to_run(request.user, code)
    back = queries.edition_url(found)
    form = ClassForm(request.POST or None, edition=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.plan_class(found, by=request.user, at=timezone.now(), **form.planned())
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("The class is in the timetable."))
            return redirect(back)
    return _form(request, form, _("A class for %(code)s") % {"code": found.code}, _("Put it in"), back)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def move_class(request: HttpRequest, uuid: UUID) -> HttpResponse:
    session = access.session_to_run(request.user, uuid)
    back = queries.edition_url(session.edition)
    starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    form = MoveForm(
        request.POST or None, initial={"day": starts.date(), "start": starts.time(), "end": ends.time()}
    )
    if request.method == "POST" and form.is_valid():
        times = {name: form.cleaned_data[name] for name in ("starts_at", "ends_at")}
        try:
            actions.move_class(session, by=request.user, at=timezone.now(), **times)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("The class is moved and everybody was told."))
            return redirect(back)
    return _form(request, form, _("Move “%(title)s”") % {"title": session.title}, _("Move the class"), back)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def cancel_class(request: HttpRequest, uuid: UUID) -> HttpResponse:
    session = access.session_to_run(request.user, uuid)
    back = queries.edition_url(session.edition)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.cancel_class(session, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
        messages.success(request, _("The class is cancelled and everybody was told."))
        return redirect(back)
    return _form(
        request,
        form,
        _("Cancel “%(title)s”") % {"title": session.title},
        _("Cancel the class"),
        back,
        danger=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def assign_staff(request: HttpRequest, code: str) -> HttpResponse:
    found = access.edition_to_direct(request.user, code)
    back = queries.edition_url(found)
    form = EditionStaffForm(request.POST or None, edition=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.assign_staff(found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("The task is assigned, and the person was told."))
            return redirect(back)
    return _form(request, form, _("Staff of %(code)s") % {"code": found.code}, _("Assign"), back)


@require_POST
@login_required
def end_staff(request: HttpRequest, code: str, user: UUID, role: str) -> HttpResponse:
    found = access.edition_to_direct(request.user, code)
    actions.end_staff(access.task_of(found, user, role), by=request.user, at=timezone.now())
    messages.success(request, _("The task has ended."))
    return redirect(queries.edition_url(found))


def _form(
    request: HttpRequest, form, heading: str, submit: str, back: str, *, danger: bool = False
) -> HttpResponse:
    context = {
        "section": "editions",
        "form": form,
        "heading": heading,
        "submit": submit,
        "back": back,
        "danger": danger,
    }
    return render(request, "enrolments/form.html", context, status=400 if form.errors else 200)
