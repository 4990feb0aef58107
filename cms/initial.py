"""The first content of a site: home, information pages, two pieces of news, settings.

`build_site()` is called by the demo loader and by whoever sets up a new site. It fills only what is missing, so
calling it again changes nothing that an editor has written. Wagtail's own welcome page goes away.
"""

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from cms import initial_texts as texts
from cms.chrome import forget
from cms.models import (
    BrandSettings,
    FooterLink,
    FooterSettings,
    HomePage,
    InfoPage,
    NavigationLink,
    NavigationSettings,
    NewsIndexPage,
    NewsPage,
)


@transaction.atomic
def build_site() -> HomePage:
    """The home page of the default site, with everything around it. Safe to call again."""
    home = _home()
    _site(home)
    for slug, title, intro, body, reviewed in texts.PAGES:
        _child(
            home,
            InfoPage,
            slug,
            title=title,
            intro=intro,
            body=body,
            reviewed_on=date.fromisoformat(reviewed) if reviewed else None,
        )
    news = _child(home, NewsIndexPage, "notizie", title="Notizie", intro=texts.NEWS_INTRO)
    for slug, title, day, summary, body in texts.NEWS:
        _child(news, NewsPage, slug, title=title, date=date.fromisoformat(day), summary=summary, body=body)
    _settings(home)
    forget()
    return home


def _home() -> HomePage:
    existing = HomePage.objects.order_by("depth", "path").first()
    if existing is not None:
        return existing
    root = Page.get_first_root_node()
    home = HomePage(
        title="Ponte",
        slug="ponte",
        locale=Locale.get_default(),
        search_description=texts.HOME_DESCRIPTION,
        hero_title=texts.HERO_TITLE,
        hero_text=texts.HERO_TEXT,
        action_label=texts.ACTION_LABEL,
        action_address="/corsi/",
        body=texts.HOME_BODY,
    )
    root.add_child(instance=home)
    home.save_revision().publish()
    return home


def _site(home: HomePage) -> Site:
    """The default site shows our home; the welcome page that Wagtail's migrations made is deleted."""
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        site = Site(is_default_site=True)
    if not site.root_page_id or site.root_page_id != home.pk:
        address = urlsplit(settings.SITE_URL)
        site.hostname = address.hostname or "localhost"
        site.port = address.port or (443 if address.scheme == "https" else 80)
        site.root_page = home
        site.site_name = "Ponte"
        site.save()
    welcome = Page.objects.filter(depth=2, numchild=0, title="Welcome to your new Wagtail site!").first()
    if welcome is not None and not welcome.sites_rooted_here.exists():
        welcome.delete()
    return site


def _child(parent: Page, model: type[Any], slug: str, **fields: Any) -> Any:
    """The child with this slug; made and published when there is none."""
    existing = model.objects.child_of(parent).filter(slug=slug).first()
    if existing is not None:
        return existing
    page = model(slug=slug, locale=Locale.get_default(), **fields)
    parent.add_child(instance=page)
    page.save_revision().publish()
    return page


def _settings(home: HomePage) -> None:
    site = Site.objects.get(is_default_site=True)
    BrandSettings.objects.get_or_create(site=site, defaults={"name": "Ponte", "tagline": texts.TAGLINE})
    pages = {page.slug: page for page in home.get_children()}
    navigation, made = NavigationSettings.objects.get_or_create(site=site)
    if made:
        for order, (label, slug, address) in enumerate(texts.NAVIGATION):
            NavigationLink.objects.create(
                setting=navigation, sort_order=order, label=label, page=pages.get(slug), address=address
            )
    footer, made = FooterSettings.objects.get_or_create(
        site=site, defaults={"text": texts.FOOTER, "contact": texts.CONTACT, "bodies": texts.BODIES}
    )
    if made:
        for order, (label, slug, address) in enumerate(texts.FOOTER_LINKS):
            FooterLink.objects.create(
                setting=footer, sort_order=order, label=label, page=pages.get(slug), address=address
            )
