"""Addresses for whoever verifies, below /verifica/: on paper and in square codes, so they never change."""

from django.urls import path

from .views import verification

app_name = "verification"
urlpatterns = [
    path("", verification.index, name="index"),
    path("<uuid:uuid>/", verification.record, name="record"),
    path("c/<str:token>/", verification.shared, name="shared"),
    path("c/<str:token>/<uuid:uuid>.<slug:form>", verification.shared_file, name="shared_file"),
]
