"""Addresses that are not pages of the tree."""

from django.urls import URLPattern, URLResolver, path
from wagtail.contrib.sitemaps.views import sitemap

from courses.files import file_routes
from courses.views import files

app_name = "courses"
urlpatterns: list[URLPattern | URLResolver] = [
    *file_routes("contenuti/", files.serve),
    path("sitemap.xml", sitemap, name="sitemap"),
]
