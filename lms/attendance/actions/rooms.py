"""Signing in and out in the room itself: on its tablet, by the code it shows, or noted by the trainer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record_about
from lms.errors import Refused

from ..models import RegisterPage, RoomMeans, RoomStay
from ..queries.sheets import learners_of


def sign_in_room(session: Any, enrolment: Any, *, means: str, at: datetime, by: Any = None) -> RoomStay:
    """Note that one learner is in the room. Safe to call twice: who is in stays in since the first moment.

    `by` is the trainer or tutor when they note it. Locks the page of the class.
    """
    with transaction.atomic():
        _open_page(session)
        _refuse_strangers(session, [enrolment.pk])
        stay, _made = RoomStay.objects.get_or_create(
            session=session,
            enrolment=enrolment,
            left_at=None,
            defaults={"entered_at": at, "entered_by": means, "noted_by": _noted(means, by)},
        )
    return stay


def sign_out_of_room(
    session: Any, enrolment: Any, *, means: str, at: datetime, by: Any = None
) -> RoomStay | None:
    """Note that one learner left the room; None when they were not in it. Safe to call twice. Locks the page."""
    with transaction.atomic():
        _open_page(session)
        stay = RoomStay.objects.filter(session=session, enrolment=enrolment, left_at=None).first()
        if stay is None:
            return None
        stay.left_at, stay.left_by = max(at, stay.entered_at), means
        if by is not None:
            stay.noted_by = by
        stay.save(update_fields=["left_at", "left_by", "noted_by"])
    return stay


def note_room(session: Any, *, present: Iterable[int], by: Any, at: datetime) -> int:
    """The trainer's roll call: who is in the room now, by enrolment id. The others who were in have left.

    Returns how many it changed. Safe to call twice. Locks the page.
    """
    wanted = set(present)
    with transaction.atomic():
        page = _open_page(session)
        _refuse_strangers(session, wanted)
        inside = {stay.enrolment_id: stay for stay in RoomStay.objects.filter(session=session, left_at=None)}
        RoomStay.objects.bulk_create(
            RoomStay(
                session=session, enrolment_id=pk, entered_at=at, entered_by=RoomMeans.TRAINER, noted_by=by
            )
            for pk in wanted - inside.keys()
        )
        gone = [stay for pk, stay in inside.items() if pk not in wanted]
        for stay in gone:
            stay.left_at, stay.left_by, stay.noted_by = max(at, stay.entered_at), RoomMeans.TRAINER, by
        RoomStay.objects.bulk_update(gone, ["left_at", "left_by", "noted_by"])
        changed = (wanted - inside.keys()) | {stay.enrolment_id for stay in gone}
        record_about("write.room_roll_call", _people(session, changed), by=by, target=page, at=at)
    return len(changed)


def note_until_end(session: Any, *, stayed: Iterable[int], by: Any, at: datetime) -> int:
    """Who of those signed in was there until now, or until the class ended, says the trainer who saw them.

    Who is not named keeps no signing out, and so no minute. Returns how many it changed. Safe to call twice. Locks
    the page.
    """
    with transaction.atomic():
        page = _open_page(session, ended=True)
        moment = min(at, page.ended_at or at)
        stays = RoomStay.objects.filter(
            session=session, left_at=None, enrolment__in=list(stayed), entered_at__lte=moment
        )
        changed = set(stays.values_list("enrolment", flat=True))
        stays.update(left_at=moment, left_by=RoomMeans.TRAINER, noted_by=by)
        record_about("write.room_end", _people(session, changed), by=by, target=page, at=at)
    return len(changed)


def _people(session: Any, enrolments: Iterable[int]) -> list[Any]:
    rows = learners_of(session).filter(pk__in=list(enrolments)).select_related("person")
    return [row.person for row in rows]


def _noted(means: str, by: Any) -> Any:
    return by if means in (RoomMeans.TRAINER, RoomMeans.TABLET) else None


def _open_page(session: Any, *, ended: bool = False) -> RegisterPage:
    """The page of a class that goes on, or that ended and is not closed yet, locked."""
    page = RegisterPage.objects.select_for_update().filter(session=session).first()
    if page is None or page.started_at is None:
        raise Refused(
            "class.not_started", _("This class has not begun yet. Wait for the trainer to begin it.")
        )
    if page.closed_at or (page.ended_at and not ended):
        raise Refused(
            "class.over", _("This class is over: nobody signs in or out any more. Tell the trainer.")
        )
    return page


def _refuse_strangers(session: Any, enrolments: Iterable[int]) -> None:
    wanted = set(enrolments)
    if wanted and learners_of(session).filter(pk__in=wanted).count() != len(wanted):
        raise Refused("class.not_enrolled", _("You are not enrolled in this edition."), status=403)
