"""Who may see which register, write in it, take it away; who may change the attendance rules of an edition."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from lms.enrolments.access import editions_with_task, editions_worked_with, sessions_visible_to, staff_roles
from lms.people.access import Role, has_role
from lms.people.queries import network_of

from .access import SIGNERS, classes_visible_to, one, open_passes
from .models import EntryKind, Handover, PageSignature, Register, RegisterEntry, StudyPage

SIGNABLE = frozenset({EntryKind.PAGE, EntryKind.STUDY, EntryKind.CLOSING})
MOST_TO_SIGN = 100


def registers_visible_to(user: Any) -> QuerySet[Register]:
    """The registers of the editions one works in or inspects; for a coordinator, of the whole network."""
    rule = Q(edition__in=editions_with_task(user, "trainer", "tutor", "director", "inspector"))
    if has_role(user, Role.CONSORTIUM_COORDINATOR):
        rule |= Q(edition__agency__in=network_of(user, Role.CONSORTIUM_COORDINATOR))
    rule |= Q(edition__in=open_passes(user).values("session__edition"))
    return Register.objects.filter(rule).select_related("edition__course", "edition__agency")


def register_for(user: Any, code: str) -> Register:
    """The register with this code, or 404."""
    return one(registers_visible_to(user), code=code)


def roles_in_register(user: Any, register: Register) -> set[str]:
    """In which roles this person signs what is about no class: own study, the closing page."""
    return staff_roles(user, register.edition) & SIGNERS


def pages_to_sign(user: Any) -> list[tuple[RegisterEntry, set[str]]]:
    """The newest pages that lack a signature in a role of this person, oldest first, with those roles. Six queries."""
    led = Q(trainer=user.pk) | Q(pk__in=Handover.objects.filter(taker=user.pk).values("session"))
    own = sessions_visible_to(user).filter(led, edition__in=editions_with_task(user, "trainer"))
    own_ids = set(own.values_list("pk", flat=True))
    editions = {role: set(editions_with_task(user, role).values_list("pk", flat=True)) for role in SIGNERS}
    rule: Any = Q(kind=EntryKind.PAGE, page__session__in=own_ids) & ~_signed_as("trainer")
    for role, ids in editions.items():
        rule |= Q(register__edition__in=ids) & ~_signed_as(role)
    entries = RegisterEntry.objects.filter(rule, kind__in=SIGNABLE).select_related(
        "register__edition", "page"
    )
    found = []
    for entry in entries.prefetch_related("signatures").order_by("-written_at", "-id")[:MOST_TO_SIGN]:
        roles = {role for role, ids in editions.items() if entry.register.edition_id in ids}
        if entry.page and entry.page.session_id in own_ids:
            roles.add("trainer")
        found.append((entry, roles))
    return found[::-1]


def _signed_as(role: str) -> Exists:
    return Exists(PageSignature.objects.filter(signed=OuterRef("pk"), role=role))


@dataclass(frozen=True)
class RegisterTasks:
    """What one person may do with one register beside reading it."""

    runs: bool
    directs: bool
    inspects: bool
    identifies: bool
    downloads: bool


def register_tasks(user: Any, register: Register) -> RegisterTasks:
    """A tutor or director closes study and signs; a director stamps and closes; an inspector reports."""
    tasks = staff_roles(user, register.edition)
    passed = open_passes(user).filter(session__edition=register.edition_id).exists()
    return RegisterTasks(
        runs=bool(tasks & SIGNERS),
        directs="director" in tasks,
        inspects="inspector" in tasks or passed,
        identifies="inspector" in tasks,
        downloads=downloads(user, register),
    )


def register_to_direct(user: Any, code: str) -> Register:
    """A register whose edition this person directs, or 404."""
    register = register_for(user, code)
    if "director" not in staff_roles(user, register.edition):
        raise Http404
    return register


def register_to_run(user: Any, code: str) -> Register:
    """A register whose edition this person tutors or directs, or 404."""
    register = register_for(user, code)
    if not roles_in_register(user, register):
        raise Http404
    return register


def edition_for_cover(user: Any, code: str) -> Any:
    """An edition whose register this person opens and whose cover they write: who directs it, or 404."""
    return one(editions_with_task(user, "director").select_related("agency", "course"), code=code)


def study_page_for(user: Any, register: Register, number: int) -> StudyPage:
    """A page of own study of a register fetched for this reader: for who runs or inspects it, or directs."""
    if not staff_roles(user, register.edition) & (SIGNERS | {"inspector"}):
        raise Http404
    return one(register.study_pages.select_related("entry", "closed_by"), number=number)


def editions_without_register(user: Any) -> QuerySet:
    """The editions that this person directs and whose register is not open yet, soonest first."""
    return editions_with_task(user, "director").filter(register__isnull=True).order_by("starts_on", "code")


def register_to_inspect(user: Any, code: str) -> Register:
    """A register in which this person may write an inspector's report: by a task in its edition, or by a pass."""
    register = register_for(user, code)
    if "inspector" in staff_roles(user, register.edition):
        return register
    if open_passes(user).filter(session__edition=register.edition_id).exists():
        return register
    raise Http404


def register_to_identify_in(user: Any, code: str) -> Register:
    """A register of whose people an inspector with an account may check the identity; a pass is not enough."""
    register = register_for(user, code)
    if "inspector" not in staff_roles(user, register.edition):
        raise Http404
    return register


def classes_inspected_by(user: Any, register: Register) -> QuerySet:
    """The classes of a register that this inspector may read: all by a task, one by a pass."""
    return classes_visible_to(user).filter(edition=register.edition_id).order_by("starts_at", "id")


def downloads(user: Any, register: Register) -> bool:
    """May this person take the whole register away: who directs, inspects, or coordinates its network? Trainers and
    tutors sign it and read their own pages."""
    if register.edition.agency_id in network_of(user, Role.CONSORTIUM_COORDINATOR):
        return True
    return bool(staff_roles(user, register.edition) & {"director", "inspector"})


def register_to_download(user: Any, code: str) -> Register:
    """A register that this person may take away, or 404."""
    register = register_for(user, code)
    if not downloads(user, register):
        raise Http404
    return register


def editions_with_rules(user: Any) -> QuerySet:
    """The editions whose attendance rules this person may read: who works in them or inspects them, and the
    coordinator of their network."""
    rule = Q(pk__in=editions_with_task(user, "trainer", "tutor", "director", "inspector").values("pk"))
    if has_role(user, Role.CONSORTIUM_COORDINATOR):
        rule |= Q(agency__in=network_of(user, Role.CONSORTIUM_COORDINATOR))
    return editions_worked_with(user).filter(rule)


def edition_with_rules(user: Any, code: str) -> Any:
    """One of those editions, or 404."""
    return one(editions_with_rules(user), code=code)


def edition_to_rule(user: Any, code: str) -> Any:
    """An edition whose attendance rules this person may change: its directors; else 404."""
    edition = edition_with_rules(user, code)
    if not may_change_rules(user, edition):
        raise Http404
    return edition


def may_change_rules(user: Any, edition: Any) -> bool:
    return "director" in staff_roles(user, edition)
