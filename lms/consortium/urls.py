"""Addresses of this app, below /consorzio/."""

from django.urls import path

from .views import comparisons, deliveries, files, records, statistics, subscribers

app_name = "consortium"
urlpatterns = [
    path("", records.index, name="index"),
    path("esporta.csv", records.export, name="export"),
    path("totali/", records.totals, name="totals"),
    path("statistiche/", statistics.statistics, name="statistics"),
    path("statistiche/esporta.csv", statistics.export, name="statistics_export"),
    path("confronti/", comparisons.comparisons, name="comparisons"),
    path("file/", files.issues, name="files"),
    path("file/<uuid:uuid>/<slug:form>/", files.download, name="file"),
    path("file/<uuid:uuid>/<slug:form>/firma/", files.signature, name="file_signature"),
    path("chiavi/<slug:key_id>.pem", files.key, name="file_key"),
    path("consegne/", deliveries.deliveries, name="deliveries"),
    path("consegne/rispedisci/", deliveries.resend_parked, name="resend_parked"),
    path("consegne/<uuid:uuid>/", deliveries.delivery, name="delivery"),
    path("consegne/<uuid:uuid>/rispedisci/", deliveries.resend, name="resend"),
    path("destinatari/", subscribers.subscribers, name="subscribers"),
    path("destinatari/nuovo/", subscribers.new, name="subscriber_new"),
    path("destinatari/<uuid:uuid>/", subscribers.subscriber, name="subscriber"),
    path("destinatari/<uuid:uuid>/modifica/", subscribers.edit, name="subscriber_edit"),
    path("destinatari/<uuid:uuid>/segreto/", subscribers.rotate, name="subscriber_rotate"),
    path("destinatari/<uuid:uuid>/credenziali/", subscribers.credentials, name="subscriber_credentials"),
    path("destinatari/<uuid:uuid>/ripeti/", comparisons.replay, name="subscriber_replay"),
    path("destinatari/<uuid:uuid>/ferma/", subscribers.switch, name="subscriber_switch"),
]
