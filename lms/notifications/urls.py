"""Addresses of this app."""

from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("", views.index, name="index"),
    path("letti/", views.all_read, name="all_read"),
    path("<uuid:uuid>/", views.follow, name="follow"),
]
