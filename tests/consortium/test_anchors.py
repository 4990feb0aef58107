"""Fingerprints of closed register pages reach the consortium, so that a register cut later is found out."""

import json

import pytest
from django.utils import timezone

from lms.attendance import queries as attendance
from lms.consortium import actions
from lms.consortium.models import Delivery
from tests.attendance.conftest import pages, records  # noqa: F401  (fixtures)
from tests.consortium import build
from tests.consortium.servers import Naughty, serving

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_endpoints")]


def test_each_entry_of_a_register_is_delivered_once_and_in_order(world, pages):  # noqa: F811
    at = timezone.now()
    with serving(Naughty()) as receiver:
        build.subscriber(world.here, receiver.url)
        actions.deliver_pending(at=at)
        actions.deliver_pending(at=at)
        events = [json.loads(body) for _, body in receiver.received]
    register = attendance.register_for_edition(world.here.edition)
    assert [event["data"] for event in events] == attendance.anchors(register)
    assert [event["data"]["position"] for event in events] == [1, 2, 3, 4]
    assert [event["type"] for event in events] == ["register.opened"] + ["register.page_closed"] * 3
    assert len(set(receiver.ids)) == 4
    text = json.dumps(events)
    for person in world.here.people.values():
        assert person.last_name not in text.replace("ED-QUI", "")


def test_whoever_does_not_want_them_gets_none(world, pages):  # noqa: F811
    build.subscriber(world.here, "https://records.example.org/", kinds=["trasparenza_I"])
    build.subscriber(world.there, "https://records.example.org/", name="Altri")
    actions.fan_out(at=timezone.now())
    assert not Delivery.objects.exists()


def test_the_last_delivered_is_the_head(world, pages):  # noqa: F811
    """Whoever kept it can tell that a shorter register was cut."""
    build.subscriber(world.here, "https://records.example.org/")
    actions.fan_out(at=timezone.now())
    last = Delivery.objects.order_by("position").last()
    told = json.loads(last.body)["data"]
    register = attendance.register_for_edition(world.here.edition)
    assert (told["position"], told["hash"]) == attendance.head_of(register)
