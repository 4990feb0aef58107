"""Registers, the state of classes, and what keeps a chain honest."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Max, Min, Q, QuerySet, prefetch_related_objects

from .. import anchors, rules
from ..models import (
    EntryKind,
    InspectionReport,
    PageSignature,
    Register,
    RegisterEntry,
    RegisterLine,
    RegisterPage,
    StudyInterval,
    StudyPage,
)
from .frozen import body_of_entry


def class_state(session: Any) -> str:
    """planned, open, ended or closed, as it is now."""
    return class_states([session.pk])[session.pk]


def page_of_class(session: Any) -> RegisterPage | None:
    """The page of one class; none while nobody has begun it."""
    return RegisterPage.objects.filter(session=session).first()


def class_states(session_ids: Iterable[int]) -> dict[int, str]:
    """The state of many classes. One query."""
    states = dict.fromkeys(session_ids, rules.PLANNED)
    for page in RegisterPage.objects.filter(session__in=states):
        states[page.session_id] = rules.class_state(
            started_at=page.started_at, ended_at=page.ended_at, closed_at=page.closed_at
        )
    return states


def register_for_edition(edition: Any) -> Register | None:
    return Register.objects.filter(edition=edition).first()


def head_of(register: Register) -> tuple[int, str]:
    """How many entries a register has, and the hash of the last: what an anchor fixes."""
    last = RegisterEntry.objects.filter(register=register).order_by("-position").first()
    return (last.position, last.hash) if last else (0, "")


def anchors_of(register: Register) -> list[dict[str, Any]]:
    """The heads of a register at each closing, oldest first, each enough to be checked by itself."""
    entries = RegisterEntry.objects.filter(register=register).select_related("register").order_by("position")
    return [anchors.anchor_data(entry) for entry in entries]


def anchors_beyond(
    known: Mapping[str, int], edition_ids: Collection[int] | None = None
) -> list[tuple[str, dict[str, Any]]]:
    """The anchors that somebody outside does not have yet, as (kind of entry, anchor), oldest first.

    `known` says up to which position each register, by its code, was given out; `edition_ids` None means all.
    """
    registers = Register.objects.annotate(last=Max("entries__position"))
    if edition_ids is not None:
        registers = registers.filter(edition__in=edition_ids)
    behind = Q(pk__in=[])
    for pk, code, last in registers.values_list("pk", "code", "last"):
        if (last or 0) > known.get(code, 0):
            behind |= Q(register=pk, position__gt=known.get(code, 0))
    entries = RegisterEntry.objects.filter(behind).select_related("register").order_by("register", "position")
    return [(entry.kind, anchors.anchor_data(entry)) for entry in entries]


def with_heads(registers: QuerySet[Register], words: str = "") -> QuerySet[Register]:
    """Registers with how many pages are closed and when the last was, for lists; `words` narrows them."""
    if words:
        registers = registers.filter(
            Q(code__icontains=words) | Q(edition__title__icontains=words) | Q(edition__code__icontains=words)
        )
    return registers.annotate(
        closed_pages=Count("pages", filter=Q(pages__closed_at__isnull=False)),
        last_closed=Max("pages__closed_at"),
    ).order_by("-last_closed", "code")


def cover_as_signed(register: Register) -> dict[str, Any]:
    """The newest cover, as its entry has it."""
    kinds = (EntryKind.OPENING, EntryKind.COVER)
    entry = RegisterEntry.objects.filter(register=register, kind__in=kinds).order_by("-position").first()
    return body_of_entry(entry) if entry else {}


def next_page_number(register: Register) -> int:
    """The number of the next page, of a class or of own study. The caller holds the register's lock."""
    classes = RegisterPage.objects.filter(register=register).aggregate(last=Max("number"))["last"]
    study = register.study_pages.aggregate(last=Max("number"))["last"]
    return max(classes or 0, study or 0) + 1


def study_pages_of(register: Register) -> list[StudyPage]:
    """The pages of own study in order, each with its closer."""
    return list(register.study_pages.select_related("closed_by").order_by("number"))


def reports_of(register: Register) -> list[InspectionReport]:
    """The reports of inspectors, oldest first."""
    return list(register.inspection_reports.select_related("page__session").order_by("written_at", "id"))


def reports_of_page(page: RegisterPage) -> list[InspectionReport]:
    """The reports of inspectors about one class."""
    return list(page.inspection_reports.order_by("written_at", "id"))


def entry_of_page(page: RegisterPage) -> RegisterEntry | None:
    """The entry of a closed page, with its signatures loaded."""
    entry = next((entry for entry in page.entries.all() if entry.kind == EntryKind.PAGE), None)
    if entry:
        prefetch_related_objects([entry], "signatures__signer")
    return entry


def signatures_of(register: Register) -> dict[int, list[PageSignature]]:
    """The signatures of a register by the id of the entry that they are under. One query."""
    found: dict[int, list[PageSignature]] = defaultdict(list)
    rows = PageSignature.objects.filter(signed__register=register).select_related("signer")
    for row in rows.order_by("signed_at", "id"):
        found[row.signed_id].append(row)
    return found


def closing_entry(register: Register) -> RegisterEntry | None:
    """The closing page, where the register has one."""
    return register.entries.filter(kind=EntryKind.CLOSING).first()


def pages_of(register: Register) -> list[RegisterPage]:
    """The closed pages in order, each with its class, its closer, its totals and its rectifications."""
    return list(
        RegisterPage.objects.filter(register=register, closed_at__isnull=False)
        .select_related("session", "closed_by")
        .annotate(
            learners=Count("lines", distinct=True),
            present=Count("lines", filter=Q(lines__minutes__gt=0), distinct=True),
            rectified=Count("entries", filter=Q(entries__kind=EntryKind.AMENDMENT), distinct=True),
            entry_id=Min("entries__pk", filter=Q(entries__kind=EntryKind.PAGE)),
        )
        .order_by("number")
    )


def people_of_register(register: Register) -> QuerySet:
    """Everybody who stands in a register: on a closed page of a class, or with study of their own. One query."""
    lines = RegisterLine.objects.filter(page__register=register).values("enrolment__person")
    study = StudyInterval.objects.filter(enrolment__edition=register.edition_id).values("enrolment__person")
    return get_user_model().objects.filter(Q(pk__in=lines) | Q(pk__in=study))
