"""Dates, durations and safe text, said the way Ponte says them: {% load ponte %}."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.template.defaultfilters import filesizeformat
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.rich_text import expand_db_html

from cms import dates, sanitize
from cms.appearance import Appearance, appearance_of
from cms.chrome import Chrome, chrome_for
from cms.hooks import HeaderItem
from cms.hooks import header_items as registered_header_items

register = template.Library()


register.filter("day", dates.day)
register.filter("full_day", dates.full_day)
register.filter("time", dates.time_of_day)  # replaces Django's filter of the same name where this is loaded
register.filter("day_time", dates.day_time)
register.filter("iso", dates.iso)


@register.filter
def duration(value: int | float | Decimal | timedelta | None) -> str:
    """Minutes (or a timedelta) as "1 h 20 min"; whole minutes, rounded down."""
    if value is None or value == "":
        return ""
    minutes = int(value.total_seconds() // 60) if isinstance(value, timedelta) else int(value)
    sign, minutes = ("−", -minutes) if minutes < 0 else ("", minutes)
    hours, rest = divmod(minutes, 60)
    hour, minute = _("h"), _("min")
    parts = ([f"{hours} {hour}"] if hours else []) + ([f"{rest} {minute}"] if rest or not hours else [])
    return sign + " ".join(parts)


@register.filter
def filesize_short(value: int | None) -> str:
    """ "3,4 MB": what a video or a document will take from the reader's data."""
    return filesizeformat(value or 0).replace("\xa0", " ")


@register.filter
def safe_richtext(value: Any) -> SafeString:
    """Rich text as stored → expanded by Wagtail, then cleaned. The only way rich text reaches a page."""
    if not value:
        return SafeString("")
    source = getattr(value, "source", value)
    return SafeString(f'<div class="prose">{sanitize.rich_text(expand_db_html(str(source)))}</div>')


@register.filter
def linked_plain(value: str | None) -> SafeString:
    """Text as typed by a person → escaped once, with its addresses made links."""
    return sanitize.plain_html(value or "")


@register.simple_tag(takes_context=True)
def chrome(context: template.Context) -> Chrome:
    """Name, navigation and footer of the site, from the cache."""
    return chrome_for(context.get("request"))


@register.simple_tag(takes_context=True)
def standing(context: template.Context, name: str, thin: bool = False) -> SafeString:
    """A part of the frame that depends on language, appearance and settings alone: rendered once for each."""
    request = context.get("request")
    return _standing(name, get_language() or "", chrome_for(request), appearance_of(request), bool(thin))


@lru_cache(maxsize=128)
def _standing(name: str, language: str, site: Chrome, look: Appearance, thin: bool) -> SafeString:
    variables = {"site": site, "look": look, "thin": thin}
    return SafeString(get_template(name).template.render(template.Context(variables)).strip())


@register.simple_tag(takes_context=True)
def header_items(context: template.Context) -> list[HeaderItem]:
    """The signed-in person's navigation, with `active` set for the page's `section`."""
    request = context.get("request")
    if request is None:
        return []
    section = context.get("section", "")
    return [
        replace(item, active=True) if section and item.key == section else item
        for item in registered_header_items(request)
        if not item.own
    ]


@register.simple_tag(takes_context=True)
def own_page(context: template.Context) -> HeaderItem | None:
    """The page about the signed-in person, behind their name."""
    request = context.get("request")
    items = registered_header_items(request) if request is not None else []
    return next((item for item in items if item.own), None)


@register.simple_tag(takes_context=True)
def appearance(context: template.Context) -> Appearance:
    """Text size and contrast that this browser asked for."""
    return appearance_of(context.get("request"))
