"""Who acts for which body, in which role."""

from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.permissions import leave_author_groups
from lms.audit.actions import record
from lms.errors import Refused

from .. import access
from ..models import Agency, CaseAssignment, Membership, Role, User
from ..queries import forget_memberships, on_day


@transaction.atomic
def grant_role(user: User, role: str, agency: Agency, *, by: User | None, at: datetime) -> Membership:
    """Let this person act in this role for this agency from today. Locks the person's row. Safe to call twice.

    A Django group that bears the role's name, if there is one, follows (Wagtail's permissions hang on groups).
    """
    if by is not None and not access.administers(by, agency):
        raise Refused(
            "role.not_yours_to_grant", _("Only an administrator gives roles in this body."), status=403
        )
    User.objects.select_for_update().get(pk=user.pk)
    today = timezone.localdate(at)
    held = user.memberships.filter(on_day(today), agency=agency, role=role).first()
    if held:
        return held
    membership = Membership.objects.create(user=user, agency=agency, role=role, starts_on=today)
    forget_memberships(user)
    _follow_group(user, role, at)
    record("write.role", by=by, subject=user, target=agency, purpose=f"+ {Role(role).label}", at=at)
    return membership


@transaction.atomic
def end_role(user: User, role: str, agency: Agency, *, by: User | None, at: datetime) -> None:
    """End this role at once, and with the last role that follows people in that body its cases too; with the
    last one that writes courses, its author groups.

    Locks the person's row. Safe to call twice.
    """
    if by is not None and not access.administers(by, agency):
        raise Refused(
            "role.not_yours_to_end", _("Only an administrator ends roles in this body."), status=403
        )
    User.objects.select_for_update().get(pk=user.pk)
    today = timezone.localdate(at)
    held = user.memberships.filter(on_day(today), agency=agency, role=role)
    if not held:
        return
    if role == Role.ADMINISTRATOR and by is not None and by.pk == user.pk:
        raise Refused(
            "role.own_administration", _("You cannot end your own administration. Ask another administrator.")
        )
    held.update(ends_on=today)
    forget_memberships(user)
    if agency.pk not in access.agencies_of(user, *access.CASE_ROLES):
        CaseAssignment.objects.filter(on_day(today), professional=user, agency=agency).update(ends_on=today)
    _follow_group(user, role, at)
    record("write.role", by=by, subject=user, target=agency, purpose=f"− {Role(role).label}", at=at)


_WRITE_COURSES = (Role.TRAINER, Role.TRAINING_DIRECTOR)


def _follow_group(user: User, role: str, at: datetime) -> None:
    if role in _WRITE_COURSES and not access.has_role(user, *_WRITE_COURSES):
        leave_author_groups(user)
    group = Group.objects.filter(name=role).first()
    if group is None:
        return
    if user.memberships.filter(on_day(timezone.localdate(at)), role=role).exists():
        user.groups.add(group)
    else:
        user.groups.remove(group)
