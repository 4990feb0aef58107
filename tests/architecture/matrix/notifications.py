"""Addresses of notifications: one's own, nobody else's."""

from django.utils import timezone

from lms.notifications.actions import notify
from tests.architecture.permission_matrix import Row

OWN = {"*": 200, "anonymous": 302}


def message(body):
    found = body.beneficiary.notifications.first()
    return found or notify(body.beneficiary, subject="Domani", body="Alle 15.", at=timezone.now())


ROWS = [
    Row("notifications:index", codes=OWN),
    Row("notifications:all_read", method="post", codes={"*": 302}),
    Row(
        "notifications:follow",
        lambda body: {"uuid": message(body).uuid},
        method="post",
        codes={"*": 404, "anonymous": 302, "beneficiary": 302},
        other={"*": 404, "anonymous": 302},
    ),
]
