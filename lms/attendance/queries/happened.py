"""Which of the rarer things happened in a class, so that a page asks only for what is there."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from ..models import (
    ClassBreak,
    GapDecision,
    Handover,
    InspectorVisit,
    JustifiedClass,
    Outage,
    PresencePrompt,
    Removal,
    RoomStay,
    WaitingStretch,
)

FAILED, BREAK, ROOM, WAITED, SENT_OUT, HANDED, PROMPTED, VISITED, JUSTIFIED = (
    "failed",
    "break",
    "room",
    "waited",
    "sent_out",
    "handed",
    "prompted",
    "visited",
    "justified",
)


def happened_in(session: Any) -> frozenset[str]:
    """Their names for one class. One query."""
    classes = type(session)._default_manager.filter(pk=session.pk)
    signs = dict(_signs())
    seen = classes.order_by().values_list(*signs.values()).first() or [False] * len(signs)
    return frozenset(name for name, there in zip(signs, seen, strict=True) if there)


def _signs() -> Iterator[tuple[str, Any]]:
    yield FAILED, _of(Outage.objects) | _of(GapDecision.objects, "connection__session")
    yield BREAK, _of(ClassBreak.objects, "page__session")
    yield ROOM, _of(RoomStay.objects)
    yield WAITED, _of(WaitingStretch.objects, "connection__session")
    yield SENT_OUT, _of(Removal.objects)
    yield HANDED, _of(Handover.objects)
    yield PROMPTED, _of(PresencePrompt.objects)
    yield VISITED, _of(InspectorVisit.objects)
    yield JUSTIFIED, _of(JustifiedClass.objects)


def _of(rows: Any, path: str = "session") -> Exists:
    found: QuerySet = rows.order_by().filter(**{path: OuterRef("pk")})
    return Exists(found)
