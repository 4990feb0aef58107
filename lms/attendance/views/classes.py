"""Classes of professionals: the list, one class, its breaks, its end, its closing."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from lms.enrolments.access import editions_visible_to
from lms.enrolments.queries import class_report_url, class_url
from lms.people.access import CASE_ROLES, is_professional, roles_of

from .. import access, actions, queries, rules
from ..forms import BreakForm, ClassFilter, CloseForm
from .signatures import proof_of, sign_url

PER_PAGE = 25


@require_GET
@login_required
def classes(request: HttpRequest) -> HttpResponse:
    """The classes whose log one may read, the newest first. Who only follows people is sent to their hours."""
    if not is_professional(request.user):
        raise Http404
    visible = access.classes_visible_to(request.user)
    form = ClassFilter(request.GET, editions=_editions(request.user))
    rows = queries.filtered(visible, form.chosen(), at=timezone.now())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    if (
        not page.object_list
        and not request.GET
        and CASE_ROLES & roles_of(request.user)
        and not visible.exists()
    ):
        return redirect("attendance:hours")
    return render(
        request,
        "attendance/classes.html",
        {
            "form": form,
            "page_obj": page,
            "rows": queries.class_rows(page.object_list),
            "section": "attendance",
        },
    )


def _editions(user: Any) -> list[tuple[str, str]]:
    return [(e.code, f"{e.code} · {e.title}") for e in editions_visible_to(user).order_by("-starts_on")[:100]]


@require_GET
@login_required
def class_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The grid of one class: who, from when to when, how many minutes."""
    session = access.class_for(request.user, uuid)
    context = _class_context(request.user, session)
    _note(request.user, session, context["sheet"], inspects=context["powers"].inspects)
    return render(request, "attendance/class.html", context)


def _note(user: Any, session: Any, sheet: Any, *, inspects: bool = False) -> None:
    people = [line.person for line in sheet.lines]
    actions.note_class_read(session, people, by=user, at=timezone.now(), inspects=inspects)


def _class_context(user: Any, session: Any) -> dict[str, Any]:
    page = getattr(session, "register_page", None)
    sheet = queries.sheet_of(session, page)
    story = queries.story_of(session, page, sheet)
    powers = access.powers(user, session)
    state = rules.PLANNED
    if page:
        state = rules.class_state(
            started_at=page.started_at, ended_at=page.ended_at, closed_at=page.closed_at
        )
    return {
        "session": session,
        "page": page,
        "state": state,
        "sheet": sheet,
        "story": story,
        "view": queries.grid_of(sheet, _justified(session, sheet), story.confirmations()),
        "recovers": bool(page and page.closed_at) and not session.recovery and access.may_plan(user, session),
        "powers": powers,
        "waiting": queries.waiting_amendments(page) if page and page.closed_at else [],
        "late_evidence": queries.to_amend(session, page) if page and page.closed_at else [],
        "break_form": BreakForm(),
        "breaks": page.breaks.all() if page and sheet.breaks and state == rules.ENDED else [],
        "room": class_url(session),
        **_signatures(page, powers),
        "way": class_report_url(session),
        "crumbs": crumbs(session)[:2],
        "section": "attendance",
    }


def _justified(session: Any, sheet: Any) -> Any:
    """Who has an accepted reason by now; a query only where there may be one."""
    return queries.justified_in(session) if sheet.closed or sheet.justified_now else frozenset()


def _signatures(page: Any, powers: access.Powers) -> dict[str, Any]:
    """Who signed a closed page, and in which role this reader may sign it now."""
    entry = queries.entry_of_page(page) if page and page.closed_at else None
    if entry is None:
        return {"slots": [], "mine": ""}
    now = timezone.now()
    return {
        "sign_url": sign_url(entry),
        "slots": queries.slots_of(entry, at=now),
        "mine": queries.next_for(entry, powers.roles, at=now),
        "reports": queries.reports_of_page(page),
    }


def crumbs(session: Any, here: str = "") -> list[tuple[str, str]]:
    """The way to a page about one class."""
    return [
        (_("Attendance"), reverse("attendance:classes")),
        (session.title, reverse("attendance:class", args=[session.uuid])),
        (here, ""),
    ]


@require_POST
@login_required
def end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End a class that nobody ended from the room."""
    session = access.class_to_sign(request.user, uuid)
    actions.end_class(session, by=request.user, at=timezone.now())
    messages.success(request, _("The class has ended. Look at the page, then close it."))
    return redirect("attendance:class", uuid=uuid)


@require_POST
@login_required
def add_break(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Note a pause."""
    page = access.page_to_sign(request.user, uuid)
    form = BreakForm(request.POST)
    if not form.is_valid():
        context = _class_context(request.user, access.class_for(request.user, uuid)) | {"break_form": form}
        return render(request, "attendance/class.html", context, status=422)
    begins, ends = (_moment_of(page.session, form.cleaned_data[name]) for name in ("starts_at", "ends_at"))
    actions.add_break(page, starts_at=begins, ends_at=ends, by=request.user, at=timezone.now())
    messages.success(request, _("The break is noted: it counts for nobody."))
    return redirect("attendance:class", uuid=uuid)


def _moment_of(session: Any, clock: time) -> datetime:
    """The moment that a time of the day names in a class; one before it began, of a class over midnight, is after."""
    begins, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    day = ends.date() if clock < begins.time() else begins.date()
    return datetime.combine(day, clock, begins.tzinfo)


@require_POST
@login_required
def remove_break(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take back a pause that was noted wrongly."""
    pause = access.break_to_remove(request.user, uuid)
    actions.remove_break(pause, by=request.user, at=timezone.now())
    messages.success(request, _("The break is taken back: its time counts again."))
    return redirect("attendance:class", uuid=pause.page.session.uuid)


@never_cache
@sensitive_post_parameters("secret")
@login_required
def close(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """First the preview of what closing writes, then, as an act of its own, the closing; its trainer signs at once."""
    page = access.page_to_sign(request.user, uuid)
    signs = "trainer" in access.powers(request.user, page.session).roles
    form = CloseForm(request.POST or None, signs=signs)
    if request.method == "POST" and form.is_valid() and (closed := _closed(request, page, form)):
        said = _("Page %(number)s is closed. It cannot be changed any more.") % {"number": closed.number}
        then = _("You signed it.") if signs else _("It waits for signatures.")
        messages.success(request, f"{said} {then}")
        return redirect("attendance:class", uuid=uuid)
    preview = queries.preview_of(page, at=timezone.now())
    _note(request.user, page.session, preview.sheet)
    context = {
        "session": page.session,
        "page": page,
        "form": form,
        "preview": preview,
        "crumbs": crumbs(page.session, _("Close the page")),
        "section": "attendance",
    }
    return render(request, "attendance/close.html", context, status=422 if request.method == "POST" else 200)


def _closed(request: HttpRequest, page: Any, form: CloseForm) -> Any:
    """The closed page; None when its trainer's proof is wrong, and the form says so."""
    said = {name: value for name, value in form.cleaned_data.items() if name != "secret"}
    if "secret" not in form.fields:
        return actions.close_page(page, by=request.user, at=timezone.now(), **said)
    proof = proof_of(request, form)
    return proof and actions.close_and_sign(page, by=request.user, proof=proof, at=timezone.now(), **said)
