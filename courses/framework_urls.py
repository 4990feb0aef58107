"""Frameworks for everybody to read, below /quadri/."""

from django.urls import path

from courses.views import frameworks

app_name = "frameworks"
urlpatterns = [
    path("", frameworks.index, name="index"),
    path("voce/<uuid:uuid>/", frameworks.competency, name="competency"),
    path("<slug:code>/<str:version>/", frameworks.framework, name="framework"),
]
