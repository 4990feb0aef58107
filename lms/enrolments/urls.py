"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "enrolments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.editions, name="editions"),
    path("nuova/", views.new_edition, name="new"),
    path("calendario/crea/", views.make_feed, name="feed_make"),
    path("calendario/spegni/", views.revoke_feed, name="feed_revoke"),
    path("calendario/<str:token>.ics", views.feed, name="feed"),
    path("iscrizioni/<uuid:uuid>/accetta/", views.approve, name="approve"),
    path("iscrizioni/<uuid:uuid>/rifiuta/", views.reject, name="reject"),
    path("iscrizioni/<uuid:uuid>/ritira/", views.withdraw, name="withdraw"),
    path("iscrizioni/<uuid:uuid>/lascia/", views.leave, name="leave"),
    path("lezioni/<uuid:uuid>/sposta/", views.move_class, name="move_class"),
    path("lezioni/<uuid:uuid>/annulla/", views.cancel_class, name="cancel_class"),
    path("<slug:code>/", views.edition, name="edition"),
    path("<slug:code>/modifica/", views.edit_edition, name="edit"),
    path("<slug:code>/lezione/", views.plan_class, name="plan_class"),
    path("<slug:code>/personale/", views.assign_staff, name="assign_staff"),
    path("<slug:code>/personale/<uuid:user>/<slug:role>/termina/", views.end_staff, name="end_staff"),
    path("<slug:code>/invia/", views.refer, name="refer"),
    path("<slug:code>/domanda/", views.apply, name="apply"),
]
