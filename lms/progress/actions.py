"""Opening an activity, finishing a lesson, handing in a quiz, writing to the tutor."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.dates import calendar_day
from lms.assessments import actions as assessments
from lms.attendance.actions import record_study
from lms.audit.actions import record
from lms.enrolments.queries import edition_url, local_day, staff_of_editions
from lms.errors import Refused
from lms.notifications.actions import notify

from . import queries, rules
from .access import Activity
from .models import ActivityProgress, Rule

SAME_READING = timedelta(seconds=20)


def open_activity(activity: Activity, *, at: datetime) -> ActivityProgress:
    """Note that the learner opened it, and start the clock of study.

    Takes no lock; safe to call twice: a page that is loaded again at once is the same reading, and the clock
    goes on from its first sign.
    """
    row = activity.view.row
    if row is None:
        row, _new = ActivityProgress.objects.get_or_create(
            enrolment=activity.enrolment,
            activity_key=activity.key,
            defaults={"revision_id": activity.item.revision_id, "opened_at": at, "last_opened_at": at},
        )
    elif at - row.last_opened_at <= SAME_READING:
        return row
    else:
        row.last_opened_at = at
        if row.completed_at is None:
            row.revision_id = activity.item.revision_id
        row.save(update_fields=["last_opened_at", "revision_id"])
    _study(activity, at, opening=True)
    return row


def keep_studying(activity: Activity, *, position: int | None, at: datetime) -> None:
    """A sign of life from an open page: study time goes on, and the place to resume is kept.

    Takes no lock; safe to call twice. An activity that was never opened is left alone.
    """
    if activity.view.row is None:
        return
    if position is not None and position != activity.view.row.position:
        ActivityProgress.objects.filter(pk=activity.view.row.pk).update(position=min(position, 9999))
    _study(activity, at)


def time_left(activity: Activity, row: ActivityProgress, *, at: datetime) -> int:
    """Seconds before "Ho finito" counts; none once the lesson is done."""
    if row.completed_at:
        return 0
    wait = rules.wait_before_finishing(row.opened_at, activity.item.minimum_minutes, at)
    return int(wait.total_seconds())


@transaction.atomic
def finish_lesson(activity: Activity, *, at: datetime) -> ActivityProgress:
    """The learner says "Ho finito": the lesson is completed if it was open long enough.

    Locks the row of progress; a second call changes nothing.
    """
    if activity.item.kind != "lesson":
        raise Refused("lesson.is_quiz", _("A quiz is finished by answering it."), status=400)
    row = _locked(activity)
    if row is None:
        raise Refused("lesson.not_opened", _("Open the lesson first, then press “I have finished”."))
    if row.completed_at:
        return row
    must_be_running(activity, at)
    wait = rules.wait_before_finishing(row.opened_at, activity.item.minimum_minutes, at)
    if wait:
        minutes = rules.whole_minutes(wait)
        raise Refused(
            "lesson.too_early",
            ngettext(
                "Take your time: read on for one more minute, then press “I have finished”.",
                "Take your time: read on for %(minutes)s more minutes, then press “I have finished”.",
                minutes,
            )
            % {"minutes": minutes},
        )
    _complete(row, Rule.PRESSED, activity.item.revision_id, at)
    _study(activity, at, closing=True)
    return row


def start_quiz(activity: Activity, *, at: datetime) -> Any:
    """The sitting under way, or a new one. Locks the enrolment; safe to call twice."""
    must_be_running(activity, at)
    if activity.view.row is None:
        open_activity(activity, at=at)
    return assessments.open_attempt(activity.enrolment, queries.quiz_page(activity.item), at=at)


@transaction.atomic
def submit_quiz(
    activity: Activity, quiz: Any, answers: Mapping[str, Any], *, key: UUID | str, at: datetime
) -> Any:
    """Hand in the quiz and, if it is passed, complete it: one transaction.

    Locks the enrolment; the same key twice gives the same attempt.
    """
    must_be_running(activity, at)
    attempt = assessments.submit_attempt(activity.enrolment, quiz, answers, key=key, at=at)
    if attempt.passed:
        row = _locked(activity) or open_activity(activity, at=at)
        if row.completed_at is None:
            _complete(row, Rule.PASSED, attempt.revision_id, at)
    _study(activity, at, closing=True)
    return attempt


@transaction.atomic
def send_note(person: Any, session: Any, text: str, *, key: UUID, at: datetime) -> int:
    """Tell the tutors of a class that its minutes look wrong to this learner; returns how many were told.

    Takes no lock; the same `key` twice tells once. Nothing is changed in the register: a tutor looks, and
    rectifies if there is reason to.
    """
    if not cache.add(f"progress.note:{person.pk}:{key}", True, 24 * 60 * 60):
        return 0
    tutors = staff_of_editions([session.edition_id], at, "tutor", "director").get(session.edition_id, [])
    for tutor in {tutor.pk: tutor for tutor in tutors}.values():
        with translation.override(tutor.preferred_language):
            notify(
                tutor,
                subject=_("Hours to check: %(person)s, %(title)s")
                % {"person": person, "title": session.title},
                body=text,
                url=edition_url(session.edition),
                at=at,
            )
    record("write.hours_note", by=person, subject=person, target=session, purpose=str(key), at=at)
    return len(tutors)


def must_be_running(activity: Activity, at: datetime) -> None:
    """After its last day a course can be read again, and nothing more is counted."""
    edition = activity.enrolment.edition
    if local_day(at) > edition.ends_on:
        raise Refused(
            "edition.ended",
            _("This course ended on %(day)s. You can still read everything, but it no longer counts.")
            % {"day": calendar_day(edition.ends_on)},
        )


def _locked(activity: Activity) -> ActivityProgress | None:
    return (
        ActivityProgress.objects.select_for_update()
        .filter(enrolment=activity.enrolment, activity_key=activity.key)
        .first()
    )


def _complete(row: ActivityProgress, rule: Rule, revision_id: int | None, at: datetime) -> None:
    row.completed_at, row.rule, row.revision_id = at, rule, revision_id
    row.save(update_fields=["completed_at", "rule", "revision_id"])


def _study(activity: Activity, at: datetime, *, opening: bool = False, closing: bool = False) -> None:
    """Study time, only while the course runs."""
    edition = activity.enrolment.edition
    if edition.starts_on <= local_day(at) <= edition.ends_on:
        record_study(
            activity.enrolment,
            activity.key,
            activity.item.revision_id,
            activity.item.nominal_minutes,
            at=at,
            opening=opening,
            closing=closing,
        )
