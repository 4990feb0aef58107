"""Recovery classes: held again for those who missed one, and for nobody else."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record, record_many
from lms.enrolments import messages
from lms.enrolments.models import ClassSession, Enrolment, EnrolmentStatus, Mode, RecoveryPlace
from lms.errors import Refused

from .checks import lock, must_not_be_over, must_run
from .editions import must_fit


@transaction.atomic
def plan_recovery(
    missed: ClassSession,
    enrolments: Iterable[Enrolment],
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    trainer: Any,
    by: Any,
    at: datetime,
    mode: str = Mode.ONLINE,
    place: str = "",
) -> ClassSession:
    """Put a class into the timetable that makes up for `missed`, for these learners only.

    Locks the edition; the same trainer cannot be in two classes at once, so a repeated call is refused.
    """
    edition = lock(missed.edition)
    must_run(by, edition, at)
    must_not_be_over(edition, at)
    people = list(enrolments)
    if not people:
        raise Refused("recovery.nobody", _("Choose at least one person."), status=400)
    if missed.recovery or missed.cancelled_at or missed.ends_at > at:
        raise Refused("recovery.not_missed", _("Only a class that was held can be made up for."), status=400)
    if any(row.edition_id != edition.pk or row.status != EnrolmentStatus.ACTIVE for row in people):
        raise Refused("recovery.stranger", _("Only people who are in this edition can recover."), status=400)
    session = ClassSession(
        edition=edition,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        trainer=trainer,
        module_key=missed.module_key,
        mode=mode,
        place=place,
        recovery=True,
    )
    must_fit(session)
    session.save()
    RecoveryPlace.objects.bulk_create(
        RecoveryPlace(session=session, enrolment=row, missed=missed, made_by=by, made_at=at) for row in people
    )
    record("write.class", by=by, target=session, purpose="recovery", at=at)
    record_many("write.recovery", [(row.person, session) for row in people], by=by, at=at)
    messages.class_planned(session, at=at)
    return session
