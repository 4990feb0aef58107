"""What left the house about a person, written where that person can read it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from lms.audit import actions as audit

from .models import Delivery, NightlyIssue, Subscriber

VERB = "read.competency_record"


def pulled(subscriber: Subscriber, records: Iterable[Any], *, at: datetime) -> None:
    """One entry per record that a subscriber fetched; a tombstone tells nothing. One insert for the whole page."""
    purpose = _("Fetched by %(name)s: %(basis)s") % _named(subscriber)
    audit.record_many(
        VERB,
        [(record.person, record) for record in records if record.event != "deleted"],
        by=None,
        role=subscriber.name,
        agency=subscriber.agency.name,
        purpose=purpose,
        at=at,
    )


def downloaded(issue: NightlyIssue, form: str, *, by: Any, at: datetime) -> None:
    """One entry for each record in a file that somebody took away."""
    audit.record_many(
        VERB,
        [(record.person, record) for record in issue.records.select_related("person").order_by()],
        by=by,
        purpose=_("In a file (%(form)s) for %(name)s: %(basis)s")
        % {"form": form, **_named(issue.subscriber)},
        at=at,
    )


def delivered(deliveries: Iterable[Delivery], *, at: datetime) -> None:
    """One entry for each record that a subscriber confirmed. A register anchor names nobody."""
    by_subscriber: dict[int, list[Delivery]] = {}
    for delivery in deliveries:
        if delivery.record is not None:
            by_subscriber.setdefault(delivery.subscriber_id, []).append(delivery)
    for told in by_subscriber.values():
        subscriber = told[0].subscriber
        audit.record_many(
            VERB,
            [(each.record.person, each.record) for each in told if each.record is not None],
            by=None,
            role=subscriber.name,
            agency=subscriber.agency.name,
            purpose=_("Delivered to %(name)s: %(basis)s") % _named(subscriber),
            at=at,
        )


def _named(subscriber: Subscriber) -> dict[str, str]:
    """`basis` says what for, where that was written, and on what legal basis."""
    reasons = [subscriber.purpose, subscriber.legal_basis]
    return {"name": subscriber.name, "basis": ", ".join(reason for reason in reasons if reason)}
