"""Registers: the list, the cover with its pages, the check of the chain, the downloads."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lms.audit.actions import record
from lms.audit.exports import csv_response
from lms.people.access import is_professional

from .. import access, access_registers, actions, files, papers, queries, rules, tables
from .signatures import sign_url

PER_PAGE = 25
TO_OPEN = 10


@require_GET
@login_required
def registers(request: HttpRequest) -> HttpResponse:
    """The registers that one may read."""
    if not is_professional(request.user):
        raise Http404
    found = queries.with_heads(access_registers.registers_visible_to(request.user), request.GET.get("q", ""))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "to_open": access_registers.editions_without_register(request.user)[:TO_OPEN],
        "to_sign": len(queries.to_sign(access_registers.pages_to_sign(request.user), at=timezone.now())),
        "section": "registers",
    }
    return render(request, "attendance/registers.html", context)


@require_GET
@login_required
def register(request: HttpRequest, code: str) -> HttpResponse:
    """One register: cover, pages, and whether it is intact. Asked to check (?verifica=1), it says what it found."""
    found = access_registers.register_for(request.user, code)
    record("read.register", by=request.user, target=found, purpose=_("Register opened"), at=timezone.now())
    context = {
        "register": found,
        "cover": queries.cover_as_signed(found),
        "pages": queries.pages_of(found),
        "study_pages": queries.study_pages_of(found),
        "signatures": queries.signatures_of(found),
        "closing": (closing := queries.closing_entry(found)),
        "slots": queries.slots_of(closing, at=timezone.now()) if closing else [],
        "mine": _mine(request.user, found, closing),
        "sign_url": sign_url(closing) if closing else "",
        "stamps": queries.stamps_of(found),
        "reports": queries.reports_of(found),
        "tasks": access_registers.register_tasks(request.user, found),
        "required": queries.policy_for(found.edition, on=timezone.localdate()).vidimation_required,
        "readable": set(
            access.pages_visible_to(request.user).filter(register=found).values_list("pk", flat=True)
        ),
        "verdict": queries.verify(found),
        "checked": "verifica" in request.GET,
        "crumbs": [(_("Registers"), reverse("attendance:registers")), (found.code, "")],
        "section": "registers",
    }
    return render(request, "attendance/register.html", context)


def _mine(user: Any, found: Any, closing: Any) -> str:
    roles = access_registers.roles_in_register(user, found)
    return queries.next_for(closing, roles, at=timezone.now()) if closing else ""


@require_GET
@login_required
def register_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The whole register on paper, with its log attached."""
    found = access_registers.register_to_download(request.user, code)
    actions.note_register_taken("read.register_pdf", found, by=request.user, at=timezone.now())
    paper = papers.sealed(papers.register_pdf(found, at=timezone.now()), reason=f"Registro {found.code}")
    return _pdf(paper, f"{found.code}.pdf")


@require_GET
@login_required
def register_csv(request: HttpRequest, code: str) -> HttpResponse:
    """Every connection and every credited minute of the closed pages."""
    found = access_registers.register_to_download(request.user, code)
    actions.note_register_taken("read.register_csv", found, by=request.user, at=timezone.now())
    header, rows = tables.register_table(found)
    return csv_response(f"{found.code}.csv", header, rows)


@require_GET
@login_required
def register_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """The same as a workbook."""
    found = access_registers.register_to_download(request.user, code)
    actions.note_register_taken("read.register_xlsx", found, by=request.user, at=timezone.now())
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _download(files.register_xlsx(found), f"{found.code}.xlsx", kind)


@require_GET
@login_required
def register_json(request: HttpRequest, code: str) -> HttpResponse:
    """The whole register as data: the signed entries, the anchors and the log."""
    found = access_registers.register_to_download(request.user, code)
    actions.note_register_taken("read.register_json", found, by=request.user, at=timezone.now())
    return _download(files.register_json(found).encode(), f"{found.code}.json", "application/json")


@require_GET
@login_required
def class_pdf(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The page of one class on paper, closed or not; one that is not closed says so."""
    session = access.class_for(request.user, uuid)
    _note(request.user, session, "read.class_pdf")
    paper = papers.class_pdf(session, at=timezone.now())
    if queries.class_state(session) == rules.CLOSED:
        paper = papers.sealed(paper, reason=f"Registro {session.edition.code}, {session.title}")
    return _pdf(paper, f"{session.edition.code}-{session.starts_at:%Y-%m-%d}.pdf")


@require_GET
@login_required
def class_csv(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The log of one class."""
    session = access.class_for(request.user, uuid)
    _note(request.user, session, "read.class_csv")
    header, rows = tables.class_table(session)
    return csv_response(f"{session.edition.code}-{session.starts_at:%Y-%m-%d}.csv", header, rows)


def _note(user: Any, session: Any, verb: str) -> None:
    people = [line.person for line in queries.sheet_of(session).lines]
    actions.note_class_taken(verb, session, people, by=user, at=timezone.now())


def _pdf(data: bytes, name: str) -> HttpResponse:
    return _download(data, name, "application/pdf")


def _download(data: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
