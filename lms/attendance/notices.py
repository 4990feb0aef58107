"""What people are told about their absences, in their own language. Never a reason: a phone is read over shoulders."""

from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from cms.dates import calendar_day
from lms.notifications.actions import notify


def justification_decided(row: Any, *, at: datetime) -> None:
    """Tell the person what was decided about which classes."""
    person = row.enrolment.person
    with translation.override(person.preferred_language):
        days = ", ".join(calendar_day(session.starts_at) for session in row.sessions.order_by("starts_at"))
        if row.state == "accepted":
            subject = _("Your absence is justified: %(days)s") % {"days": days}
            body = _(
                "The hours of these classes still count as missed. Ask your tutor if you can make up for them."
            )
        else:
            subject = _("Your absence is not justified: %(days)s") % {"days": days}
            body = _("The answer: %(why)s If you do not agree, speak with the person who follows you.") % {
                "why": _sentence(row.why)
            }
        notify(person, subject=subject, body=body, url="/impara/ore/", at=at)


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in ".!?" else f"{text}."
