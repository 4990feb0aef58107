"""Who signs a page of a register, in which order and until when. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

TRAINER, TUTOR, DIRECTOR = "trainer", "tutor", "director"
#: The order in which a page is signed, whoever of them is due.
ORDER = (TRAINER, TUTOR, DIRECTOR)
#: For how long a proof of identity serves for a signature.
PROOF_LASTS = timedelta(minutes=5)

NOT_DUE, TAKEN, TOO_SOON = "not_due", "taken", "too_soon"
SIGNED, SIGNED_LATE, NEXT, LATER, OVERDUE = "signed", "signed_late", "next", "later", "overdue"


@dataclass(frozen=True)
class Due:
    """Whose signatures one page waits for, in order, and until when they are in time."""

    roles: tuple[str, ...]
    until: datetime

    def as_json(self) -> dict[str, Any]:
        return {"due": list(self.roles), "due_by": self.until.astimezone(UTC).isoformat()}


def due_from(body: Mapping[str, Any]) -> Due | None:
    """What a page's entry says of its signatures; a page of before they existed says nothing."""
    said = body.get("signatures")
    return Due(tuple(said["due"]), datetime.fromisoformat(said["due_by"])) if said else None


def in_order(roles: Collection[str]) -> tuple[str, ...]:
    return tuple(role for role in ORDER if role in roles)


def obstacle(role: str, due: Due | None, signed: Collection[str], at: datetime) -> tuple[str, str]:
    """Why this role cannot sign now, with the role that stands in the way; ("", "") when it can.

    In time, nobody signs before who comes first. Afterwards a missing signature holds nobody up: it is shown as
    missing, and may still be given, late.
    """
    if due is None or role not in due.roles:
        return NOT_DUE, role
    if role in signed:
        return TAKEN, role
    before = [each for each in due.roles[: due.roles.index(role)] if each not in signed]
    if before and at <= due.until:
        return TOO_SOON, before[0]
    return "", ""


def next_role(own: Collection[str], due: Due | None, signed: Collection[str], at: datetime) -> str:
    """The role in which somebody who has these may sign now, or ""."""
    return next((role for role in in_order(own) if obstacle(role, due, signed, at) == ("", "")), "")


def state(role: str, due: Due, signed_at: Mapping[str, datetime], at: datetime) -> str:
    """How one signature stands: signed, signed_late, next, later, overdue."""
    if role in signed_at:
        return SIGNED if signed_at[role] <= due.until else SIGNED_LATE
    if at > due.until:
        return OVERDUE
    return NEXT if obstacle(role, due, signed_at, at) == ("", "") else LATER


def lateness(deadline: datetime, at: datetime) -> int:
    """Whole minutes after a deadline, begun ones included; 0 in time."""
    return max(-((deadline - at) // timedelta(minutes=1)), 0)


def waiting(entries: Sequence[Any], own: Collection[str], at: datetime) -> list[Any]:
    """The pages, given as (page, due, roles that signed), where somebody with these roles may sign now."""
    return [page for page, due, signed in entries if next_role(own, due, signed, at)]
