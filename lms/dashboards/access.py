"""Which home a person has, and whose facts may be on it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from lms.enrolments import access as enrolments
from lms.people import access as people
from lms.people.access import Role
from lms.people.rules import Data, Relation, allowed

#: home → the roles it is for, in the order in which one of them is chosen
HOMES: dict[str, frozenset[str]] = {
    "learner": frozenset({Role.BENEFICIARY}),
    "teaching": frozenset({Role.TRAINER, Role.TUTOR, Role.TRAINING_DIRECTOR}),
    "care": frozenset({Role.SOCIAL_WORKER, Role.CPI_OPERATOR, Role.AGENCY_OPERATOR}),
    "consortium": frozenset({Role.CONSORTIUM_COORDINATOR}),
    "inspection": frozenset({Role.INSPECTOR}),
    "administration": frozenset({Role.ADMINISTRATOR}),
    "protection": frozenset({Role.DATA_PROTECTION_OFFICER}),
}
TEACHING, CARE = HOMES["teaching"], HOMES["care"]


def homes_of(user: Any) -> list[str]:
    """The homes that this person's roles open; a person without any role sees the learner's."""
    roles = people.roles_of(user)
    return [home for home, needed in HOMES.items() if roles & needed] or ["learner"]


def followed_enrolments(user: Any, *, at: datetime) -> QuerySet:
    """Active enrolments of the people one follows, and those of the editions one works in.

    A course that is over stays in the list: `current` narrows to those that are not.
    """
    roles = people.roles_of(user)
    if not roles & (TEACHING | CARE):
        raise Http404
    if roles & CARE:
        rows = enrolments.enrolments_visible_to(user, at=at).filter(
            person__in=people.people_followed_by(user)
        )
        if roles & TEACHING:
            rows = rows | enrolments.enrolments_worked_in(user, at=at)
    else:
        rows = enrolments.enrolments_worked_in(user, at=at)
    return rows.filter(status="active").select_related("person", "edition__course")


def contacts_open_in(user: Any, rows: Iterable[Any]) -> frozenset[int]:
    """The ids of the people on these enrolments whose phone and e-mail this professional may read.

    One's cases, and one's classes as a tutor: the matrix's rule for CONTACTS. A trainer reads none. Two queries.
    """
    roles = people.roles_of(user)
    found: set[int] = set()
    if allowed(roles & CARE, Relation.CASE, Data.CONTACTS):
        found |= set(people.people_followed_by(user).values_list("pk", flat=True))
    if allowed(roles & {Role.TUTOR}, Relation.CLASS, Data.CONTACTS):
        taught = set(enrolments.editions_with_task(user, "tutor").values_list("pk", flat=True))
        found |= {row.person_id for row in rows if row.edition_id in taught}
    return frozenset(found)


def hours_closed_in(user: Any, rows: Iterable[Any]) -> frozenset[int]:
    """The ids of the people on these enrolments whose hours this professional may not read: those that an agency
    operator follows without a service pact of the agency. Two queries, for who has that role alone."""
    if Role.AGENCY_OPERATOR not in people.roles_of(user):
        return frozenset()
    taught = set(enrolments.editions_worked_in(user).values_list("pk", flat=True))
    readable = set(people.people_with_open_hours(user).values_list("pk", flat=True))
    return frozenset(
        row.person_id for row in rows if row.person_id not in readable and row.edition_id not in taught
    )


def current(rows: QuerySet, *, at: datetime) -> QuerySet:
    """Only the editions that have not ended."""
    return rows.filter(edition__ends_on__gte=timezone.localtime(at).date())


def person_in_care(user: Any, uuid: UUID) -> Any:
    """A person whom this professional follows or teaches, or 404."""
    if not people.roles_of(user) & (TEACHING | CARE):
        raise Http404
    person = enrolments.people_visible_to(user).filter(uuid=uuid).exclude(pk=user.pk).first()
    if person is None:
        raise Http404
    return person
