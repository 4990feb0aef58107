"""The site as build_site() makes it, seen over HTTP."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.test import Client, override_settings
from wagtail.models import Page, Site

from cms import chrome
from cms.initial import build_site
from cms.models import BrandSettings, InfoPage, NavigationLink, NewsIndexPage, NewsPage
from cms.views import broken

pytestmark = pytest.mark.django_db

PAGES = [
    "/come-funziona/",
    "/chi-siamo/",
    "/aiuto/",
    "/privacy/",
    "/accessibilita/",
    "/notizie/",
    "/notizie/aperte-le-iscrizioni-di-gennaio/",
]


@pytest.fixture
def site():
    return build_site()


def test_building_again_changes_nothing(site):
    InfoPage.objects.filter(slug="aiuto").update(intro="Scritta da noi.")
    before = Page.objects.count(), NavigationLink.objects.count()
    assert build_site().pk == site.pk
    assert (Page.objects.count(), NavigationLink.objects.count()) == before
    assert InfoPage.objects.get(slug="aiuto").intro == "Scritta da noi."
    assert not Page.objects.filter(title__startswith="Welcome").exists()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_in_italian(site, client, path):
    response = client.get(path)
    assert response.status_code == 200
    words = response.content.decode()
    assert '<html lang="it"' in words
    assert "Vai al contenuto" in words
    assert words.count("<h1") == 1


def test_the_interface_speaks_english_while_the_text_stays_italian(site, client):
    client.post("/lingua/", {"language": "en", "next": "/aiuto/"})
    words = client.get("/aiuto/").content.decode()
    assert '<html lang="en"' in words
    assert "Skip to the content" in words
    assert '<article class="reading" lang="it">' in words


def test_news_are_newest_first_and_paginated(site, client):
    index = NewsIndexPage.objects.get()
    for number in range(12):
        page = NewsPage(title=f"Notizia {number}", slug=f"n-{number}", summary="x", locale=index.locale)
        index.add_child(instance=page)
    first = client.get("/notizie/").content.decode()
    assert first.index("Notizia 11") < first.index("Notizia 10")
    assert "/notizie/?page=2" in first or "?page=2" in first
    assert "iscrizioni" in client.get("/notizie/?page=2").content.decode()


def test_the_frame_of_a_page_asks_nothing_of_the_database_once_warm(site, rf, django_assert_num_queries):
    request = rf.get("/")
    request.user = AnonymousUser()
    chrome.chrome_for(request)
    with django_assert_num_queries(0):
        for base in ("base.html", "base_learner.html", "base_work.html"):
            assert "Chi siamo" in render_to_string("base.html", request=request)
            assert render_to_string(base, request=request)


def test_saving_a_setting_shows_at_once(site, client):
    client.get("/aiuto/")
    brand = BrandSettings.objects.get()
    brand.name, brand.accent = "Passerella", "#7a2e12"
    brand.full_clean()
    brand.save()
    words = client.get("/aiuto/").content.decode()
    assert "Passerella" in words
    assert "/marchio.css?#7a2e12" not in words
    assert "/marchio.css?7a2e12" in words
    assert "--accent:#7a2e12" in client.get("/marchio.css?7a2e12").content.decode()


@pytest.mark.parametrize("colour", ["#ffcc00", "#86d2cc", "teal", "#12345"])
def test_an_accent_that_cannot_be_read_is_refused(site, colour):
    brand = BrandSettings(site=Site.objects.get(is_default_site=True), name="x", accent=colour)
    with pytest.raises(ValidationError) as refused:
        brand.full_clean(exclude=["site"])
    assert "accent" in refused.value.message_dict


def test_a_link_to_a_page_that_is_not_published_is_left_out(site):
    assert "Chi siamo" in [link.label for link in chrome.chrome_for().navigation]
    InfoPage.objects.get(slug="chi-siamo").unpublish()
    chrome.forget()
    assert "Chi siamo" not in [link.label for link in chrome.chrome_for().navigation]


def test_robots_and_sitemap_hold_public_pages_only(site, client):
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /impara/" in robots
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    InfoPage.objects.get(slug="chi-siamo").unpublish()
    sitemap = client.get("/sitemap.xml").content.decode()
    assert "/aiuto/" in sitemap
    assert "/chi-siamo/" not in sitemap
    assert "lezione" not in sitemap


@override_settings(DEBUG=False)
def test_what_is_not_there_says_so_in_words(site, client):
    response = client.get("/questa-pagina-non-esiste/")
    assert response.status_code == 404
    assert "Questa pagina non c" in response.content.decode()


def test_a_broken_page_needs_no_database(client, django_assert_num_queries, rf):
    with django_assert_num_queries(0):
        response = broken(rf.get("/"))
    assert response.status_code == 500
    assert b"<h1>" in response.content


def test_a_form_without_its_token_gets_a_sentence(site, world, rf):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.here.beneficiary)
    response = strict.post("/accedi/logout/")
    assert response.status_code == 403
    assert "aperta troppo a lungo" in response.content.decode()
