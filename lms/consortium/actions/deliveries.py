"""Delivering: what is owed to whom, one try at a time, and what follows from its answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lms.audit.actions import record as audit
from lms.competencies.actions import assign_feed_seq
from lms.errors import Refused

from .. import queries, sender
from ..models import Delivery, DeliveryState, Outcome, Subscriber
from .sending import claim, send

#: How long one call keeps going. Below the minute, so that the next call of the cron finds the field free.
BUDGET_SECONDS = 50


@dataclass
class Summary:
    """What one call of deliver_pending did."""

    owed: int = 0
    delivered: int = 0
    retried: int = 0
    parked: int = 0


def deliver_pending(*, at: datetime, seconds: float = BUDGET_SECONDS) -> Summary:
    """Sequence, owe and send whatever can go now. Any number of workers may call it at once, at any time.

    Deliveries are claimed many at a time, under row locks and with a lease, before they are sent, and no lock
    is held while the network is waited for. A worker that is killed leaves a lease that expires: the try stays written as
    interrupted, the delivery is tried again, and the receiver knows it by the same id.
    """
    assign_feed_seq()
    summary = Summary(owed=fan_out(at=at))
    clock = _running_from(at)
    ends = at + timedelta(seconds=seconds)
    with sender.Lines() as lines:
        while (now := clock()) < ends:
            batch = claim(now)
            if not batch:
                break
            for outcome in send(batch, lines, clock=clock):
                summary.delivered += outcome == Outcome.DELIVERED
                summary.retried += outcome == Outcome.RETRY
                summary.parked += outcome == Outcome.PARKED
    return summary


def _running_from(at: datetime) -> Callable[[], datetime]:
    """The caller's clock, carried on while the network is waited for."""
    started = time.monotonic()
    return lambda: at + timedelta(seconds=time.monotonic() - started)


def fan_out(*, at: datetime) -> int:
    """Write one delivery per new event and subscriber that may have it; how many were written.

    Locks each subscriber's row in turn. Safe to call twice: an event is owed once, by a unique constraint. What was
    owed of a record that was deleted is withdrawn.
    """
    made = 0
    _withdraw_empty(at)
    for subscriber_id in queries.push_subscribers(at).values_list("pk", flat=True):
        with transaction.atomic():
            subscriber = Subscriber.objects.select_for_update().get(pk=subscriber_id)
            made += _owe_records(subscriber, at) + _owe_anchors(subscriber, at)
    return made


def _owe_records(subscriber: Subscriber, at: datetime) -> int:
    made = 0
    while records := queries.next_records(subscriber):
        stones = [record for record in records if record.event == "deleted"]
        had = subscriber.deliveries.filter(event_id__in=[stone.record_uuid for stone in stones]).order_by()
        known = set(had.values_list("event_id", flat=True))
        owed = [
            _delivery(subscriber, record, at)
            for record in records
            if record.event != "deleted" or record.record_uuid in known
        ]
        Delivery.objects.bulk_create(owed, ignore_conflicts=True)
        subscriber.pushed_seq = records[-1].feed_seq
        subscriber.save(update_fields=["pushed_seq"])
        made += len(owed)
    return made


def _delivery(subscriber: Subscriber, record: Any, at: datetime) -> Delivery:
    """What is owed of one record, or of one tombstone, whose whole body is kept."""
    gone = record.event == "deleted"
    return Delivery(
        subscriber=subscriber,
        event_id=record.uuid,
        event_type=queries.event_type(record),
        record=None if gone else record,
        body=queries.body_of_tombstone(record) if gone else "",
        event_at=record.at,
        fingerprint=queries.envelope_text(record, () if gone else subscriber.left_out)[1],
        order_key=f"person:{record.person_id}",
        position=record.feed_seq,
        next_attempt_at=at,
        created_at=at,
    )


def _withdraw_empty(at: datetime) -> None:
    """Finish what can never be sent. What a worker has in hand at this moment may still arrive, and is left to it."""
    idle = Q(state__in=[DeliveryState.PENDING, DeliveryState.NEEDS_PERSON]) | Q(
        state=DeliveryState.IN_FLIGHT, lease_until__lt=at
    )
    Delivery.objects.filter(idle, record__isnull=True, body="").update(
        state=DeliveryState.WITHDRAWN, lease_until=None, lease_token=None
    )


def _owe_anchors(subscriber: Subscriber, at: datetime) -> int:
    owed = [
        Delivery(
            subscriber=subscriber,
            event_id=anchor.event_id,
            event_type=anchor.event_type,
            body=anchor.body,
            event_at=anchor.written_at,
            fingerprint=anchor.fingerprint,
            order_key=f"{queries.REGISTER_KEY}{anchor.register}",
            position=anchor.position,
            next_attempt_at=at,
            created_at=at,
        )
        for anchor in queries.next_anchors(subscriber)
    ]
    Delivery.objects.bulk_create(owed, ignore_conflicts=True)
    return len(owed)


def resend(delivery: Delivery, *, by: Any, at: datetime) -> Delivery:
    """Send again as soon as a worker comes by, also what was delivered. `by` is None for the command line.

    Locks the delivery. Safe to call twice: it stays one delivery with one id, which the receiver knows.
    """
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(of=("self",))
            .select_related("record__person")
            .get(pk=delivery.pk)
        )
        if delivery.state == DeliveryState.IN_FLIGHT and delivery.lease_until and delivery.lease_until > at:
            raise Refused(
                "delivery.in_flight",
                _("This record is being sent at this moment. Nothing is lost: look again in two minutes."),
            )
        if delivery.is_empty:
            raise Refused("delivery.deleted", _("The record was deleted. There is nothing to send."))
        delivery.state = DeliveryState.PENDING
        delivery.next_attempt_at = at
        delivery.attempts_forgiven = delivery.attempts
        delivery.lease_until = delivery.lease_token = None
        delivery.save()
        Subscriber.objects.filter(pk=delivery.subscriber_id).update(paused_until=None)
        audit(
            "write.delivery_resent",
            by=by,
            subject=delivery.record.person if delivery.record else None,
            target=delivery,
            at=at,
        )
    return delivery
