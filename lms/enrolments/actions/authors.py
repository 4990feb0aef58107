"""Who may write which course. Its group and its collection belong to the course (courses.permissions); who is
in the group is a fact about people, and so is decided here."""

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from courses.permissions import author_group
from lms.audit.actions import record
from lms.enrolments import access
from lms.errors import Refused
from lms.people.access import Role, has_role


@transaction.atomic
def assign_author(user: Any, course: Any, *, by: Any) -> Group:
    """Let a trainer write one course. Takes no lock; safe to call twice."""
    _must_direct_training(by)
    if not has_role(user, Role.TRAINER, Role.TRAINING_DIRECTOR):
        raise Refused("author.not_trainer", _("Only a trainer can write a course. Nothing was changed."))
    group = author_group(course)
    user.groups.add(group)
    record("write.author", by=by, subject=user, purpose=f"assign {course.code or course.pk}")
    return group


@transaction.atomic
def remove_author(user: Any, course: Any, *, by: Any) -> None:
    """Take the right to write one course back. Takes no lock; safe to call twice."""
    _must_direct_training(by)
    user.groups.remove(author_group(course))
    record("write.author", by=by, subject=user, purpose=f"remove {course.code or course.pk}")


def _must_direct_training(by: Any) -> None:
    if not access.agencies_directed_by(by) and not has_role(by, Role.ADMINISTRATOR):
        raise Refused(
            "author.not_director", _("Only a training director can choose who writes a course."), status=403
        )
