"""Reads of other people's data that are recorded: the page about a person, the export of a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from lms.audit.actions import record

from .. import access, queries
from ..models import ActivationLetter, CaseAssignment, Membership, User


@dataclass(frozen=True, slots=True)
class PersonCard:
    """What this reader may see of this person; what is empty is not theirs to see."""

    person: User
    contacts: bool
    identity: bool
    has_codice_fiscale: bool
    may_make_letter: bool
    may_assign: bool
    cases: list[CaseAssignment]
    with_basis: frozenset[int]  # the cases of which also the basis is shown
    own_case: CaseAssignment | None
    letters: list[ActivationLetter]
    memberships: list[Membership]


def open_card(
    reader: User, person: User, *, at: datetime, relation: access.Relation | None = None, purpose: str = ""
) -> PersonCard:
    """Open a person's page: gathers what the matrix allows and records the read. Takes no lock; each call records.

    Building block for the pages of higher apps, which pass the `relation` that they know of (a class).
    """
    known = relation or access.relation(reader, person)
    contacts = access.may(reader, person, access.Data.CONTACTS, relation_known=known)
    identity = access.may(reader, person, access.Data.IDENTITY, relation_known=known)
    record(
        "read.contacts" if contacts else "read.person",
        by=reader,
        subject=person,
        target=person,
        purpose=purpose or _("Page of the person"),
        at=at,
    )
    may_make_letter = access.may_make_letter(reader, person, known=known)
    cases = (
        list(queries.open_cases_about(person))
        if known in {access.Relation.CASE, access.Relation.AGENCY}
        else []
    )
    return PersonCard(
        person=person,
        contacts=bool(contacts),
        identity=bool(identity),
        has_codice_fiscale=bool(person.codice_fiscale_digest),
        may_make_letter=may_make_letter,
        may_assign=bool(access.agencies_to_assign_in(reader, person)),
        cases=cases,
        with_basis=access.cases_with_basis(reader, person, cases, known),
        own_case=next((case for case in cases if case.professional_id == reader.pk), None),
        letters=list(queries.letters_of(person)[:5]) if may_make_letter else [],
        memberships=list(queries.memberships_of(person)),
    )


@transaction.atomic
def export_people(people: Iterable[User], *, by: User, at: datetime) -> list[list[Any]]:
    """Rows of the list; contacts only of people whom `by` follows, and one audit entry for each of those."""
    followed = set(access.people_followed_by(by).values_list("pk", flat=True))
    readable = bool(access.allowed(access.roles_of(by), access.Relation.CASE, access.Data.CONTACTS))
    rows = []
    for person in people:
        contacts = readable and person.pk in followed
        if contacts:
            record(
                "read.contacts", by=by, subject=person, target=person, purpose=_("Export of the list"), at=at
            )
        rows.append(
            [
                person.last_name,
                person.first_name,
                person.username,
                person.get_preferred_language_display(),
                date_format(localtime(person.last_login), "SHORT_DATE_FORMAT") if person.last_login else "",
                str(person.phone or "") if contacts else "",
                person.email if contacts else "",
            ]
        )
    return rows
