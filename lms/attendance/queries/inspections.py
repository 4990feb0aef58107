"""Visits of inspectors to a class, and what lets them in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Max, Min, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from ..models import CheckOutcome, Connection, ConnectionRole, InspectorPass, InspectorVisit, VisitCheck
from .sheets import Sheet, StaffLine, full_name

_OPEN = Q(closed_at__isnull=True)


@dataclass(frozen=True)
class Check:
    """One learner whom the inspector looked for."""

    enrolment: str
    name: str
    outcome: str
    at: datetime

    @property
    def found(self) -> bool:
        return self.outcome == CheckOutcome.FOUND

    @property
    def words(self) -> str:
        return str(CheckOutcome(self.outcome).label)


@dataclass(frozen=True)
class Visit:
    """One visit as the register shows it: in and out are the inspector's first and last evidence in the room."""

    uuid: str
    person: str
    name: str
    office: str
    came_at: datetime
    left_at: datetime | None  # None while the inspector is in the room
    minutes_number: str
    note: str
    checks: tuple[Check, ...]

    @property
    def found(self) -> int:
        return sum(check.found for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        return {
            "uuid": self.uuid,
            "person": self.person,
            "name": self.name,
            "office": self.office,
            "in": self.came_at.isoformat(),
            "out": self.left_at.isoformat() if self.left_at else "",
            "minutes_number": self.minutes_number,
            "note": self.note,
            "checks": [
                {"enrolment": c.enrolment, "name": c.name, "outcome": c.outcome, "at": c.at.isoformat()}
                for c in self.checks
            ],
        }


def visits_of(session: Any, sheet: Sheet | None = None) -> list[Visit]:
    """The visits to one class, first come first. Three queries, whatever their number; two beside its live sheet."""
    visits = list(
        InspectorVisit.objects.filter(session=session)
        .select_related("person")
        .prefetch_related(Prefetch("checks", VisitCheck.objects.select_related("enrolment__person")))
    )
    if sheet is not None:
        of_sheet = {each.person: each for each in sheet.staff if each.role == ConnectionRole.INSPECTOR}
        return [_visit(visit, _times_on(of_sheet.get(str(visit.person.uuid)))) for visit in visits]
    times = _times(session, [visit.person_id for visit in visits]) if visits else {}
    return [_visit(visit, times.get(visit.person_id)) for visit in visits]


def _times_on(line: StaffLine | None) -> dict[str, Any] | None:
    """The same as a sheet has it: in whole seconds; a connection that nothing ended is still open."""
    if line is None:
        return None
    return {
        "came": line.first_in,
        "left": line.last_out,
        "still": any(not stay.reason for stay in line.stays),
    }


def _times(session: Any, people: Iterable[int]) -> dict[int, dict[str, Any]]:
    rows = (
        Connection.objects.filter(session=session, person__in=people, role=ConnectionRole.INSPECTOR)
        .order_by()
        .values("person")
        .annotate(
            came=Min("opened_at"),
            left=Max(Coalesce(F("closed_at"), F("last_evidence_at"))),
            still=Max("pk", filter=_OPEN),
        )
    )
    return {row["person"]: dict(row) for row in rows}


def _visit(visit: InspectorVisit, times: dict[str, Any] | None) -> Visit:
    checks = []
    for check in visit.checks.all():
        person = check.enrolment.person
        name = full_name(person.last_name, person.first_name, person.username)
        checks.append(Check(str(check.enrolment.uuid), name, check.outcome, check.at))
    return Visit(
        uuid=str(visit.uuid),
        person=str(visit.person.uuid),
        name=visit.name,
        office=visit.office,
        came_at=times["came"] if times else visit.began_at,
        left_at=None if times is None or times["still"] else times["left"],
        minutes_number=visit.minutes_number,
        note=visit.note,
        checks=tuple(sorted(checks, key=lambda check: check.name)),
    )


def offices_of(session: Any) -> dict[int, str]:
    """The body of each inspector who visits a class, by the person's id. One query."""
    return dict(InspectorVisit.objects.filter(session=session).values_list("person", "office"))


def visit_of(session: Any, person: Any) -> InspectorVisit | None:
    """This inspector's own visit to a class."""
    return InspectorVisit.objects.filter(session=session, person=person).first()


def ticks_of(visit: InspectorVisit) -> dict[str, str]:
    """What an inspector ticked: enrolment's uuid → outcome. One query."""
    rows = visit.checks.values_list("enrolment__uuid", "outcome")
    return {str(enrolment): outcome for enrolment, outcome in rows}


def passes_of(session: Any) -> QuerySet[InspectorPass]:
    """Every pass made for a class, newest first."""
    return InspectorPass.objects.filter(session=session).select_related("made_by", "person")
