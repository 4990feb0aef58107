"""Who may see which class, page and register. The filter and the single fetch are one rule.

The connection log of a class is for its own trainer, and for tutors, directors and inspectors of its edition.
Who follows people sees their hours, never the log; the consortium sees registers, never the live log.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from lms.enrolments.access import (
    editions_with_task,
    editions_worked_with,
    enrolments_visible_to,
    lets_inspectors_in,
    sessions_visible_to,
    staff_roles,
)
from lms.enrolments.queries import classes, learners_expected, staff_of_editions
from lms.people.access import CASE_ROLES, Role, has_role, people_with_open_hours, roles_of
from lms.people.queries import agencies, load_memberships, network_of, people_with_role

from . import queries
from .models import (
    Amendment,
    EntryKind,
    Handover,
    InspectorPass,
    PageSignature,
    Register,
    RegisterEntry,
    RegisterPage,
    StudyPage,
    digest_of,
)

SIGNERS = frozenset({"tutor", "director"})
SIGNABLE = frozenset({EntryKind.PAGE, EntryKind.STUDY, EntryKind.CLOSING})
MOST_TO_SIGN = 100


def classes_visible_to(user: Any) -> QuerySet:
    """The classes whose connection log this person may read, with their page where there is one.

    A trainer's own are those planned for them and those that were handed to them; a pass shows an inspector one.
    """
    own = Q(trainer=user.pk) | Q(pk__in=Handover.objects.filter(taker=user.pk).values("session"))
    rule = Q(edition__in=editions_with_task(user, "tutor", "director", "inspector"))
    rule |= own & Q(edition__in=editions_with_task(user, "trainer"))
    member = sessions_visible_to(user).filter(rule)
    return _all_classes(user).filter(Q(pk__in=member.values("pk")) | Q(pk__in=_passes(user)))


def _all_classes(user: Any) -> QuerySet:
    model = sessions_visible_to(user).model
    return model._default_manager.select_related("edition__course", "trainer", "register_page__register")


def open_pass(user: Any, session: Any) -> InspectorPass | None:
    """The pass by which this person may be in this class now as its inspector."""
    return _open_passes(user).filter(session=session).first()


def _open_passes(user: Any) -> QuerySet[InspectorPass]:
    if not user.is_authenticated:
        return InspectorPass.objects.none()
    return InspectorPass.objects.filter(
        person=user.pk, revoked_at__isnull=True, expires_at__gt=timezone.now()
    )


def _passes(user: Any) -> QuerySet:
    return _open_passes(user).values("session")


def class_to_enter(user: Any, uuid: UUID | str) -> Any:
    """A class whose room this person may enter: as a member of it, or by an inspector's pass; or 404."""
    member = sessions_visible_to(user).values("pk")
    return _one(_all_classes(user).filter(Q(pk__in=member) | Q(pk__in=_passes(user))), uuid=uuid)


def class_of_learners(people: Iterable[Any], uuid: UUID) -> tuple[Any, frozenset[int]]:
    """The class with this uuid, or None, and which of these people may enter it and are its learners, nothing else.

    As `class_to_enter` for many at once. Whoever has another role today or a pass is not among them, nor is a stranger:
    they are asked for one by one. Four queries.
    """
    people = list(people)
    load_memberships(people)
    only = {Role.BENEFICIARY}
    plain = {one.pk for one in people if one.is_active and not one.is_superuser and roles_of(one) <= only}
    session = classes().filter(uuid=uuid).first()
    if session is None or not plain:
        return session, frozenset()
    expected = learners_expected(session).filter(status="active", person__in=plain)
    guests = InspectorPass.objects.filter(session=session, person__in=plain).values_list("person", flat=True)
    return session, frozenset(expected.values_list("person", flat=True)) - frozenset(guests)


def tasks_in(user: Any, session: Any) -> set[str]:
    """The tasks of this person in this class now; a pass gives the inspector's."""
    tasks = staff_roles(user, session.edition)
    if "inspector" not in tasks and open_pass(user, session):
        tasks.add("inspector")
    return tasks


def pass_of_guest(token: str) -> InspectorPass:
    """The pass that the secret of a guest's address opens now; forged, expired and revoked are all absent."""
    rows = InspectorPass.objects.filter(
        revoked_at__isnull=True, expires_at__gt=timezone.now(), person__is_active=True
    )
    return _one(rows.select_related("person", "session__edition"), digest=digest_of(token))


def class_to_open_to_inspectors(user: Any, uuid: UUID | str) -> Any:
    """A class into which this person may let inspectors: who directs its edition, or coordinates its network."""
    session = _one(_all_classes(user), uuid=uuid)
    if not user.is_authenticated or not lets_inspectors_in(user, session.edition):
        raise Http404
    return session


def inspectors_of_network(session: Any) -> QuerySet:
    """The accounts with the role of inspector in the bodies of the class's network."""
    head = session.edition.agency.consortium_id or session.edition.agency_id
    bodies = {agency.pk for agency in agencies() if head in {agency.pk, agency.consortium_id}}
    return people_with_role(Role.INSPECTOR).filter(memberships__agency__in=bodies).distinct()


def pass_to_revoke(user: Any, uuid: UUID | str) -> InspectorPass:
    """A pass of a class into which this person may let inspectors, or 404."""
    held = _one(InspectorPass.objects.select_related("session", "person"), uuid=uuid)
    class_to_open_to_inspectors(user, held.session.uuid)
    return held


def may_hand_over(user: Any, session: Any, *, at: datetime) -> bool:
    """Who directs, and the trainer who leads; a tutor once that trainer has been missing as long as the policy says."""
    tasks = staff_roles(user, session.edition)
    if "director" in tasks or ("trainer" in tasks and queries.leads(user, session)):
        return True
    return "tutor" in tasks and leader_is_missing(session, at=at)


def leader_is_missing(session: Any, *, at: datetime) -> bool:
    """Whether a class that should be on has had no sign of its trainer for as long as the policy waits."""
    patience = timedelta(minutes=queries.policy_for(session.edition).substitute_after_min)
    if at < session.starts_at + patience or queries.class_state(session) not in {"planned", "open"}:
        return False
    seen = queries.last_seen(session, queries.leader_of(session))
    return seen is None or at - seen >= patience


def substitutes_for(session: Any, *, at: datetime) -> list[Any]:
    """The trainers of the edition to whom a class may be handed now."""
    trainers = staff_of_editions([session.edition_id], at, "trainer").get(session.edition_id, [])
    leader = queries.leader_of(session)
    return [
        person
        for person in trainers
        if person.pk != leader.pk and "trainer" in staff_roles(person, session.edition, at=at)
    ]


def class_for(user: Any, uuid: UUID | str) -> Any:
    """One of those classes, or 404."""
    return _one(classes_visible_to(user), uuid=uuid)


def pages_visible_to(user: Any) -> QuerySet[RegisterPage]:
    """The pages of those classes; a class that has not begun has none."""
    return RegisterPage.objects.filter(session__in=classes_visible_to(user).values("pk")).select_related(
        "register", "session__edition", "session__trainer"
    )


def page_for(user: Any, session_uuid: UUID | str) -> RegisterPage:
    """The page of one class, or 404."""
    return _one(pages_visible_to(user), session__uuid=session_uuid)


@dataclass(frozen=True)
class Powers:
    """What one person may do with one class: sign it, decide on its rectifications, or read it as an inspector."""

    signs: bool
    decides: bool
    inspects: bool
    roles: frozenset[str] = frozenset()  # in which it is signed


def powers(user: Any, session: Any) -> Powers:
    """Its trainer, a tutor or a director signs; only a director decides; an inspector reads and is noted."""
    tasks = tasks_in(user, session)
    roles = set(tasks & SIGNERS)
    if "trainer" in tasks and queries.has_led(user, session):
        roles.add("trainer")
    return Powers(bool(roles), "director" in tasks, "inspector" in tasks, frozenset(roles))


def class_to_sign(user: Any, uuid: UUID | str) -> Any:
    """A class that this person may sign, or 404."""
    session = class_for(user, uuid)
    if not powers(user, session).signs:
        raise Http404
    return session


def page_to_sign(user: Any, session_uuid: UUID | str) -> RegisterPage:
    """A page that this person may sign, or 404."""
    page = page_for(user, session_uuid)
    if not powers(user, page.session).signs:
        raise Http404
    return page


def class_to_recover(user: Any, uuid: UUID | str) -> Any:
    """A class with a closed page for which this person may plan a recovery class: tutors and directors; else 404."""
    session = class_for(user, uuid)
    page = getattr(session, "register_page", None)
    if page is None or not page.closed_at or session.recovery or not may_plan(user, session):
        raise Http404
    return session


def may_plan(user: Any, session: Any) -> bool:
    """May this person put classes into the timetable of this class's edition?"""
    return bool(staff_roles(user, session.edition) & SIGNERS)


def amendment_to_decide(user: Any, uuid: UUID | str) -> Amendment:
    """A rectification that this person may confirm or refuse, or 404."""
    pages = pages_visible_to(user).values("pk")
    rows = Amendment.objects.filter(page__in=pages).select_related("page__session__edition", "proposed_by")
    amendment = _one(rows, uuid=uuid)
    if not powers(user, amendment.page.session).decides:
        raise Http404
    return amendment


def registers_visible_to(user: Any) -> QuerySet[Register]:
    """The registers of the editions one works in or inspects; for a coordinator, of the whole network."""
    rule = Q(edition__in=editions_with_task(user, "trainer", "tutor", "director", "inspector"))
    if has_role(user, Role.CONSORTIUM_COORDINATOR):
        rule |= Q(edition__agency__in=network_of(user, Role.CONSORTIUM_COORDINATOR))
    rule |= Q(edition__in=_open_passes(user).values("session__edition"))
    return Register.objects.filter(rule).select_related("edition__course", "edition__agency")


def register_for(user: Any, code: str) -> Register:
    """The register with this code, or 404."""
    return _one(registers_visible_to(user), code=code)


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
    passed = _open_passes(user).filter(session__edition=register.edition_id).exists()
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
    return _one(editions_with_task(user, "director").select_related("agency", "course"), code=code)


def study_page_for(user: Any, register: Register, number: int) -> StudyPage:
    """A page of own study of a register fetched for this reader: for who runs or inspects it, or directs."""
    if not staff_roles(user, register.edition) & (SIGNERS | {"inspector"}):
        raise Http404
    return _one(register.study_pages.select_related("entry", "closed_by"), number=number)


def editions_without_register(user: Any) -> QuerySet:
    """The editions that this person directs and whose register is not open yet, soonest first."""
    return editions_with_task(user, "director").filter(register__isnull=True).order_by("starts_on", "code")


def register_to_inspect(user: Any, code: str) -> Register:
    """A register in which this person may write an inspector's report: by a task in its edition, or by a pass."""
    register = register_for(user, code)
    if "inspector" in staff_roles(user, register.edition):
        return register
    if _open_passes(user).filter(session__edition=register.edition_id).exists():
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
    """May this person take the whole register away? Trainers and tutors sign it and read their own pages."""
    if has_role(user, Role.CONSORTIUM_COORDINATOR):
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
    return _one(editions_with_rules(user), code=code)


def edition_to_rule(user: Any, code: str) -> Any:
    """An edition whose attendance rules this person may change: its directors; else 404."""
    edition = edition_with_rules(user, code)
    if not may_change_rules(user, edition):
        raise Http404
    return edition


def may_change_rules(user: Any, edition: Any) -> bool:
    return "director" in staff_roles(user, edition)


def enrolments_followed_by(user: Any) -> QuerySet:
    """The enrolments of the people whose case is this person's and whose hours the table opens to them."""
    visible = enrolments_visible_to(user)
    if not CASE_ROLES & roles_of(user):
        return visible.none()
    return visible.filter(person__in=people_with_open_hours(user), active_from__isnull=False)


def _one(rows: QuerySet, **lookup: Any) -> Any:
    try:
        return rows.get(**lookup)
    except (rows.model.DoesNotExist, ValidationError) as error:
        raise Http404 from error
