"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from courses.files import file_routes

from . import views

app_name = "progress"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.courses, name="courses"),
    path("ore/", views.hours, name="hours"),
    path("ore/nota/", views.note, name="note"),
    path("aiuto/", views.help_page, name="help"),
    *file_routes("file/", views.course_file),
    path("<slug:code>/", views.course_map, name="map"),
    path("<slug:code>/<uuid:key>/", views.activity, name="activity"),
    path("<slug:code>/<uuid:key>/finito/", views.finish, name="finish"),
    path("<slug:code>/<uuid:key>/tempo/", views.study, name="study"),
    path("<slug:code>/<uuid:key>/inizia/", views.start, name="start"),
    path("<slug:code>/<uuid:key>/domanda/<int:number>/", views.question, name="question"),
    path("<slug:code>/<uuid:key>/controllo/", views.review, name="review"),
    path("<slug:code>/<uuid:key>/consegna/", views.submit, name="submit"),
    path("<slug:code>/<uuid:key>/esito/<uuid:attempt>/", views.result, name="result"),
]
