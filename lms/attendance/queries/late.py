"""What came to light after a page was closed: evidence that arrived late, rectifications that wait."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from ..models import Amendment, AmendmentState, Connection, RegisterPage
from .frozen import sheet_of
from .sheets import Line, live_sheet


@dataclass(frozen=True)
class Difference:
    """What evidence that arrived after closing would change for one learner."""

    line: Line
    minutes_now: int


def to_amend(session: Any, page: RegisterPage) -> list[Difference]:
    """Learners whose connections, known today, give other minutes than the closed page: for a rectification.

    Nothing is added by itself. Who was rectified already by people is left alone.
    """
    fresh_evidence = Connection.objects.filter(session=session).filter(
        Q(closed_at__isnull=True) | Q(noted_at__gt=page.closed_at)
    )
    if not fresh_evidence.exists():
        return []
    closed = sheet_of(session)
    now = {line.enrolment: line for line in live_sheet(session, page).lines}
    found = []
    for line in closed.lines:
        fresh = now.get(line.enrolment)
        if fresh and not line.amended and fresh.outcome.minutes != line.outcome.minutes:
            found.append(Difference(line, fresh.outcome.minutes))
    return found


def waiting_amendments(page: RegisterPage) -> list[Amendment]:
    """Rectifications that wait for a second person, oldest first."""
    return list(
        page.amendments.filter(state=AmendmentState.PROPOSED)
        .select_related("proposed_by")
        .order_by("proposed_at")
    )
