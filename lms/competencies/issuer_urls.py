"""Addresses for machines that verify. They stand in every credential given out, so they never change."""

from django.urls import path

from .views import issuers

app_name = "credentials"
urlpatterns = [
    path(".well-known/did.json", issuers.platform, name="did"),
    path("enti/<uuid:uuid>/did.json", issuers.agency, name="agency_did"),
    path("credenziali/stato/<uuid:uuid>/<slug:purpose>", issuers.status, name="status"),
    path(
        "credenziali/stato/<uuid:uuid>/<slug:purpose>.jwt",
        issuers.status,
        {"token": True},
        name="status_token",
    ),
]
