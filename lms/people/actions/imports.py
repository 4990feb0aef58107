"""A whole list of people at once, or nobody."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record_list
from lms.errors import Refused

from ..importing import Row, mark_repeats, people_met
from ..models import Agency, User
from .people import create_person


def preview_import(rows: list[Row], *, by: User, at: datetime) -> None:
    """Record that `by` learnt of these people that they are here. Takes no lock; once a day for each of them."""
    met = [("read.import_match", person) for person in people_met(rows)]
    record_list(met, by=by, purpose=_("Preview of a list to import"), at=at)


@transaction.atomic
def import_people(rows: list[Row], *, agency: Agency, by: User, at: datetime) -> list[User]:
    """Create every person of the list who is not here yet, followed by `by`; [] and row errors if one fails.

    Checked again inside the transaction. Takes no lock beyond the constraints. Called twice, people with a codice
    fiscale, e-mail address or phone are found and left out; the caller guards the others with a key.
    """
    for row in rows:
        row.errors.clear()
        row.already_here = False
    mark_repeats(rows)
    made = []
    for row in rows:
        if row.already_here or row.errors:
            continue
        try:
            made.append(create_person(by=by, agency=agency, follow=True, at=at, **row.as_person()))
        except Refused as refusal:
            row.errors.append(str(refusal.sentence))
    if any(row.errors for row in rows):
        transaction.set_rollback(True)
        return []
    return made
