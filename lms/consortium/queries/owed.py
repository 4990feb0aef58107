"""What each subscriber may have, and the exact body of each event."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from lms.attendance import queries as attendance
from lms.competencies import queries as competencies
from lms.competencies.queries import FeedFilter
from lms.competencies.rules import canonical, digest

from ..models import KIND_OF_SCOPE, Access, DeliverableKind, Delivery, People, Subscriber

#: The scopes of which a token needs one to read the feed: each opens one kind of record.
READ_SCOPES = tuple(str(scope) for scope in KIND_OF_SCOPE)
#: The scope to compare what was fetched.
COMPARE_SCOPE = str(Access.COMPARE)
#: kind of entry of a register → type of the event that carries its fingerprint; every other kind is an entry added
ANCHOR_EVENTS = {
    "opening": "register.opened",
    "page": "register.page_closed",
    "amendment": "register.amended",
    "closing": "register.closed",
}
ENTRY_ADDED = "register.entry_added"
REGISTER_KEY = "register:"
RECONCILIATION = "reconciliation.digest"
DELETED = "competency_record.deleted"
_BATCH = 500


def agreed_on(day: date, prefix: str = "") -> Q:
    """The condition of Subscriber.is_agreed_on, for the database."""
    begun = Q(**{f"{prefix}valid_from__isnull": True}) | Q(**{f"{prefix}valid_from__lte": day})
    lasts = Q(**{f"{prefix}valid_until__isnull": True}) | Q(**{f"{prefix}valid_until__gte": day})
    return Q(**{f"{prefix}active": True}) & begun & lasts


def push_subscribers(at: datetime) -> QuerySet[Subscriber]:
    """Those to whom something is sent at this moment."""
    return Subscriber.objects.filter(agreed_on(timezone.localdate(at))).exclude(endpoint="")


def file_subscribers(at: datetime) -> QuerySet[Subscriber]:
    """Those for whom files are made at this moment."""
    return Subscriber.objects.filter(agreed_on(timezone.localdate(at)), files=True)


def network_head(agency: Any) -> int:
    """The body at the head of an agency's network: its consortium, or the agency itself."""
    return agency.consortium_id or agency.pk


def _of_network(subscriber: Subscriber) -> QuerySet[Any]:
    edition = Subscriber._meta.get_field("editions").related_model
    head = network_head(subscriber.agency)
    return edition._default_manager.filter(Q(agency=head) | Q(agency__consortium=head)).order_by()


def editions_of(subscriber: Subscriber) -> QuerySet[Any]:
    """The editions that the agreement covers: all of the network, or those named; never another network's."""
    rows = _of_network(subscriber)
    if not subscriber.all_editions:
        rows = rows.filter(pk__in=subscriber.editions.order_by().values("pk"))
    return rows.order_by()


def filter_of(subscriber: Subscriber, scopes: Iterable[str] | None = None) -> FeedFilter:
    """What the agreement with this subscriber lets through, and these scopes of it when some are given.

    Nothing agreed is nothing sent.
    """
    kinds = frozenset(subscriber.kinds) - {DeliverableKind.REGISTER}
    if scopes is not None:
        kinds &= {str(KIND_OF_SCOPE[Access(scope)]) for scope in scopes if scope in READ_SCOPES}
    sent_by = subscriber.agency_id if subscriber.people == People.SENT else None
    return FeedFilter(
        kinds=kinds,
        editions=editions_of(subscriber).values("pk"),
        sent_by=sent_by,
        tombstones=_of_network(subscriber).values("pk"),
    )


def next_records(subscriber: Subscriber) -> list[Any]:
    """The next records of the feed that were not yet owed to this subscriber."""
    return competencies.feed_after(subscriber.pushed_seq, _BATCH, filter_of(subscriber))


def next_to_file(subscriber: Subscriber, limit: int) -> list[Any]:
    """The next records of the feed that no file of this subscriber holds."""
    return competencies.feed_after(subscriber.filed_seq, limit, filter_of(subscriber))


def feed_page(
    subscriber: Subscriber,
    scopes: Iterable[str],
    *,
    after: int,
    limit: int,
    edition: str = "",
    agency: UUID | None = None,
    framework: str = "",
    since: datetime | None = None,
) -> list[Any]:
    """The next `limit` records that a subscriber may fetch with these scopes, and one more if there is one."""
    asked = replace(
        filter_of(subscriber, scopes),
        edition_code=edition,
        agency=agency,
        framework_code=framework,
        since=since,
    )
    return competencies.feed_after(after, limit + 1, asked)


def feed_record(subscriber: Subscriber, scopes: Iterable[str], uuid: UUID) -> Any | None:
    """One record or tombstone of the feed, if the agreement with this subscriber and these scopes cover it."""
    asked = filter_of(subscriber, scopes)
    for rows in (competencies.feed(asked), competencies.tombstones(asked)):
        if (found := rows.select_related("person").filter(uuid=uuid).first()) is not None:
            return found
    return None


def still_agreed(deliveries: Iterable[Delivery]) -> set[int]:
    """The keys of those that today's agreement still covers, though they were owed under an earlier one.

    One query for each subscriber among them.
    """
    covered: set[int] = set()
    records: dict[Subscriber, dict[int, int]] = defaultdict(dict)
    for each in deliveries:
        if each.record_id is not None:
            records[each.subscriber][each.record_id] = each.pk
        elif (
            each.event_type in {RECONCILIATION, DELETED} or DeliverableKind.REGISTER in each.subscriber.kinds
        ):
            covered.add(each.pk)  # a comparison, a tombstone say nothing that was not sent before
    for subscriber, keys in records.items():
        found = competencies.feed(filter_of(subscriber)).filter(pk__in=keys).order_by()
        covered.update(keys[pk] for pk in found.values_list("pk", flat=True))
    return covered


@dataclass(frozen=True)
class AnchorEvent:
    """One new entry of a register, as its fingerprint leaves the house: it names nobody."""

    event_id: UUID
    event_type: str
    register: str
    position: int
    written_at: datetime
    fingerprint: str
    body: str


def next_anchors(subscriber: Subscriber) -> list[AnchorEvent]:
    """The fingerprints of register entries that were not yet owed to this subscriber."""
    if DeliverableKind.REGISTER not in subscriber.kinds:
        return []
    owed = subscriber.deliveries.filter(order_key__startswith=REGISTER_KEY).order_by()
    known = dict(owed.values_list("order_key").annotate(last=Max("position")))
    codes = {key.removeprefix(REGISTER_KEY): position for key, position in known.items()}
    return [
        _anchor_event(kind, anchor)
        for kind, anchor in attendance.anchors_beyond(codes, filter_of(subscriber).editions)
    ]


def _anchor_event(kind: str, anchor: dict[str, Any]) -> AnchorEvent:
    event_type = ANCHOR_EVENTS.get(kind, ENTRY_ADDED)
    register, position = anchor["register"], anchor["position"]
    return AnchorEvent(
        event_id=uuid5(UUID(anchor["register_uuid"]), str(position)),
        event_type=event_type,
        register=register,
        position=position,
        written_at=datetime.fromisoformat(anchor["written_at"]),
        fingerprint=anchor["hash"],
        body=canonical({"type": event_type, "timestamp": anchor["written_at"], "data": anchor}),
    )


def event_type(record: Any) -> str:
    return f"competency_record.{record.event}"


def envelope(record: Any, left_out: Sequence[str] = ()) -> dict[str, Any]:
    """One record with its place in the feed and its fingerprint: an item of the feed, the data of an event.

    `sha256` is of the record as it stands in the envelope. When the agreement leaves parts out, their names
    stand in `left_out` and the fingerprint of the whole record in `whole_sha256`.
    """
    whole = json.loads(record.content)
    shown = {key: value for key, value in whole.items() if key not in left_out}
    if len(shown) == len(whole):
        return {"feed_seq": record.feed_seq, "sha256": record.sha256, "record": whole}
    return {
        "feed_seq": record.feed_seq,
        "sha256": digest(canonical(shown)),
        "record": shown,
        "left_out": sorted(whole.keys() - shown.keys()),
        "whole_sha256": record.sha256,
    }


def envelope_text(record: Any, left_out: Sequence[str] = ()) -> tuple[str, str]:
    """The envelope as canonical JSON, and the fingerprint inside. A whole record stands in it byte for byte."""
    if left_out:
        data = envelope(record, left_out)
        return canonical(data), data["sha256"]
    return (
        f'{{"feed_seq":{record.feed_seq},"record":{record.content},"sha256":"{record.sha256}"}}',
        record.sha256,
    )


def body_of_tombstone(stone: Any) -> str:
    """The body of the request that says a record was deleted."""
    data = envelope(stone)
    return canonical({"type": DELETED, "timestamp": stone.at.isoformat(), "data": data})


def body_of(delivery: Delivery) -> tuple[str, str]:
    """The body of the request and the fingerprint that stands inside; the same at every try under one agreement."""
    if delivery.record is None:
        return delivery.body, delivery.fingerprint
    data, fingerprint = envelope_text(delivery.record, delivery.subscriber.left_out)
    told = f'"timestamp":"{delivery.event_at.isoformat()}","type":"{delivery.event_type}"'
    return f'{{"data":{data},{told}}}', fingerprint
