"""What several actions ask first."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from cms.dates import calendar_day
from lms.enrolments import access, queries, rules
from lms.enrolments.models import Edition
from lms.errors import Refused


def lock(edition: Edition) -> Edition:
    """The edition again, its row held until the transaction ends: places are counted under this lock."""
    return Edition.objects.select_for_update().get(pk=edition.pk)


def must_not_be_over(edition: Edition, at: datetime) -> None:
    if queries.local_day(at) > edition.ends_on:
        raise Refused(
            "edition.ended",
            _("This edition ended on %(day)s. Its lists are kept as they are and can no longer be changed.")
            % {"day": calendar_day(edition.ends_on)},
        )


def must_run(by: Any, edition: Edition, at: datetime) -> None:
    if not access.staff_roles(by, edition, at=at) & rules.MANAGERS:
        raise Refused(
            "edition.not_yours",
            _("Only the tutors and the director of this edition can do this. Nothing was changed."),
            status=403,
        )


def must_direct(by: Any, edition: Edition) -> None:
    if edition.agency_id not in access.agencies_directed_by(by):
        raise Refused(
            "edition.not_director",
            _("Only a training director of %(agency)s can do this. Nothing was changed.")
            % {"agency": edition.agency},
            status=403,
        )


def checked(instance: Model, code: str) -> None:
    """The model's own rules, said as a refusal to whoever does not come through a form."""
    try:
        instance.full_clean()
    except ValidationError as error:
        raise Refused(code, " ".join(error.messages), status=400) from error
