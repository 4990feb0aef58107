"""Addresses of this app."""

from django.urls import path

from .views import applications, audit, imports, letters, persons, profile, roles

app_name = "people"
urlpatterns = [
    path("attiva/", letters.activate, name="activate"),
    path("attiva/scegli/", letters.choose, name="activate_choose"),
    path("profilo/", profile.profile, name="profile"),
    path("profilo/dati/", profile.change, name="profile_change"),
    path("profilo/accessi/", profile.accesses, name="accesses"),
    path("accessi/", audit.index, name="audit"),
    path("informativa/", profile.notice, name="notice"),
    path("persone/", persons.index, name="people"),
    path("persone/nuova/", persons.create, name="create"),
    path("persone/importa/", imports.start, name="import"),
    path("persone/importa/modello/", imports.template, name="import_template"),
    path("persone/importa/conferma/", imports.confirm, name="import_confirm"),
    path("persone/richieste/", applications.waiting, name="applications"),
    path("persone/richieste/<uuid:uuid>/", applications.decide, name="application"),
    path("persone/ruoli/", roles.index, name="roles"),
    path("persone/ruoli/<uuid:uuid>/", roles.person, name="roles_of"),
    path("persone/ruoli/fine/<uuid:uuid>/", roles.end, name="role_end"),
    path("persone/casi/<uuid:uuid>/", persons.assign, name="case_assign"),
    path("persone/casi/fine/<uuid:uuid>/", persons.end_case, name="case_end"),
    path("persone/lettere/<uuid:uuid>/", letters.revoke, name="letter_revoke"),
    path("persone/<uuid:uuid>/", persons.person, name="person"),
    path("persone/<uuid:uuid>/lettera/", letters.make, name="letter_make"),
    path("persone/<uuid:uuid>/codice-fiscale/", persons.codice_fiscale, name="codice_fiscale"),
]
