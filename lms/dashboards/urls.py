"""Addresses of the home pages."""

from django.urls import path

from . import views

app_name = "dashboards"
urlpatterns = [
    path("oggi/", views.home, name="home"),
    path("oggi/persone/", views.people_list, name="people"),
    path("oggi/persone/<uuid:uuid>/", views.person, name="person"),
]
