"""What stands around every page: the site's name, its navigation, its footer. Read once, kept a minute.

A page costs no query for it while the cache is warm. Saving one of the settings empties the cache of this
process; other processes follow within KEPT seconds.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse

from cms.brand import DEFAULT_ACCENT

KEPT = 60
_KEY = "cms:chrome:1"


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Chrome:
    """The settings of the site as the templates need them."""

    name: str
    tagline: str = ""
    logo_url: str = ""
    accent_version: str = ""  # empty: the accent of tokens.css
    navigation: tuple[Link, ...] = ()
    footer_text: str = ""
    footer_contact: str = ""
    footer_links: tuple[Link, ...] = ()
    footer_bodies: tuple[str, ...] = ()


def chrome_for(request: HttpRequest | None = None) -> Chrome:
    """The chrome of the default site; from the cache where it can be."""
    found = cache.get(_KEY)
    if found is None:
        found = _read()
        cache.set(_KEY, found, KEPT)
    return found


def forget() -> None:
    cache.delete(_KEY)


def _read() -> Chrome:
    site = _model("wagtailcore.Site").objects.filter(is_default_site=True).first()
    if site is None:
        return Chrome(name=settings.SITE_NAME)
    brand = _model("cms.BrandSettings").objects.filter(site=site).first()
    footer = _model("cms.FooterSettings").objects.filter(site=site).first()
    return Chrome(
        name=brand.name if brand else settings.SITE_NAME,
        tagline=brand.tagline if brand else "",
        logo_url=reverse("cms:logo") + f"?{Path(brand.logo.name).stem}" if brand and brand.logo else "",
        accent_version=brand.accent if brand and brand.accent != DEFAULT_ACCENT else "",
        navigation=_links("cms.NavigationLink", site),
        footer_text=footer.text if footer else "",
        footer_contact=footer.contact if footer else "",
        footer_bodies=tuple(footer.bodies.splitlines()) if footer else (),
        footer_links=_links("cms.FooterLink", site),
    )


def _links(model: str, site: Any) -> tuple[Link, ...]:
    """Links whose page is published, or that have an address."""
    rows = _model(model).objects.filter(setting__site=site).select_related("page")
    found = []
    for row in rows:
        if row.page_id and not row.page.live:
            continue
        url = (row.page.get_url(current_site=site) if row.page_id else "") or row.address
        if url:
            found.append(Link(row.label, urlsplit(url).path if row.page_id else url))
    return tuple(found)


def _model(name: str) -> Any:
    """By name: the models themselves import this module, to empty the cache."""
    return apps.get_model(name)
