"""Addresses of this app, below /competenze/."""

from django.urls import path

from .views import awards, documents, received, records, shares

app_name = "competencies"
urlpatterns = [
    path("", records.index, name="index"),
    path("mie/", records.mine, name="mine"),
    path("persona/<uuid:uuid>/", records.person, name="person"),
    path("documento/<uuid:uuid>/", records.record, name="record"),
    path("documento/<uuid:uuid>/revoca/", records.revoke, name="revoke"),
    path("documento/<uuid:uuid>/scarica/<slug:form>/", documents.download, name="download"),
    path("documento/<uuid:uuid>/sospendi/", documents.suspend, name="suspend"),
    path("documento/<uuid:uuid>/riprendi/", documents.lift, name="lift"),
    path("documento/<uuid:uuid>/rettifica/", awards.rectify, name="rectify"),
    path("decidere/", awards.to_decide, name="to_decide"),
    path("proposta/<uuid:uuid>/rimanda/", awards.send_back, name="send_back"),
    path("ricevuto/<uuid:uuid>/", received.received_file, name="received_file"),
    path("ricevuto/<uuid:uuid>/correggi/", received.correct, name="correct"),
    path("condividi/", shares.shares, name="shares"),
    path("condividi/<uuid:uuid>/", shares.share, name="share"),
    path("condividi/<uuid:uuid>/chiudi/", shares.withdraw, name="withdraw"),
    path("<slug:code>/", records.edition, name="edition"),
    path("<slug:code>/esporta.csv", records.edition_csv, name="edition_csv"),
    path("<slug:code>/<uuid:uuid>/frequenza/", awards.attendance, name="attendance"),
    path("<slug:code>/<uuid:uuid>/ricevuti/", received.received, name="received"),
    path("<slug:code>/<uuid:uuid>/<uuid:competency>/", awards.award, name="award"),
    path("<slug:code>/<uuid:uuid>/<uuid:competency>/proponi/", awards.propose, name="propose"),
    path("<slug:code>/<uuid:uuid>/<uuid:competency>/osserva/", awards.observe, name="observe"),
]
