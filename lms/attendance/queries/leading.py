"""Who leads a class, and who led it when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from .. import asking
from ..models import Connection, Handover, RegisterPage
from .sheets import name_of


@dataclass(frozen=True)
class Leading:
    """One stretch of a class under one trainer."""

    person: Any
    start: datetime
    end: datetime
    reason: str = ""  # of the handing over that began it

    @property
    def name(self) -> str:
        return name_of(self.person)

    def as_json(self) -> dict[str, str]:
        return {
            "person": str(self.person.uuid),
            "name": self.name,
            "from": self.start.isoformat(),
            "to": self.end.isoformat(),
            "reason": self.reason,
        }


def leader_of(session: Any) -> Any:
    """The trainer who leads a class now: the planned one, or the last to whom it was handed. One query."""
    last = Handover.objects.filter(session=session).select_related("taker").order_by("-at", "-id").first()
    return last.taker if last else session.trainer


def leads(user: Any, session: Any) -> bool:
    """Is this person the trainer who leads the class now? One query."""
    last = Handover.objects.filter(session=session).order_by("-at", "-id").values_list("taker", flat=True)
    taker = last.first()
    return (taker if taker is not None else session.trainer_id) == user.pk


def has_led(user: Any, session: Any) -> bool:
    """Was the class planned for this trainer, or handed to them at some time? One query at most."""
    return session.trainer_id == user.pk or Handover.objects.filter(session=session, taker=user.pk).exists()


def leaders_of(session: Any, page: RegisterPage | None, *, handed_over: bool = True) -> list[Leading]:
    """Who led the class from when to when; nobody while it has not begun. Two queries at most.

    `handed_over`: false when the caller knows that it never was.
    """
    if page is None or page.started_at is None:
        return []
    rows = Handover.objects.filter(session=session) if handed_over else Handover.objects.none()
    handed = list(rows.select_related("taker").order_by("at", "id"))
    ended = page.ended_at or _last_evidence(session) or page.started_at
    people = {session.trainer_id: session.trainer} | {each.taker_id: each.taker for each in handed}
    reasons = {(each.taker_id, each.at): each.reason for each in handed}
    stretches = asking.led(
        session.trainer_id,
        [(each.at, each.taker_id) for each in handed],
        page.started_at,
        max(ended, page.started_at),
    )
    return [
        Leading(people[each.person], each.start, each.end, reasons.get((each.person, each.start), ""))
        for each in stretches
    ]


def _last_evidence(session: Any) -> datetime | None:
    return Connection.objects.filter(session=session).aggregate(last=Max("last_evidence_at"))["last"]


def last_seen(session: Any, person: Any) -> datetime | None:
    """The last evidence of one person in one class."""
    own = Connection.objects.filter(session=session, person=person)
    return own.aggregate(last=Max("last_evidence_at"))["last"]
