"""Addresses below /consorzio/."""

from django.utils import timezone

from lms.competencies.actions import assign_feed_seq
from lms.consortium import actions
from lms.consortium.files import RING
from lms.consortium.models import Delivery, NightlyIssue, Subscriber
from tests.architecture.permission_matrix import Row
from tests.competencies import build as records
from tests.consortium import build

HIDDEN = {"*": 404, "anonymous": 302}
DESK = {"consortium_coordinator": 200, "administrator": 200}
#: a list opens for the same roles of the other network, and shows theirs
COORDINATOR = HIDDEN | {"consortium_coordinator": 200}


def with_delivery(body):
    build.subscriber(body, "https://records.example.org/")
    records.award(body)
    assign_feed_seq()
    actions.fan_out(at=timezone.now())


def one_delivery(body):
    return {"uuid": Delivery.objects.get().uuid}


def one_subscriber(body):
    return {"uuid": Subscriber.objects.get().uuid}


def with_file(body):
    build.subscriber(body, files=True)
    records.award(body)
    assign_feed_seq()
    actions.make_files(at=timezone.now())


def one_file(body):
    return {"uuid": NightlyIssue.objects.get().uuid, "form": "csv"}


def managed(name: str, method: str, code: int) -> Row:
    return Row(
        f"consortium:{name}",
        one_subscriber,
        setup=with_delivery,
        method=method,
        codes=HIDDEN | {"administrator": code},
        other=HIDDEN,
    )


ROWS = [
    Row("consortium:index", codes=COORDINATOR | {"administrator": 302}),
    Row("consortium:export", codes=COORDINATOR),
    Row("consortium:totals", codes=HIDDEN | DESK),
    Row("consortium:statistics", codes=HIDDEN | DESK),
    Row("consortium:statistics_export", codes=HIDDEN | DESK),
    Row("consortium:comparisons", codes=HIDDEN | DESK),
    Row("consortium:deliveries", codes=HIDDEN | DESK),
    Row("consortium:resend_parked", method="post", codes=HIDDEN | dict.fromkeys(DESK, 302)),
    Row("consortium:delivery", one_delivery, setup=with_delivery, codes=HIDDEN | DESK, other=HIDDEN),
    Row(
        "consortium:resend",
        one_delivery,
        setup=with_delivery,
        method="post",
        codes=HIDDEN | dict.fromkeys(DESK, 302),
        other=HIDDEN,
    ),
    Row("consortium:files", codes=HIDDEN | DESK),
    Row("consortium:file", one_file, setup=with_file, codes=COORDINATOR, other=HIDDEN),
    Row("consortium:file_signature", one_file, setup=with_file, codes=COORDINATOR, other=HIDDEN),
    Row("consortium:file_key", lambda body: {"key_id": RING.current()}, codes={"*": 200}),
    Row("consortium:subscribers", codes=HIDDEN | DESK),
    Row("consortium:subscriber_new", codes=HIDDEN | {"administrator": 200}),
    Row("consortium:subscriber", one_subscriber, setup=with_delivery, codes=HIDDEN | DESK, other=HIDDEN),
    managed("subscriber_edit", "get", 200),
    managed("subscriber_edit", "post", 200),
    managed("subscriber_rotate", "post", 200),
    managed("subscriber_credentials", "post", 200),
    managed("subscriber_replay", "get", 200),
    managed("subscriber_replay", "post", 400),
    managed("subscriber_switch", "post", 302),
]
