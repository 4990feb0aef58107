"""Absences: the list to decide on, entering one for somebody, one with its papers, making up for a class."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lms.enrolments.actions import plan_recovery
from lms.errors import Refused
from lms.people.access import frame_for

from .. import access_absences as access
from .. import actions, queries
from ..access import class_to_recover
from ..forms import AbsenceFilter, DecisionForm, JustificationForm, OpenPaperForm, PaperForm, RecoveryForm
from .classes import crumbs as class_crumbs

PER_PAGE = 25


@require_GET
@login_required
def absences(request: HttpRequest) -> HttpResponse:
    """The justifications that one may read, those to decide first; one's own for who follows nobody."""
    form = AbsenceFilter(request.GET)
    found = queries.waiting_first(
        queries.narrowed(
            access.justifications_visible_to(request.user), words=form.asked("q"), state=form.asked("state")
        )
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    standing = access.standing_of(request.user)
    rows = [(row, access.view_of(row, standing)) for row in page.object_list]
    actions.note_reading([row for row, view in rows if view.logged], by=request.user, at=timezone.now())
    context = {
        "form": form,
        "page_obj": page,
        "rows": rows,
        "enters": access.enters_for_others(request.user),
        "frame": frame_for(request.user),
        "section": "absences",
    }
    return render(request, "attendance/absences.html", context)


@require_GET
@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """For whom an absence is entered."""
    access.must_enter_for_others(request.user)
    words = request.GET.get("q", "").strip()
    found = queries.people_by_name(access.enrolments_to_justify(request.user), words)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "words": words,
        "crumbs": _crumbs(_("Enter an absence")),
        "section": "absences",
    }
    return render(request, "attendance/absence_choose.html", context)


@login_required
def enter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Enter a justification for a person, with the classes it is about."""
    enrolment = access.enrolment_for_another(request.user, uuid)
    now = timezone.now()
    sessions = queries.classes_offered(enrolment, at=now)
    form = JustificationForm(
        request.POST or None,
        classes=[(str(session.uuid), queries.class_words(session)) for session in sessions],
        reasons=queries.policy_for(
            enrolment.edition, on=timezone.localtime(now).date()
        ).justification_reasons,
    )
    if request.method == "POST" and form.is_valid():
        chosen = set(form.cleaned_data["classes"])
        try:
            row = actions.ask_justification(
                enrolment,
                [session for session in sessions if str(session.uuid) in chosen],
                reason=form.cleaned_data["reason"],
                note=form.cleaned_data["note"],
                paper_seen=form.cleaned_data["paper_seen"],
                by=request.user,
                at=now,
            )
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("The absence is entered. Now it can be decided."))
            return redirect("attendance:absence", uuid=row.uuid)
    context = {
        "enrolment": enrolment,
        "form": form,
        "crumbs": _crumbs(str(enrolment.person)),
        "section": "absences",
    }
    return render(
        request, "attendance/absence_enter.html", context, status=422 if request.method == "POST" else 200
    )


@never_cache
@login_required
def absence(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One justification, as much of it as the reader may know, and the decision on it."""
    row = access.justification_for(request.user, uuid)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = access.justification_to_decide(request.user, uuid)
        try:
            _decide(request)(row, by=request.user, at=timezone.now(), why=form.cleaned_data["why"])
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("Decided. The person was told."))
            return redirect("attendance:absence", uuid=uuid)
    return _absence(request, row, decision=form)


def _decide(request: HttpRequest) -> Any:
    """The action that the pressed button names: no button is no decision."""
    answers = {"accept": actions.accept_justification, "refuse": actions.refuse_justification}
    answer = answers.get(request.POST.get("answer", ""))
    if answer is None:
        raise Refused("justification.no_answer", _("Choose: accept, or do not accept."), status=400)
    return answer


def _absence(
    request: HttpRequest, row: Any, *, decision: Any = None, paper: Any = None, opening: Any = None
) -> HttpResponse:
    view = access.view_for(request.user, row)
    if view.logged:
        actions.note_reading([row], by=request.user, at=timezone.now())
    forms = [form for form in (decision, paper, opening) if form is not None]
    context = {
        "row": row,
        "view": view,
        "sessions": row.sessions.order_by("starts_at"),
        "papers": list(row.papers.all()),
        "own": row.enrolment.person_id == request.user.pk,
        "decision": decision or DecisionForm(),
        "paper_form": paper or PaperForm(),
        "opening": opening or OpenPaperForm(),
        "may_see_paper": actions.may_note_paper(row, by=request.user),
        "frame": frame_for(request.user),
        "crumbs": _crumbs(str(row.enrolment.person)),
        "section": "absences",
    }
    wrong = any(form.errors for form in forms)
    return render(request, "attendance/absence.html", context, status=422 if wrong else 200)


@require_POST
@login_required
def paper_add(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Add a document to a justification."""
    row = access.justification_to_prove(request.user, uuid)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["paper"]
        try:
            actions.must_fit_paper(file.size)
            actions.attach_paper(row, name=file.name, content=file.read(), by=request.user, at=timezone.now())
        except Refused as refused:
            form.add_error("paper", refused.sentence)
        else:
            messages.success(request, _("The document is kept, encrypted."))
            return redirect("attendance:absence", uuid=uuid)
    return _absence(request, row, paper=form)


@require_POST
@login_required
def paper_seen(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Note that the document was seen on paper."""
    row = access.justification_for(request.user, uuid)
    actions.note_paper_seen(row, by=request.user, at=timezone.now())
    messages.success(request, _("Noted: you saw the document on paper."))
    return redirect("attendance:absence", uuid=uuid)


@require_POST
@never_cache
@login_required
def paper(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Open a document, after saying why."""
    found = access.paper_for(request.user, uuid)
    form = OpenPaperForm(request.POST)
    own = found.justification.enrolment.person_id == request.user.pk
    if not own and not form.is_valid():
        return _absence(
            request, access.justification_for(request.user, found.justification.uuid), opening=form
        )
    purpose = _("One's own document") if own else form.cleaned_data["purpose"]
    content = actions.open_paper(found, by=request.user, purpose=purpose, at=timezone.now())
    response = HttpResponse(content, content_type=found.kind)
    word = _("document")
    name = f"{word}-{found.added_at:%Y-%m-%d}.{found.kind.rsplit('/', 1)[-1]}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@login_required
def recover(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Plan a class that makes up for one that was missed, for those who missed it."""
    session = class_to_recover(request.user, uuid)
    absentees = queries.absentees(session)
    form = RecoveryForm(request.POST or None, missed=session, absentees=absentees)
    if request.method == "POST" and form.is_valid():
        chosen = set(form.cleaned_data["people"])
        try:
            planned = plan_recovery(
                session,
                [row.enrolment for row in absentees if str(row.enrolment.uuid) in chosen],
                by=request.user,
                at=timezone.now(),
                **form.planned(),
            )
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(
                request,
                _("The recovery class is in the timetable, for those whom you chose and nobody else."),
            )
            return redirect("attendance:class", uuid=planned.uuid)
    people = [row.enrolment.person.uuid for row in absentees]
    actions.note_class_read(session, people, by=request.user, at=timezone.now())
    context = {
        "session": session,
        "form": form,
        "absentees": absentees,
        "crumbs": class_crumbs(session, _("Recovery class")),
        "section": "attendance",
    }
    return render(
        request, "attendance/recover.html", context, status=422 if request.method == "POST" else 200
    )


def _crumbs(here: str) -> list[tuple[str, str]]:
    return [(_("Absences"), reverse("attendance:absences")), (here, "")]
