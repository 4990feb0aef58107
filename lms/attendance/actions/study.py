"""Study on one's own time, measured by the server."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Count, F, Max, Q
from django.utils import timezone

from .. import rules
from ..models import Connection, StudyInterval
from ..queries import policy_for


def record_study(
    enrolment: Any,
    activity_key: UUID | str,
    revision_id: int | None,
    nominal_minutes: int,
    *,
    at: datetime,
    opening: bool = False,
    closing: bool = False,
) -> StudyInterval:
    """Take one sign of activity of a learner in one activity: `opening` it, being in it, finishing it (`closing`).

    Continues the open stretch or begins a new one, as `rules.study_step` says: idle time is cut off, and time is
    never given twice, neither to two activities nor to an activity during a live class. A stretch that a sign of
    a page begins, and not an opening, has scripts: pressing the button does not fill its silences. The cap at the nominal
    time is applied when minutes are read. Calling twice at the same moment adds nothing. Locks the person, whose
    signs from two windows come one after the other.
    """
    idle = timedelta(
        minutes=policy_for(enrolment.edition, on=timezone.localtime(at).date()).async_idle_cutoff_min
    )
    with transaction.atomic():
        if connection.features.has_select_for_update:  # SQLite has one writer at a time anyway
            get_user_model().objects.select_for_update().only("pk").get(pk=enrolment.person_id)
        stretches = StudyInterval.objects.filter(enrolment__person=enrolment.person_id)
        open_one = (
            stretches.filter(enrolment=enrolment, activity_key=activity_key, closed_at=None)
            .order_by("-last_seen_at", "-id")
            .first()
        )
        step = rules.study_step(
            started_at=open_one.started_at if open_one else None,
            last_seen_at=open_one.last_seen_at if open_one else None,
            signs=open_one.signs if open_one else 0,
            busy_until=_busy_until(stretches, open_one, enrolment, at),
            at=at,
            closing=closing,
            idle=idle,
        )
        if open_one is not None and step.begins_at is None:
            _extend(open_one, step.seconds, at, sign=not (opening or closing), closing=closing)
            return open_one
        if open_one is not None:
            StudyInterval.objects.filter(pk=open_one.pk).update(closed_at=F("last_seen_at"))
        return StudyInterval.objects.create(
            enrolment=enrolment,
            activity_key=activity_key,
            revision_id=revision_id,
            nominal_minutes=nominal_minutes,
            started_at=min(step.begins_at or at, at),
            last_seen_at=at,
            seconds=step.seconds,
            signs=0 if opening or closing else 1,
            closed_at=at if closing else None,
        )


def _busy_until(stretches: Any, own: StudyInterval | None, enrolment: Any, at: datetime) -> datetime | None:
    """Until when this person's time has been given to another activity or to a class."""
    if own is None:
        return None
    other = stretches.exclude(pk=own.pk).filter(last_seen_at__gt=own.last_seen_at, last_seen_at__lte=at)
    in_class = Connection.objects.filter(
        Q(last_evidence_at__gt=own.last_seen_at) | Q(closed_at=None),
        person=enrolment.person_id,
        role="learner",
    ).aggregate(last=Max("last_evidence_at"), still=Count("pk", filter=Q(closed_at=None)))
    moments = [other.aggregate(last=Max("last_seen_at"))["last"], in_class["last"]]
    if in_class["still"]:
        moments.append(at)
    return max((moment for moment in moments if moment), default=None)


def _extend(stretch: StudyInterval, seconds: int, at: datetime, *, sign: bool, closing: bool) -> None:
    stretch.last_seen_at = max(stretch.last_seen_at, at)
    stretch.seconds = max(stretch.seconds, seconds)
    stretch.signs += sign
    stretch.closed_at = stretch.last_seen_at if closing else None
    stretch.save(update_fields=["last_seen_at", "seconds", "signs", "closed_at"])
