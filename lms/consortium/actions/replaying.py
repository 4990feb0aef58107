"""Sending a whole stretch of the feed again: after a receiver lost its data, or restored an old copy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from lms.audit.actions import record as audit
from lms.errors import Refused

from .. import queries
from ..models import DeliveryState, Subscriber
from ..queries import Stretch


@dataclass(frozen=True)
class Replayed:
    """`again` deliveries go once more; `under_way` were being sent at this moment and were left alone."""

    again: int
    under_way: int


def replay(subscriber: Subscriber, stretch: Stretch, *, by: Any, at: datetime) -> Replayed:
    """Send again everything of this stretch that the agreement covers today, in the order of the feed.

    Locks the subscriber and its deliveries of the stretch. Safe to call twice: each stays one delivery with
    one id, which the receiver knows. What was never owed is owed by the next fan_out.
    """
    if not subscriber.endpoint:
        raise Refused(
            "replay.no_endpoint", _("Nothing is sent to this subscriber: it fetches records by itself.")
        )
    with transaction.atomic():
        Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        rows = queries.deliveries_of_stretch(subscriber, stretch)
        held = list(rows.select_for_update(of=("self",)).values_list("pk", "state", "lease_until"))
        under_way = {
            pk for pk, state, until in held if state == DeliveryState.IN_FLIGHT and until and until > at
        }
        again = [pk for pk, _state, _until in held if pk not in under_way]
        subscriber.deliveries.filter(pk__in=again).update(
            state=DeliveryState.PENDING,
            next_attempt_at=at,
            attempts_forgiven=F("attempts"),
            lease_until=None,
            lease_token=None,
        )
        first = queries.first_seq(subscriber, stretch)
        Subscriber.objects.filter(pk=subscriber.pk).update(
            paused_until=None, pushed_seq=min(subscriber.pushed_seq, max(first - 1, 0))
        )
        audit("write.deliveries_replayed", by=by, target=subscriber, purpose=stretch.words, at=at)
    return Replayed(again=len(again), under_way=len(under_way))
