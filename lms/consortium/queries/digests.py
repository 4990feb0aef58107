"""The digest that both sides can compute: how many events, and one hash over all of them.

One line for each event: its id, a space, its fingerprint (`data.sha256` of a record, `data.hash` of an entry of
a register), a line feed. The lines in the order of their bytes, one after the other, through SHA-256. Months are
those of the event's own timestamp, so that a difference can be found without comparing everything.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from lms.competencies import queries as competencies

from ..models import Subscriber
from .owed import DELETED, RECONCILIATION, envelope, filter_of


@dataclass(frozen=True)
class Event:
    id: str
    fingerprint: str
    month: str  # YYYY-MM

    @property
    def line(self) -> bytes:
        return f"{self.id} {self.fingerprint}\n".encode()


@dataclass(frozen=True)
class Digest:
    count: int
    sha256: str
    months: tuple[dict[str, Any], ...] = ()

    def as_data(self) -> dict[str, Any]:
        return {"count": self.count, "sha256": self.sha256, "months": list(self.months)}


def digest_of(events: Iterable[Event]) -> Digest:
    """The digest of these events, and of each month of them."""
    months: dict[str, list[bytes]] = defaultdict(list)
    for event in events:
        months[event.month].append(event.line)
    everything = [line for lines in months.values() for line in lines]
    return Digest(
        count=len(everything),
        sha256=_hash(everything),
        months=tuple(
            {"month": month, "count": len(lines), "sha256": _hash(lines)}
            for month, lines in sorted(months.items())
        ),
    )


def _hash(lines: list[bytes]) -> str:
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def confirmed_before(subscriber: Subscriber, before: datetime) -> Digest:
    """What this subscriber confirmed to have received, of the events written before this moment.

    Without the records whose deletion it heard of: it has the tombstone instead.
    """
    rows = subscriber.deliveries.filter(delivered_at__isnull=False, event_at__lt=before)
    heard = subscriber.deliveries.filter(event_type=DELETED, delivered_at__isnull=False).values("event_id")
    stones = competencies.tombstones(filter_of(subscriber)).filter(uuid__in=heard).order_by()
    rows = rows.exclude(event_type=RECONCILIATION).exclude(event_id__in=stones.values("record_uuid"))
    told = rows.order_by().values_list("event_id", "fingerprint", "event_at")
    return digest_of(
        Event(str(event_id), fingerprint, _month(at))
        for event_id, fingerprint, at in told.iterator(chunk_size=2000)
    )


def fetched_through(subscriber: Subscriber, seq: int) -> Digest:
    """What stands in the feed for this subscriber up to this place, of what its agreement lets it fetch."""
    asked = filter_of(subscriber, subscriber.scopes)
    found = (
        rows.filter(feed_seq__lte=seq) for rows in (competencies.feed(asked), competencies.tombstones(asked))
    )
    rows = chain.from_iterable(each.iterator(chunk_size=500) for each in found)
    return digest_of(
        Event(str(row.uuid), envelope(row, subscriber.left_out)["sha256"], _month(row.at)) for row in rows
    )


def _month(at: datetime) -> str:
    """As in the event's timestamp, which is in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m")


def differing_months(ours: Iterable[dict[str, Any]], theirs: Any) -> list[str]:
    """The months whose digests differ, as far as the other side told its own."""
    if not isinstance(theirs, list):
        return []
    told = {each.get("month"): each.get("sha256") for each in theirs if isinstance(each, dict)}
    mine = {each["month"]: each["sha256"] for each in ours}
    return sorted(str(month) for month in told.keys() | mine.keys() if told.get(month) != mine.get(month))


def difference_sentence(row: Any) -> str:
    """What a difference means and what to do, in words."""
    if row.their_count is None:
        return ""
    if row.their_count < row.count:
        return _("The receiver has fewer. Send the months named here again: what it has is not stored twice.")
    if row.their_count > row.count:
        return _("The receiver has more than we sent. Ask it for the ids that we do not know.")
    return _("The numbers agree and the contents do not. Ask the receiver for its ids and fingerprints.")
