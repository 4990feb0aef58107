"""The class as it was held: when it began, its breaks, when it ended."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.errors import Refused

from ..models import ClassBreak, CloseReason, Register, RegisterPage
from ..queries.policies import policy_for
from .connections import close_open_connections
from .entries import refuse_closed_register
from .locks import refuse_if_closed
from .registers import open_register


def page_of(session: Any, *, by: Any, at: datetime) -> RegisterPage:
    """The page of one class, made with its register when nobody has yet. Safe to call twice."""
    page = RegisterPage.objects.filter(session=session).select_related("register").first()
    if page is None:
        register = open_register(session.edition, by=by, at=at)
        page, _made = RegisterPage.objects.get_or_create(session=session, defaults={"register": register})
    return page


def start_class(session: Any, *, by: Any, at: datetime) -> RegisterPage:
    """Note that a class began. Safe to call twice: the first beginning stays.

    Locks the register, so that it is not being closed nor the class cancelled meanwhile, then the page.
    """
    with transaction.atomic():
        found = page_of(session, by=by, at=at)
        register = Register.objects.select_for_update().get(pk=found.register_id)
        page = RegisterPage.objects.select_for_update().get(pk=found.pk)
        page.register = register
        if page.started_at:
            return page
        session.refresh_from_db(fields=["cancelled_at"])
        if session.cancelled_at:
            raise Refused("class.cancelled", _("This class was cancelled. Plan a new one."))
        refuse_if_closed(page)
        refuse_closed_register(register)
        _refuse_unstamped(page, session, at)
        page.started_at, page.started_by = at, by
        page.save(update_fields=["started_at", "started_by"])
        record("write.class_started", by=by, target=page, at=at)
    return page


def end_class(session: Any, *, by: Any, at: datetime) -> RegisterPage:
    """Note that a class ended and close its open connections, each at its last evidence.

    The page of the register stays open. Safe to call twice: the first end stays. Locks the page.
    """
    with transaction.atomic():
        page = RegisterPage.objects.select_for_update().get(pk=page_of(session, by=by, at=at).pk)
        close_open_connections(session, reason=CloseReason.CLASS_ENDED, at=at)
        if page.ended_at:
            return page
        if page.started_at is None:
            raise Refused("class.not_started", _("This class has not begun, so it cannot end."))
        page.ended_at, page.ended_by = max(at, page.started_at), by
        page.save(update_fields=["ended_at", "ended_by"])
        record("write.class_ended", by=by, target=page, at=at)
    return page


def add_break(
    page: RegisterPage, *, starts_at: datetime, ends_at: datetime, by: Any, at: datetime
) -> ClassBreak:
    """Note a pause that counts for nobody. One that touches no minute of the class is refused.

    Twice the same is one pause. Locks the page.
    """
    if ends_at <= starts_at:
        raise Refused("break.times", _("The break ends before it starts."))
    if ends_at <= page.session.starts_at or starts_at >= page.session.ends_at:
        raise Refused("break.outside", _("No minute of the class is in this break. Look at its times again."))
    with transaction.atomic():
        page = RegisterPage.objects.select_for_update().get(pk=page.pk)
        refuse_if_closed(page)
        pause, made = ClassBreak.objects.get_or_create(page=page, starts_at=starts_at, ends_at=ends_at)
        if made:
            record("write.class_break", by=by, target=page, at=at)
    return pause


def remove_break(pause: ClassBreak, *, by: Any, at: datetime) -> None:
    """Take back a pause that was noted wrongly, while the page is open. Safe to call twice. Locks the page."""
    with transaction.atomic():
        page = RegisterPage.objects.select_for_update().get(pk=pause.page_id)
        refuse_if_closed(page)
        gone, _by_model = ClassBreak.objects.filter(pk=pause.pk).delete()
        if gone:
            record("write.class_break_removed", by=by, target=page, purpose=_hours_of(pause), at=at)


def _hours_of(pause: ClassBreak) -> str:
    return "–".join(f"{timezone.localtime(moment):%H:%M}" for moment in (pause.starts_at, pause.ends_at))


def _refuse_unstamped(page: RegisterPage, session: Any, at: datetime) -> None:
    """Where the policy asks for a stamp (vidimazione), no class begins before the register has one."""
    if (
        policy_for(session.edition, on=timezone.localtime(at).date()).vidimation_required
        and not page.register.vidimations.exists()
    ):
        raise Refused(
            "register.not_stamped",
            _(
                "The rules of this edition want the register stamped (vidimazione) before the first class. "
                "Nothing has begun. Ask the training director to record the stamp."
            ),
        )
