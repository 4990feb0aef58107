"""Deliveries and subscribers as the desk shows them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from ..models import UNFINISHED, Delivery, DeliveryState, Reconciliation, Subscriber
from .digests import difference_sentence
from .owed import agreed_on
from .sentences import problem_sentence


def filtered(rows: QuerySet[Delivery], *, state: str = "", subscriber: str = "") -> QuerySet[Delivery]:
    """Deliveries in one state ("trouble" is one, too) and of one subscriber, newest first."""
    if state == "trouble":
        rows = rows.filter(in_trouble())
    elif state:
        rows = rows.filter(state=state)
    if subscriber:
        rows = rows.filter(subscriber__uuid=subscriber)
    return rows.order_by("-created_at", "-id")


def in_trouble() -> Q:
    """Needs a person, or failed at least once and not delivered yet."""
    return Q(state=DeliveryState.NEEDS_PERSON) | Q(state=DeliveryState.PENDING, attempts__gt=0)


def delivery_counts(rows: QuerySet[Delivery] | None = None) -> dict[str, int]:
    """How many of these deliveries (all, if none are given) are in each state, and in trouble. One query."""
    return (Delivery.objects.all() if rows is None else rows.order_by()).aggregate(
        pending=Count("pk", filter=Q(state=DeliveryState.PENDING)),
        delivered=Count("pk", filter=Q(state=DeliveryState.DELIVERED)),
        needs_person=Count("pk", filter=Q(state=DeliveryState.NEEDS_PERSON)),
        trouble=Count("pk", filter=in_trouble()),
    )


def subscribers() -> QuerySet[Subscriber]:
    """Those who receive, with what waits and what is in trouble."""
    return Subscriber.objects.select_related("agency", "client").annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=DeliveryState.PENDING)),
        parked=Count("deliveries", filter=Q(deliveries__state=DeliveryState.NEEDS_PERSON)),
        last_delivered=Max("deliveries__delivered_at"),
    )


def subscriber_of_client(client_id: str, *, at: datetime) -> Subscriber | None:
    """The subscriber whose credentials these are, while its agreement holds."""
    agreed = agreed_on(timezone.localdate(at))
    return Subscriber.objects.select_related("agency").filter(agreed, client_id=client_id).first()


def with_reasons(deliveries: Iterable[Delivery]) -> list[tuple[Delivery, str]]:
    """Each delivery with the reason of its last failure in words."""
    return [(each, problem_sentence(each.last_status, each.last_problem)) for each in deliveries]


def tries_of(delivery: Delivery) -> list[tuple[Any, str]]:
    """Every try with its reason in words, newest first."""
    return [
        (each, problem_sentence(each.status, each.problem)) for each in delivery.tries.order_by("-number")
    ]


def held_back_by(delivery: Delivery) -> Delivery | None:
    """The earlier delivery about the same person that must go first, if any."""
    return (
        Delivery.objects.filter(
            subscriber=delivery.subscriber_id,
            order_key=delivery.order_key,
            position__lt=delivery.position,
            state__in=UNFINISHED,
        )
        .order_by("position")
        .first()
    )


def to_resend(uuids: list[str], subscriber: str) -> QuerySet[Delivery]:
    """The deliveries named, or all that need a person; of one subscriber when named."""
    rows = Delivery.objects.order_by("subscriber", "position")
    rows = rows.filter(uuid__in=uuids) if uuids else rows.filter(state=DeliveryState.NEEDS_PERSON)
    return rows.filter(subscriber__name=subscriber) if subscriber else rows


def comparisons(rows: Iterable[Reconciliation]) -> list[tuple[Reconciliation, str]]:
    """Each comparison with what its difference means, in words."""
    return [(each, difference_sentence(each) if each.differs else "") for each in rows]
