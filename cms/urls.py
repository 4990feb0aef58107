"""Addresses that are not pages of the tree."""

from django.contrib.sitemaps.views import sitemap
from django.urls import URLPattern, URLResolver, path

from cms import views
from cms.sitemaps import PublicPages

app_name = "cms"
urlpatterns: list[URLPattern | URLResolver] = [
    path("lingua/", views.choose_language, name="language"),
    path("aspetto/", views.choose_appearance, name="appearance"),
    path("marchio.css", views.brand_css, name="brand_css"),
    path("marchio/", views.logo, name="logo"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": {"pages": PublicPages}}, name="sitemap"),
    path("stile/", views.style_guide, name="style_guide"),
]
