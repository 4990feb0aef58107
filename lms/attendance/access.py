"""Who may see which class and page. The filter and the single fetch are one rule.

The connection log of a class is for its own trainer, and for tutors, directors and inspectors of its edition.
Who follows people sees their hours, never the log; the consortium sees registers (`access_registers.py`),
never the live log.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from lms.enrolments.access import (
    editions_with_task,
    enrolments_visible_to,
    lets_inspectors_in,
    sessions_visible_to,
    staff_roles,
)
from lms.enrolments.queries import classes, learners_expected, staff_of_editions
from lms.people.access import CASE_ROLES, Role, people_with_open_hours, roles_of
from lms.people.queries import agencies, load_memberships, people_with_role

from . import queries
from .models import (
    Amendment,
    ClassBreak,
    Handover,
    InspectorPass,
    RegisterPage,
    digest_of,
)

SIGNERS = frozenset({"tutor", "director"})


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
    return open_passes(user).filter(session=session).first()


def open_passes(user: Any) -> QuerySet[InspectorPass]:
    """The passes by which this person may be in a class now as its inspector."""
    if not user.is_authenticated:
        return InspectorPass.objects.none()
    return InspectorPass.objects.filter(
        person=user.pk, revoked_at__isnull=True, expires_at__gt=timezone.now()
    )


def _passes(user: Any) -> QuerySet:
    return open_passes(user).values("session")


def class_to_enter(user: Any, uuid: UUID | str) -> Any:
    """A class whose room this person may enter: as a member of it, or by an inspector's pass; or 404."""
    member = sessions_visible_to(user).values("pk")
    return one(_all_classes(user).filter(Q(pk__in=member) | Q(pk__in=_passes(user))), uuid=uuid)


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
    return one(rows.select_related("person", "session__edition"), digest=digest_of(token))


def class_to_open_to_inspectors(user: Any, uuid: UUID | str) -> Any:
    """A class into which this person may let inspectors: who directs its edition, or coordinates its network."""
    session = one(_all_classes(user), uuid=uuid)
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
    held = one(InspectorPass.objects.select_related("session", "person"), uuid=uuid)
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
    return one(classes_visible_to(user), uuid=uuid)


def pages_visible_to(user: Any) -> QuerySet[RegisterPage]:
    """The pages of those classes; a class that has not begun has none."""
    return RegisterPage.objects.filter(session__in=classes_visible_to(user).values("pk")).select_related(
        "register", "session__edition", "session__trainer"
    )


def page_for(user: Any, session_uuid: UUID | str) -> RegisterPage:
    """The page of one class, or 404."""
    return one(pages_visible_to(user), session__uuid=session_uuid)


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


def break_to_remove(user: Any, uuid: UUID | str) -> ClassBreak:
    """A break of a class that this person may sign, or 404."""
    pages = pages_visible_to(user).values("pk")
    pause = one(ClassBreak.objects.filter(page__in=pages).select_related("page__session__edition"), uuid=uuid)
    if not powers(user, pause.page.session).signs:
        raise Http404
    return pause


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
    amendment = one(rows, uuid=uuid)
    if not powers(user, amendment.page.session).decides:
        raise Http404
    return amendment


def enrolments_followed_by(user: Any) -> QuerySet:
    """The enrolments of the people whose case is this person's and whose hours the table opens to them."""
    visible = enrolments_visible_to(user)
    if not CASE_ROLES & roles_of(user):
        return visible.none()
    return visible.filter(person__in=people_with_open_hours(user), active_from__isnull=False)


def one(rows: QuerySet, **lookup: Any) -> Any:
    """The one row, or 404: for none, and for what is no uuid."""
    try:
        return rows.get(**lookup)
    except (rows.model.DoesNotExist, ValidationError) as error:
        raise Http404 from error
