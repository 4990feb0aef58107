"""A timetable as an iCalendar file (RFC 5545)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from . import queries
from .models import ClassSession

ROME = ZoneInfo("Europe/Rome")


def calendar_of(sessions: Iterable[ClassSession], owner: Any, *, at: datetime) -> bytes:
    """The classes in the time of Italy, with its clock changes; cancelled ones are marked, so that they
    vanish from the phone."""
    calendar = Calendar()
    calendar.add("prodid", "-//Ponte//IT")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", settings.SITE_NAME)
    calendar.add("x-wr-timezone", "Europe/Rome")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    with translation.override(owner.preferred_language):
        for session in sessions:
            calendar.add_component(_event(session, at))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(session: ClassSession, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{session.uuid}@ponte")
    event.add("dtstamp", at)
    event.add("dtstart", session.starts_at.astimezone(ROME))
    event.add("dtend", session.ends_at.astimezone(ROME))
    event.add("summary", session.title)
    event.add("description", session.edition.title)
    event.add("status", "CANCELLED" if session.cancelled_at else "CONFIRMED")
    if session.place:
        event.add("location", session.place)
    if session.mode in ("online", "mixed"):
        event.add("url", settings.SITE_URL + queries.class_url(session))
    if not session.cancelled_at:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _("Your class starts in 30 minutes"))
        alarm.add("trigger", timedelta(minutes=-30))
        event.add_component(alarm)
    return event
