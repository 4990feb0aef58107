"""Editions, who works in them, and the timetable."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from cms.dates import calendar_day
from lms.audit.actions import record
from lms.enrolments import access, messages, rules
from lms.enrolments.models import ClassSession, Edition, EditionStaff, Mode, StaffRole
from lms.errors import Refused
from lms.people.access import has_role

from .checks import checked, lock, must_direct, must_not_be_over, must_run
from .places import promote_waiting


@transaction.atomic
def create_edition(
    *,
    by: Any,
    course: Any,
    agency: Any,
    code: str,
    starts_on: date,
    ends_on: date,
    capacity: int,
    title: str = "",
    mode: str = Mode.ONLINE,
    place: str = "",
    cup: str = "",
    notice: str = "",
    applications_open: bool = True,
    at: datetime | None = None,
) -> Edition:
    """Open a run of a course for an agency that `by` directs, who becomes its director.

    Takes no lock. A second call with the same code is refused by the code's uniqueness.
    """
    if agency.pk not in access.agencies_directed_by(by):
        raise Refused(
            "edition.not_director",
            _("Only a training director of %(agency)s can do this. Nothing was changed.")
            % {"agency": agency},
            status=403,
        )
    if code.lower() in rules.RESERVED_CODES:
        raise Refused(
            "edition.code_reserved",
            _("“%(code)s” cannot be a code: choose another.") % {"code": code},
            status=400,
        )
    edition = Edition(
        course=course,
        agency=agency,
        code=code,
        title=title or course.title,
        starts_on=starts_on,
        ends_on=ends_on,
        capacity=capacity,
        mode=mode,
        place=place,
        cup=cup,
        notice=notice,
        applications_open=applications_open,
    )
    checked(edition, "edition.wrong")
    edition.save()
    EditionStaff.objects.create(edition=edition, user=by, role=StaffRole.DIRECTOR)
    record("write.edition", by=by, target=edition, purpose="create", at=at)
    return edition


@transaction.atomic
def update_edition(edition: Edition, *, by: Any, at: datetime | None = None, **changes: Any) -> Edition:
    """Change dates, places or texts of an edition that is not over; more places promote who waits.

    Locks the edition. Safe to call twice.
    """
    at = at or timezone.now()
    allowed = {
        "title",
        "cup",
        "notice",
        "mode",
        "place",
        "starts_on",
        "ends_on",
        "capacity",
        "applications_open",
    }
    if unknown := set(changes) - allowed:
        raise TypeError(f"An edition's {', '.join(sorted(unknown))} cannot be changed.")
    edition = lock(edition)
    must_run(by, edition, at)
    must_not_be_over(edition, at)
    active = edition.enrolments.filter(status="active").count()
    if changes.get("capacity", active) < active:
        raise Refused(
            "edition.too_small",
            _("%(count)s people are already in: the places cannot be fewer. Nothing was changed.")
            % {"count": active},
        )
    for name, value in changes.items():
        setattr(edition, name, value)
    checked(edition, "edition.wrong")
    edition.save()
    record("write.edition", by=by, target=edition, purpose=", ".join(sorted(changes)), at=at)
    promote_waiting(edition, at=at)
    return edition


@transaction.atomic
def assign_staff(
    edition: Edition,
    user: Any,
    role: str,
    *,
    by: Any,
    expires_at: datetime | None = None,
    at: datetime | None = None,
) -> EditionStaff:
    """Give a professional a task in an edition. An inspector's must end at a stated moment.

    Locks the edition. Calling it again returns the task that is already there, with the new end.
    """
    at = at or timezone.now()
    edition = lock(edition)
    must_direct(by, edition)
    if role == StaffRole.INSPECTOR and expires_at is None:
        raise Refused("staff.no_end", _("Say until when the inspector may look."), status=400)
    if not has_role(user, rules.ROLE_FOR_TASK[role]):
        raise Refused(
            "staff.wrong_role",
            _("%(person)s does not have this role in any agency. Ask the administrator to add it first.")
            % {"person": user},
        )
    task, new = EditionStaff.objects.get_or_create(
        edition=edition, user=user, role=role, ended_at=None, defaults={"expires_at": expires_at}
    )
    if not new and task.expires_at != expires_at:
        task.expires_at = expires_at
        task.save(update_fields=["expires_at"])
    record("write.staff", by=by, subject=user, target=edition, purpose=role, at=at)
    if new:
        messages.staff_assigned(task, at=at)
    return task


@transaction.atomic
def end_staff(task: EditionStaff, *, by: Any, at: datetime) -> EditionStaff:
    """End a professional's task. Locks the edition; a second call changes nothing."""
    edition = lock(task.edition)
    must_direct(by, edition)
    task.refresh_from_db()
    if task.ended_at is None:
        task.ended_at = at
        task.save(update_fields=["ended_at"])
        record("write.staff", by=by, subject=task.user, target=edition, purpose=f"end {task.role}", at=at)
    return task


@transaction.atomic
def plan_class(
    edition: Edition,
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    trainer: Any,
    by: Any,
    module_key: UUID | None = None,
    mode: str = Mode.ONLINE,
    place: str = "",
    at: datetime | None = None,
) -> ClassSession:
    """Put a class into the timetable. Locks the edition; the same trainer cannot be in two classes at once,
    so a repeated call is refused."""
    at = at or timezone.now()
    edition = lock(edition)
    must_run(by, edition, at)
    must_not_be_over(edition, at)
    session = ClassSession(
        edition=edition,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        trainer=trainer,
        module_key=module_key,
        mode=mode,
        place=place,
    )
    must_fit(session)
    session.save()
    record("write.class", by=by, target=session, purpose="plan", at=at)
    messages.class_planned(session, at=at)
    return session


@transaction.atomic
def move_class(
    session: ClassSession, *, starts_at: datetime, ends_at: datetime, by: Any, at: datetime
) -> ClassSession:
    """Give a class that has not begun another time, still to come, and say so to everybody.

    Locks the edition; a second call changes nothing and tells nobody.
    """
    edition = lock(session.edition)
    session = ClassSession.objects.select_related("edition", "trainer").get(pk=session.pk)
    must_run(by, edition, at)
    must_not_be_over(edition, at)
    _must_be_ahead(session, at)
    if (session.starts_at, session.ends_at) == (starts_at, ends_at):
        return session
    if starts_at <= at:
        raise Refused("class.past", _("That time is over. Choose one that is still to come."), status=400)
    session.starts_at, session.ends_at = starts_at, ends_at
    must_fit(session)
    session.save()
    record("write.class", by=by, target=session, purpose="move", at=at)
    messages.class_planned(session, at=at, moved=True)
    return session


@transaction.atomic
def cancel_class(session: ClassSession, *, by: Any, at: datetime, reason: str) -> ClassSession:
    """Take a class that has not begun out of the timetable, and say so to everybody.

    Locks the edition; a second call changes nothing.
    """
    edition = lock(session.edition)
    session = ClassSession.objects.select_related("edition", "trainer").get(pk=session.pk)
    must_run(by, edition, at)
    must_not_be_over(edition, at)
    if session.cancelled_at is None:
        _must_be_ahead(session, at)
        session.cancelled_at, session.cancel_reason = at, reason
        session.save(update_fields=["cancelled_at", "cancel_reason"])
        record("write.class", by=by, target=session, purpose=f"cancel: {reason}", at=at)
        messages.class_cancelled(session, at=at)
    return session


def _must_be_ahead(session: ClassSession, at: datetime) -> None:
    """A class may begin before its time: who keeps the register answers the hook `class_has_begun(session)`, and
    holds it off until this transaction has ended."""
    begun = any(answer(session) for answer in hooks.get_hooks("class_has_begun"))
    if begun or session.starts_at <= at or session.cancelled_at:
        raise Refused(
            "class.begun",
            _("This class has begun or was cancelled: the timetable of what happened is not changed."),
        )


def must_fit(session: ClassSession) -> None:
    """A class lies within the days of its edition, has times in order and a trainer who is free."""
    checked(session, "class.wrong")
    edition = session.edition
    first, last = timezone.localtime(session.starts_at).date(), timezone.localtime(session.ends_at).date()
    if first < edition.starts_on or last > edition.ends_on:
        raise Refused(
            "class.outside",
            _("The class lies outside the days of the edition (%(first)s to %(last)s).")
            % {
                "first": calendar_day(edition.starts_on),
                "last": calendar_day(edition.ends_on),
            },
            status=400,
        )
    busy = (
        ClassSession.objects.filter(
            trainer=session.trainer,
            cancelled_at__isnull=True,
            starts_at__lt=session.ends_at,
            ends_at__gt=session.starts_at,
        )
        .exclude(pk=session.pk)
        .first()
    )
    if busy:
        raise Refused(
            "class.trainer_busy",
            _("%(trainer)s already has the class “%(title)s” at that time. Choose another time or trainer.")
            % {"trainer": session.trainer, "title": busy.title},
        )
