"""Which nightly files hold a record that was deleted, and what is left in them."""

from typing import Any

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce

from lms.competencies import queries as competencies
from lms.competencies.queries import FeedFilter

from ..models import NightlyIssue
from .owed import filter_of


def issues_to_remake() -> list[int]:
    """The issues made before a record of their stretch was deleted."""
    stones = competencies.tombstones(FeedFilter()).filter(
        record_seq__gte=OuterRef("first_seq"),
        record_seq__lte=OuterRef("last_seq"),
        at__gt=OuterRef("written"),
    )
    rows = NightlyIssue.objects.annotate(written=Coalesce(F("remade_at"), F("made_at"))).order_by("id")
    return list(rows.filter(Exists(stones.order_by())).values_list("pk", flat=True))


def left_in(issue: NightlyIssue) -> list[Any]:
    """The events of an issue that are still there, in the order of the feed."""
    asked = filter_of(issue.subscriber)
    stones = competencies.tombstones(asked).filter(feed_seq__range=(issue.first_seq, issue.last_seq))
    return sorted([*issue.records.order_by(), *stones], key=lambda row: row.feed_seq)
