"""Days and hours as Ponte writes them, in the reader's language and in the time of Italy."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def _capital_in_english(words: str) -> str:
    """Italian writes days and months small; Django's catalogue gives them a capital."""
    return words if (get_language() or "").startswith("en") else words.lower()


def day(value: date | datetime | None) -> str:
    """ "mar 24 nov", with the year only when it is not this one."""
    if not value:
        return ""
    value = _local(value)
    this_year = timezone.localdate().year
    return _capital_in_english(date_format(value, "D j M" if value.year == this_year else "D j M Y"))


def full_day(value: date | datetime | None) -> str:
    """ "martedì 24 novembre 2026", for headings and printed papers."""
    return _capital_in_english(date_format(_local(value), "l j F Y")) if value else ""


def calendar_day(value: date | datetime) -> str:
    """ "24 novembre 2026", inside a sentence."""
    return _capital_in_english(date_format(_local(value), "j F Y"))


def time_of_day(value: datetime | None) -> str:
    """ "15:00"."""
    return f"{_local(value):%H:%M}" if value else ""


def day_time(value: datetime | None) -> str:
    """ "mar 24 nov, 15:00"."""
    return f"{day(value)}, {time_of_day(value)}" if value else ""


def iso(value: date | datetime | None) -> str:
    """For the datetime attribute of <time>."""
    return _local(value).isoformat() if value else ""
