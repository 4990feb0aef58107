"""Comparing with each receiver, every night, what we sent and what it has."""

import json
import re
from datetime import datetime, time
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from lms.competencies.rules import canonical

from .. import queries
from ..models import Delivery, Reconciliation, ReconciliationState, Subscriber
from ..queries import Digest


def ask_all(*, at: datetime) -> int:
    """Owe today's comparison to every subscriber that something is sent to; how many were owed. Safe to call twice."""
    before = timezone.make_aware(datetime.combine(timezone.localdate(at), time()))
    return sum(_ask(subscriber, before, at=at) for subscriber in queries.push_subscribers(at))


def _ask(subscriber: Subscriber, before: datetime, *, at: datetime) -> bool:
    if subscriber.reconciliations.filter(before=before).exists():
        return False
    ours = queries.confirmed_before(subscriber, before)
    event_id = uuid4()
    data = {"reconciliation": str(event_id), "before": before.isoformat(), **ours.as_data()}
    try:
        with transaction.atomic():
            delivery = Delivery.objects.create(
                subscriber=subscriber,
                event_id=event_id,
                event_type=queries.RECONCILIATION,
                body=canonical({"type": queries.RECONCILIATION, "timestamp": at.isoformat(), "data": data}),
                event_at=at,
                order_key="reconciliation",
                position=before.date().toordinal(),
                next_attempt_at=at,
                created_at=at,
            )
            Reconciliation.objects.create(
                uuid=event_id,
                subscriber=subscriber,
                delivery=delivery,
                before=before,
                count=ours.count,
                sha256=ours.sha256,
                months=list(ours.months),
                made_at=at,
            )
    except IntegrityError:  # another worker asked at the same moment
        return False
    return True


def note_answer(delivery: Delivery, text: bytes, *, at: datetime) -> None:
    """Take what a receiver answered to a digest: its own count and hash, or nothing usable. Safe to call twice."""
    row = Reconciliation.objects.select_related("subscriber").get(delivery=delivery)
    theirs = _theirs(text)
    if theirs is None:
        row.state, row.answered_at = ReconciliationState.SILENT, at
        row.save(update_fields=["state", "answered_at"])
    else:
        _compare(row, theirs, at=at)


def compare_fetched(
    subscriber: Subscriber, *, through: int, count: int, sha256: str, at: datetime
) -> Reconciliation:
    """A subscriber that fetches says what it has up to one place in the feed. Each call is one comparison."""
    ours = queries.fetched_through(subscriber, through)
    row = Reconciliation(
        subscriber=subscriber,
        through=through,
        count=ours.count,
        sha256=ours.sha256,
        months=list(ours.months),
        made_at=at,
    )
    _compare(row, {"count": count, "sha256": sha256}, at=at)
    return row


def _theirs(text: bytes) -> dict[str, Any] | None:
    """What an answer says of itself: the three members that we know, in the form that they have, or None.

    Whoever answers may be anybody's machine: what it writes must not stop the batch that it stands in.
    """
    try:
        found = json.loads(text)
        count, digest, months = found["count"], found["sha256"], found.get("months")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not (isinstance(count, int) and not isinstance(count, bool) and 0 <= count < 2**31):
        return None
    if not _is_digest(digest):
        return None
    told = [each for each in months if isinstance(each, dict)] if isinstance(months, list) else []
    known = [each for each in told if _is_month(each.get("month")) and _is_digest(each.get("sha256"))]
    return {"count": count, "sha256": digest, "months": known if isinstance(months, list) else None}


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-fA-F]{64}", value) is not None


def _is_month(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9]{4}-[0-9]{2}", value) is not None


def _compare(row: Reconciliation, theirs: dict[str, Any], *, at: datetime) -> None:
    """Compare with what we said, and when that differs with what is true by now: something may have arrived since."""
    ours = Digest(row.count, row.sha256, tuple(row.months))
    if row.before is not None and not _same(ours, theirs):
        ours = queries.confirmed_before(row.subscriber, row.before)
        row.count, row.sha256, row.months = ours.count, ours.sha256, list(ours.months)
    row.their_count, row.their_sha256 = theirs["count"], theirs["sha256"].lower()
    row.state = ReconciliationState.AGREES if _same(ours, theirs) else ReconciliationState.DIFFERS
    row.differing_months = (
        queries.differing_months(ours.months, theirs.get("months"))
        if row.state == ReconciliationState.DIFFERS
        else []
    )
    row.answered_at = at
    row.save()


def _same(ours: Digest, theirs: dict[str, Any]) -> bool:
    return (ours.count, ours.sha256) == (theirs["count"], theirs["sha256"].lower())
