"""Asking for an account from outside. Asking grants nothing and tells nothing."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.errors import Refused

from .. import access
from ..models import AccountApplication, Agency, Role, User
from .people import clean_phone, create_person

MOST_WAITING = 200  # per body: beyond this somebody is playing
KEPT = timedelta(days=183)  # as the page of the form says


def apply_for_account(
    *,
    first_name: str,
    last_name: str,
    agency: Agency,
    phone: str = "",
    email: str = "",
    language: str = "it",
    message: str = "",
    at: datetime,
) -> None:
    """Put an application before that body. Takes no lock. Safe to call twice: the same one within a day counts once.

    It answers nothing, so that nobody learns who is already here.
    """
    number = clean_phone(phone) or ""
    waiting = AccountApplication.objects.filter(agency=agency, state=AccountApplication.State.WAITING)
    same = waiting.filter(
        first_name__iexact=first_name,
        last_name__iexact=last_name,
        phone=number,
        email__iexact=email,
        made_at__gt=at - timedelta(days=1),
    )
    if same.exists() or waiting.count() >= MOST_WAITING:
        return
    AccountApplication.objects.create(
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        agency=agency,
        phone=number,
        email=email.strip().lower(),
        language=language,
        message=message.strip(),
        made_at=at,
    )


@transaction.atomic
def accept_application(application: AccountApplication, *, by: User, at: datetime) -> User:
    """Make the account, followed by whoever accepts. Locks the application. Safe to call twice: one account."""
    locked = _undecided(application, by=by)
    if locked.person is not None:
        return locked.person
    if locked.state == AccountApplication.State.REJECTED:
        raise Refused("application.rejected", _("This request was already set aside."))
    person = create_person(
        by=by,
        first_name=locked.first_name,
        last_name=locked.last_name,
        agency=locked.agency,
        email=locked.email,
        phone=str(locked.phone or ""),
        language=locked.language,
        role=Role.BENEFICIARY,
        follow=True,
        at=at,
    )
    locked.person, locked.state = person, AccountApplication.State.ACCEPTED
    locked.decided_at, locked.decided_by = at, by
    locked.save()
    return person


@transaction.atomic
def reject_application(application: AccountApplication, *, by: User, at: datetime) -> None:
    """Set it aside. Locks the application. Safe to call twice."""
    locked = _undecided(application, by=by)
    if locked.state == AccountApplication.State.WAITING:
        locked.state, locked.decided_at, locked.decided_by = AccountApplication.State.REJECTED, at, by
        locked.save()
        record("write.application_rejected", by=by, target=locked, at=at)


def forget_applications(*, at: datetime) -> int:
    """Delete what was decided six months ago, or asked then and never decided; how many. Safe to call twice."""
    old = at - KEPT
    found = AccountApplication.objects.filter(
        Q(decided_at__lt=old) | Q(state=AccountApplication.State.WAITING, made_at__lt=old)
    )
    return found.delete()[0]


def _undecided(application: AccountApplication, *, by: User) -> AccountApplication:
    locked = AccountApplication.objects.select_for_update().get(pk=application.pk)
    if not access.agencies_to_bring_into(by).filter(pk=locked.agency_id).exists():
        raise Refused("application.not_yours", _("This request is for another body."), status=403)
    return locked
