"""Handing a class to another trainer."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.errors import Refused

from ..models import Handover, RegisterPage
from ..queries import leader_of
from .classes import page_of
from .locks import refuse_if_closed


def hand_over(session: Any, taker: Any, *, by: Any, at: datetime, reason: str = "") -> Handover | None:
    """Give the class to another trainer of the edition from now on; None when that trainer leads it already.

    The timetable keeps the planned one and the register has both with their times. Locks the page, so that of
    two who hand it over at once the second sees what the first did. Who may do it is `access.may_hand_over`.
    """
    with transaction.atomic():
        page = RegisterPage.objects.select_for_update().get(pk=page_of(session, by=by, at=at).pk)
        refuse_if_closed(page)
        if page.ended_at is not None:
            raise Refused("class.ended", _("This class is over: it cannot be handed to anybody."))
        giver = leader_of(session)
        if giver.pk == taker.pk:
            return None
        handover = Handover.objects.create(
            session=session, giver=giver, taker=taker, at=at, by=by, reason=reason.strip()[:200]
        )
        record("write.class_handed_over", by=by, subject=taker, target=handover, purpose=reason, at=at)
    return handover
