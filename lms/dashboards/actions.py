"""What reading a list leaves behind."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from lms.audit.actions import record_list

from .queries import PersonRow


def note_reading(rows: Iterable[PersonRow], *, by: Any, at: datetime) -> None:
    """Tell each person on a list that their hours, and where shown their contacts, were read (domain.md (d), L).

    At most once a day each; safe to call twice.
    """
    rows = list(rows)
    read = [("read.hours", row.person) for row in rows if row.hours]
    read += [("read.contacts", row.person) for row in rows if row.contacts]
    record_list(read, by=by, at=at)
