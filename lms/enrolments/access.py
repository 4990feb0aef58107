"""Who may see which edition, enrolment, class and person. Lists and single fetches share one rule."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from lms.people.access import (
    CASE_ROLES,
    Role,
    agencies_of,
    case_bases,
    case_roles,
    follows,
    people_followed_by,
    roles_of,
)
from lms.people.queries import active_memberships, network_of
from lms.people.rules import Data, Detail, Grant, Relation, allowed

from . import queries, rules
from .models import CalendarFeed, ClassSession, Edition, EditionStaff, Enrolment, EnrolmentStatus

_FEED_SALT = "enrolments.calendar"
_WIDTH = list(Detail)
_NETWORK_ROLES = frozenset({Role.CONSORTIUM_COORDINATOR, Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER})


def _own_network(user: Any) -> Q:
    """The condition on an edition "run by a body of a network that this professional works in"."""
    heads = {m.agency.consortium_id or m.agency_id for m in active_memberships(user)}
    return Q(agency__in=heads) | Q(agency__consortium__in=heads)


def _staffed(user: Any, at: datetime) -> QuerySet:
    """Editions in which this person has a task now."""
    return queries.tasks_of(user, at).values("edition")


def _works_in(user: Any, at: datetime, prefix: str = "") -> Q:
    """The condition "this person works in the edition": by a task in it, or as director of its agency."""
    directed = agencies_of(user, Role.TRAINING_DIRECTOR)
    return Q(**{f"{prefix}pk__in": _staffed(user, at)}) | Q(**{f"{prefix}agency__in": directed})


# ------------------------------------------------------------------------------------------- editions


def editions_worked_with(user: Any, *, at: datetime | None = None) -> QuerySet[Edition]:
    """Staff see their editions, a director those of the agency, a consortium its network's.

    Who follows people sees what can be offered to them (not over, in the same network) and what they are in.
    """
    at = at or timezone.now()
    if not user.is_authenticated:
        return Edition.objects.none()
    rule = _works_in(user, at) | Q(agency__in=network_of(user, Role.CONSORTIUM_COORDINATOR))
    if roles_of(user) & rules.REFERRING_ROLES:
        rule |= Q(ends_on__gte=queries.local_day(at)) & _own_network(user)
        rule |= Q(pk__in=Enrolment.objects.filter(person__in=people_followed_by(user)).values("edition"))
    return Edition.objects.select_related("course", "agency").filter(rule)


def editions_visible_to(user: Any, *, at: datetime | None = None) -> QuerySet[Edition]:
    """The editions one works with, and those that one is in, waits for or asked for."""
    if not user.is_authenticated:
        return Edition.objects.none()
    own = Enrolment.objects.filter(person=user, status__in=rules.OPEN_STATUSES).values("edition")
    worked = editions_worked_with(user, at=at).values("pk")
    return Edition.objects.select_related("course", "agency").filter(Q(pk__in=worked) | Q(pk__in=own))


def editions_worked_in(user: Any, *, at: datetime | None = None) -> QuerySet[Edition]:
    """The editions in which this person has a task now."""
    return Edition.objects.filter(_works_in(user, at or timezone.now())).distinct()


def edition_for(user: Any, code: str) -> Edition:
    """The edition with this code, or 404."""
    return _one(editions_visible_to(user), code=code)


def edition_at_work(user: Any, code: str) -> Edition:
    """The edition, for the professionals who work with it: being in it as a learner opens nothing here."""
    return _one(editions_worked_with(user), code=code)


def edition_to_direct(user: Any, code: str) -> Edition:
    """The edition, for the training directors of its agency; 404 for anybody else."""
    edition = edition_at_work(user, code)
    if edition.agency_id not in agencies_directed_by(user):
        raise Http404
    return edition


def edition_to_run(user: Any, code: str) -> Edition:
    """The edition with this code, for its tutors and its director; 404 for anybody else."""
    edition = edition_at_work(user, code)
    if not runs(user, edition):
        raise Http404
    return edition


def edition_to_refer_to(user: Any, code: str) -> Edition:
    """The edition, for who may send people to it; 404 for anybody else."""
    edition = edition_at_work(user, code)
    if not agencies_referring(user):
        raise Http404
    return edition


def people_to_refer(user: Any, edition: Edition) -> QuerySet:
    """The people that this professional follows and who are not in the edition yet."""
    held = Enrolment.objects.filter(edition=edition, status__in=["waiting", "active"]).values("person")
    return people_followed_by(user).exclude(pk__in=held)


def edition_to_apply_to(code: str) -> Edition:
    """An edition as anybody finds it in the catalogue: its course must be published."""
    return _one(Edition.objects.select_related("course").filter(course__live=True), code=code)


def task_of(edition: Edition, user: UUID, role: str) -> EditionStaff:
    """One open task in an edition that was fetched for this reader, or 404."""
    tasks = EditionStaff.objects.select_related("edition", "user").filter(ended_at__isnull=True)
    return _one(tasks, edition=edition, user__uuid=user, role=role)


def staff_roles(user: Any, edition: Edition, *, at: datetime | None = None) -> set[str]:
    """The tasks of this person in this edition now; "director" also for who directs its agency."""
    at = at or timezone.now()
    if not user.is_authenticated:
        return set()
    tasks = set(queries.tasks_of(user, at).filter(edition=edition).values_list("role", flat=True))
    if edition.agency_id in agencies_of(user, Role.TRAINING_DIRECTOR):
        tasks.add("director")
    return tasks


def editions_with_task(user: Any, *tasks: str, at: datetime | None = None) -> QuerySet[Edition]:
    """The editions where this person has one of these tasks now; a director has it in all of the agency's."""
    if not user.is_authenticated:
        return Edition.objects.none()
    held = queries.tasks_of(user, at or timezone.now()).filter(role__in=tasks)
    rule = Q(pk__in=held.values("edition"))
    if "director" in tasks:
        rule |= Q(agency__in=agencies_of(user, Role.TRAINING_DIRECTOR))
    return Edition.objects.filter(rule)


def lets_inspectors_in(user: Any, edition: Edition) -> bool:
    """Does this person direct the edition, or coordinate its network?"""
    if edition.agency_id in network_of(user, Role.CONSORTIUM_COORDINATOR):
        return True
    return "director" in staff_roles(user, edition)


def runs(user: Any, edition: Edition) -> bool:
    """Does this person decide in this edition (tutor or director)?"""
    return bool(staff_roles(user, edition) & rules.MANAGERS)


def works_in_courses(user: Any, course_ids: Iterable[int], *, at: datetime | None = None) -> bool:
    """Has this person a task in an edition of one of these courses?"""
    editions = Edition.objects.filter(_works_in(user, at or timezone.now()), course__in=list(course_ids))
    return editions.exists()


def agencies_directed_by(user: Any) -> frozenset[int]:
    """Ids of the agencies in whose name this person may create editions."""
    return agencies_of(user, Role.TRAINING_DIRECTOR)


def agencies_referring(user: Any) -> frozenset[int]:
    """Ids of the agencies in whose name this person may refer people."""
    return agencies_of(user, *rules.REFERRING_ROLES)


# ----------------------------------------------------------------------------------------- enrolments


def enrolments_visible_to(user: Any, *, at: datetime | None = None) -> QuerySet[Enrolment]:
    """One's own; those of one's editions; those of the people one follows; a consortium's network's."""
    at = at or timezone.now()
    if not user.is_authenticated:
        return Enrolment.objects.none()
    enrolments = Enrolment.objects.select_related("edition__course", "person", "referring_agency")
    rule = Q(person=user) | _works_in(user, at, "edition__")
    rule |= Q(edition__agency__in=network_of(user, Role.CONSORTIUM_COORDINATOR))
    if roles_of(user) & rules.REFERRING_ROLES:
        rule |= Q(person__in=people_followed_by(user))
    return enrolments.filter(rule)


def enrolments_worked_in(user: Any, *, at: datetime | None = None) -> QuerySet[Enrolment]:
    """The enrolments of the editions in which this person has a task now."""
    return Enrolment.objects.filter(_works_in(user, at or timezone.now(), "edition__"))


def enrolment_for(user: Any, uuid: UUID | str) -> Enrolment:
    """The enrolment with this uuid, or 404."""
    return _one(enrolments_visible_to(user), uuid=uuid)


def enrolment_to_decide(user: Any, uuid: UUID | str) -> Enrolment:
    """The enrolment, for the tutors and the director of its edition; 404 for anybody else."""
    enrolment = enrolment_for(user, uuid)
    if not runs(user, enrolment.edition):
        raise Http404
    return enrolment


def enrolment_to_withdraw(user: Any, uuid: UUID | str) -> Enrolment:
    """The enrolment, for who runs its edition or follows the person; 404 for anybody else."""
    enrolment = enrolment_for(user, uuid)
    if not (runs(user, enrolment.edition) or follows(user, enrolment.person)):
        raise Http404
    return enrolment


def withdrawable_by(user: Any, edition: Edition, enrolments: Iterable[Enrolment]) -> set[UUID]:
    """Which of these rows of one edition enrolment_to_withdraw() would give. At most three queries."""
    held = [row for row in enrolments if row.status in rules.OPEN_STATUSES]
    if runs(user, edition):
        return {row.uuid for row in held}
    followed = set(people_followed_by(user).values_list("pk", flat=True))
    return {row.uuid for row in held if row.person_id in followed}


def referrals_read_by(user: Any, edition: Edition) -> QuerySet[Enrolment]:
    """The enrolments of an edition of which this person may know who sent the learner.

    The sender tells the measure that somebody is in: who runs the edition needs it, and the sending agency's own
    workers know it. Trainers and inspectors do not learn it.
    """
    enrolments = Enrolment.objects.filter(edition=edition)
    if runs(user, edition):
        return enrolments
    return enrolments.filter(referring_agency__in=agencies_of(user, *CASE_ROLES))


def own_enrolment(user: Any, uuid: UUID | str) -> Enrolment:
    """One's own enrolment, whatever its status, or 404."""
    return _one(Enrolment.objects.select_related("edition", "person"), person=user, uuid=uuid)


def enrolment_in(user: Any, code: str) -> Enrolment:
    """One's own active enrolment in the edition with this code, or 404. One query."""
    if not user.is_authenticated:
        raise Http404
    return _one(
        Enrolment.objects.select_related("edition__course"),
        person=user,
        edition__code=code,
        status=EnrolmentStatus.ACTIVE,
    )


# -------------------------------------------------------------------------------------------- classes


def sessions_visible_to(user: Any, *, at: datetime | None = None) -> QuerySet[ClassSession]:
    """Classes one is a member of: as a learner who is expected there, or by a task in the edition that holds now.

    A class keeps the name of its trainer after the task has ended: the name alone opens nothing.
    """
    at = at or timezone.now()
    if not user.is_authenticated:
        return ClassSession.objects.none()
    rule = queries.expected_as_learner(user) | _works_in(user, at, "edition__")
    return ClassSession.objects.select_related("edition__course", "trainer").filter(rule)


def session_for(user: Any, uuid: UUID | str) -> ClassSession:
    """The class with this uuid for a member of it, or 404."""
    return _one(sessions_visible_to(user), uuid=uuid)


def session_to_run(user: Any, uuid: UUID | str) -> ClassSession:
    """The class, for the tutors and the director of its edition; 404 for anybody else."""
    session = session_for(user, uuid)
    if not runs(user, session.edition):
        raise Http404
    return session


# --------------------------------------------------------------------------------------------- people


def _class_roles(user: Any, person: Any, at: datetime) -> set[str]:
    """The roles by which this professional works in an edition that this person is in."""
    attended = Enrolment.objects.filter(person=person, status__in=rules.OPEN_STATUSES).values("edition")
    tasks = queries.tasks_of(user, at).filter(edition__in=attended).values_list("role", flat=True)
    roles = {rules.ROLE_FOR_TASK[task] for task in tasks}
    directed = agencies_of(user, Role.TRAINING_DIRECTOR)
    if directed and Edition.objects.filter(pk__in=attended, agency__in=directed).exists():
        roles.add(Role.TRAINING_DIRECTOR)
    return roles


def standing(user: Any, person: Any, *, at: datetime | None = None) -> dict[Relation, frozenset[str]]:
    """Every way in which a user stands to a person, with the roles that this way carries.

    A role gives its rights only where it is exercised: a social worker who also trains does not read,
    as a trainer, the pact of somebody else's case.
    """
    at = at or timezone.now()
    if not user.is_authenticated:
        return {}
    found: dict[Relation, frozenset[str]] = {}
    roles = frozenset(roles_of(user))
    if user.pk == person.pk:
        return {Relation.OWN: roles | {Role.BENEFICIARY}}
    if case := case_roles(user, person):
        found[Relation.CASE] = case
    if roles & set(rules.ROLE_FOR_TASK.values()) and (taught := _class_roles(user, person, at)):
        found[Relation.CLASS] = frozenset(taught)
    wide = {role for role in _NETWORK_ROLES & roles if _in_network(user, role, person)}
    if wide:
        found[Relation.AGENCY] = frozenset(wide)
    return found


def _in_network(user: Any, role: str, person: Any) -> bool:
    """Is the person one of the bodies that this role reaches, or in a course of one?"""
    network = network_of(user, role)
    return (
        person.memberships.filter(agency__in=network).exists()
        or Enrolment.objects.filter(person=person, edition__agency__in=network).exists()
    )


def relation(user: Any, person: Any) -> Relation:
    """The closest way in which a user stands to a person."""
    found = standing(user, person)
    for each in (Relation.OWN, Relation.CASE, Relation.CLASS, Relation.AGENCY):
        if each in found:
            return each
    return Relation.NONE


def may(user: Any, person: Any, data: Data, verb: str = "read") -> Grant:
    """The widest grant of the matrix, over every way in which the user stands to the person."""
    bases = case_bases(user, person)
    grants = [allowed(roles, way, data, verb, bases=bases) for way, roles in standing(user, person).items()]
    return max(grants, key=lambda g: (_WIDTH.index(g.detail), not g.logged), default=Grant())


def people_visible_to(user: Any, *, at: datetime | None = None) -> QuerySet:
    """Oneself, the people one follows, and the people of one's editions."""
    at = at or timezone.now()
    followed = people_followed_by(user)
    if not user.is_authenticated:
        return followed
    taught = Enrolment.objects.filter(_works_in(user, at, "edition__"), status__in=rules.OPEN_STATUSES)
    rule = Q(pk=user.pk) | Q(pk__in=followed.values("pk")) | Q(pk__in=taught.values("person"))
    if network := network_of(user, Role.CONSORTIUM_COORDINATOR):
        reached = Enrolment.objects.filter(edition__agency__in=network, status__in=rules.OPEN_STATUSES)
        rule |= Q(pk__in=reached.values("person"))
    return followed.model._default_manager.filter(rule)


# ------------------------------------------------------------------------------------------- calendar


def feed_token(feed: CalendarFeed) -> str:
    """The secret part of a calendar address."""
    return signing.Signer(salt=_FEED_SALT).sign(str(feed.uuid))


def feed_of(user: Any) -> CalendarFeed | None:
    """The calendar address that this person has now."""
    return CalendarFeed.objects.filter(user=user, revoked_at__isnull=True).first()


def feed_for(token: str) -> CalendarFeed:
    """The calendar that this secret opens, or 404: forged, revoked and unknown look the same."""
    try:
        uuid = signing.Signer(salt=_FEED_SALT).unsign(token)
    except signing.BadSignature as error:
        raise Http404 from error
    return _one(
        CalendarFeed.objects.select_related("user"), uuid=uuid, revoked_at__isnull=True, user__is_active=True
    )


def _one(rows: QuerySet, **lookup: Any) -> Any:
    try:
        return rows.get(**lookup)
    except (rows.model.DoesNotExist, ValidationError) as error:  # absent, hidden, or a malformed uuid
        raise Http404 from error
