"""A stretch of the feed, by number or by day, and what of it belongs to one subscriber."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.competencies import queries as competencies

from ..models import Delivery, Subscriber
from .owed import DELETED, filter_of


@dataclass(frozen=True)
class Stretch:
    """From `first` to `last`, both included: places in the feed, or days (Europe/Rome) on which records were written."""

    first: int | date
    last: int | date

    @property
    def words(self) -> str:
        return _("from %(first)s to %(last)s") % {"first": self.first, "last": self.last}

    def bounds(self, field: str, day_field: str) -> dict[str, int | datetime]:
        """The stretch as conditions on a place in the feed, or on the moment of writing."""
        if isinstance(self.first, date) and isinstance(self.last, date):
            begins = timezone.make_aware(datetime.combine(self.first, time()))
            ends = timezone.make_aware(datetime.combine(self.last + timedelta(days=1), time()))
            return {f"{day_field}__gte": begins, f"{day_field}__lt": ends}
        return {f"{field}__gte": self.first, f"{field}__lte": self.last}  # type: ignore[dict-item]


def deliveries_of_stretch(subscriber: Subscriber, stretch: Stretch) -> QuerySet[Delivery]:
    """The deliveries of this stretch: of records that today's agreement covers, and of every tombstone."""
    covered = competencies.feed(filter_of(subscriber)).filter(**stretch.bounds("feed_seq", "at"))
    stones = Q(event_type=DELETED, **stretch.bounds("position", "event_at"))
    rows = Delivery.objects.filter(subscriber=subscriber)
    return rows.filter(Q(record__in=covered.order_by().values("pk")) | stones)


def first_seq(subscriber: Subscriber, stretch: Stretch) -> int:
    """The first place in the feed of the stretch, as far as the agreement covers it; 0 when it holds nothing."""
    covered = competencies.feed(filter_of(subscriber)).filter(**stretch.bounds("feed_seq", "at"))
    return covered.order_by().aggregate(first=Min("feed_seq"))["first"] or 0


def stretch_size(subscriber: Subscriber, stretch: Stretch) -> int:
    """How many records of the stretch the agreement covers: those that would be sent again."""
    return competencies.feed(filter_of(subscriber)).filter(**stretch.bounds("feed_seq", "at")).count()
