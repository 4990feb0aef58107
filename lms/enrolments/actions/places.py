"""Asking for a place, getting it, waiting for it, giving it back.

Every action here locks the edition first, so that places are counted by one at a time: the capacity is never
exceeded and the waiting list moves in its order.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.enrolments import access, messages, rules
from lms.enrolments.models import Edition, Enrolment, EnrolmentStatus
from lms.errors import Refused
from lms.people.access import follows

from .checks import lock, must_not_be_over, must_run


@transaction.atomic
def refer(person: Any, edition: Edition, *, by: Any, agency: Any, at: datetime) -> Enrolment:
    """A professional sends a person they follow to a course: a place if one is free, else the waiting list.

    Locks the edition. A second call returns the enrolment that is already there; a pending application of the
    same person is taken up.
    """
    if agency.pk not in access.agencies_referring(by) or not follows(by, person):
        raise Refused(
            "referral.not_followed",
            _("You can refer only people whom you follow, for your own agency. Nothing was changed."),
            status=403,
        )
    edition = lock(edition)
    must_not_be_over(edition, at)
    enrolment = _open_enrolment(person, edition)
    if enrolment is None:
        enrolment = Enrolment(
            edition=edition, person=person, asked_at=at, asked_by=by, referring_agency=agency
        )
    elif enrolment.status == EnrolmentStatus.APPLIED:
        enrolment.referring_agency = agency
    else:
        return enrolment
    _enter(enrolment, edition, at=at)
    record("write.enrolment", by=by, subject=person, target=enrolment, purpose="referral", at=at)
    messages.referred(enrolment, by=by, at=at)
    return enrolment


@transaction.atomic
def apply(person: Any, edition: Edition, *, message: str = "", at: datetime) -> Enrolment:
    """A person asks for a place; a tutor or the director decides. Locks the edition; a second call returns
    the request that is already there."""
    edition = lock(edition)
    must_not_be_over(edition, at)
    enrolment = _open_enrolment(person, edition)
    if enrolment is not None:
        return enrolment
    if not edition.applications_open:
        raise Refused(
            "application.closed",
            _("For this course your social worker or the employment centre sends the request. Talk to them."),
        )
    enrolment = Enrolment.objects.create(
        edition=edition,
        person=person,
        status=EnrolmentStatus.APPLIED,
        asked_at=at,
        asked_by=person,
        message=message.strip()[:1000],
    )
    record("write.enrolment", by=person, subject=person, target=enrolment, purpose="application", at=at)
    messages.applied(enrolment, at=at)
    return enrolment


@transaction.atomic
def approve(enrolment: Enrolment, *, by: Any, at: datetime) -> Enrolment:
    """Accept an application: a place if one is free, else the waiting list in the order of asking.

    Locks the edition. Approving twice changes nothing; what was withdrawn or rejected is refused.
    """
    edition, enrolment = _locked(enrolment)
    must_run(by, edition, at)
    must_not_be_over(edition, at)
    if enrolment.status in (EnrolmentStatus.ACTIVE, EnrolmentStatus.WAITING):
        return enrolment
    _must_be(enrolment, EnrolmentStatus.APPLIED)
    enrolment.decided_at, enrolment.decided_by = at, by
    _enter(enrolment, edition, at=at)
    record("write.enrolment", by=by, subject=enrolment.person, target=enrolment, purpose="approve", at=at)
    messages.approved(enrolment, at=at)
    return enrolment


@transaction.atomic
def reject(enrolment: Enrolment, *, by: Any, at: datetime, reason: str) -> Enrolment:
    """Turn an application down, with the reason that the person will read. Locks the edition; a second call
    changes nothing."""
    edition, enrolment = _locked(enrolment)
    must_run(by, edition, at)
    must_not_be_over(edition, at)
    if enrolment.status == EnrolmentStatus.REJECTED:
        return enrolment
    _must_be(enrolment, EnrolmentStatus.APPLIED)
    enrolment.status = EnrolmentStatus.REJECTED
    enrolment.decided_at, enrolment.decided_by = at, by
    enrolment.ended_at, enrolment.reason = at, reason.strip()[:300]
    enrolment.save()
    record("write.enrolment", by=by, subject=enrolment.person, target=enrolment, purpose="reject", at=at)
    messages.rejected(enrolment, at=at)
    return enrolment


@transaction.atomic
def withdraw(enrolment: Enrolment, *, by: Any, at: datetime, reason: str) -> Enrolment:
    """End an enrolment or a request; the first of the waiting list gets the place in the same transaction.

    By the person, by who referred and follows them, or by tutor and director. Locks the edition; a second
    call changes nothing.
    """
    edition, enrolment = _locked(enrolment)
    if by.pk != enrolment.person_id and not follows(by, enrolment.person):
        must_run(by, edition, at)
    must_not_be_over(edition, at)
    if enrolment.status == EnrolmentStatus.WITHDRAWN:
        return enrolment
    if enrolment.status not in rules.OPEN_STATUSES:
        _must_be(enrolment, EnrolmentStatus.ACTIVE)
    enrolment.status = EnrolmentStatus.WITHDRAWN
    enrolment.ended_at, enrolment.reason = at, reason.strip()[:300]
    enrolment.save()
    record("write.enrolment", by=by, subject=enrolment.person, target=enrolment, purpose="withdraw", at=at)
    messages.withdrawn(enrolment, by=by, at=at)
    promote_waiting(edition, at=at)
    return enrolment


def promote_waiting(edition: Edition, *, at: datetime) -> list[Enrolment]:
    """Give free places to who waits, in order. The caller holds the lock on the edition."""
    active = edition.enrolments.filter(status=EnrolmentStatus.ACTIVE).count()
    free = rules.free_places(edition.capacity, active)
    queue = (
        edition.enrolments.filter(status=EnrolmentStatus.WAITING)
        .select_related("person", "edition")
        .order_by("asked_at", "id")
    )
    promoted = list(queue[:free])
    for enrolment in promoted:
        enrolment.status, enrolment.active_from = EnrolmentStatus.ACTIVE, at
        enrolment.save(update_fields=["status", "active_from"])
        record(
            "write.enrolment", by=None, subject=enrolment.person, target=enrolment, purpose="promote", at=at
        )
        messages.promoted(enrolment, at=at)
    return promoted


def _enter(enrolment: Enrolment, edition: Edition, *, at: datetime) -> None:
    """Give a place or a place in the queue, under the edition's lock."""
    counts = edition.enrolments.values_list("status", flat=True)
    active = sum(status == EnrolmentStatus.ACTIVE for status in counts)
    waiting = sum(status == EnrolmentStatus.WAITING for status in counts)
    enrolment.status = rules.status_on_entry(edition.capacity, active, waiting)
    if enrolment.status == EnrolmentStatus.ACTIVE:
        enrolment.active_from = at
    enrolment.save()


def _open_enrolment(person: Any, edition: Edition) -> Enrolment | None:
    return edition.enrolments.filter(person=person, status__in=rules.OPEN_STATUSES).first()


def _locked(enrolment: Enrolment) -> tuple[Edition, Enrolment]:
    """Edition first, then the enrolment as it is now: everybody locks in this order."""
    edition = lock(enrolment.edition)
    fresh = Enrolment.objects.select_related("person", "edition").get(pk=enrolment.pk)
    return edition, fresh


def _must_be(enrolment: Enrolment, status: str) -> None:
    if enrolment.status != status:
        raise Refused(
            "enrolment.decided",
            _("This request is already “%(status)s”. Reload the page to see how things stand.")
            % {"status": enrolment.get_status_display()},
        )
