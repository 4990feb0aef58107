"""What an agreement lets out: which parts, whose records, from when to when."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lms.competencies import actions as competencies
from lms.competencies.rules import canonical, digest
from lms.consortium import actions
from lms.consortium.models import Subscriber
from tests import factories as make
from tests.competencies import build as records
from tests.consortium import build
from tests.consortium.servers import Naughty, serving
from tests.consortium.test_api import FEED, token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_endpoints")]
SECRET_PARTS = ["course", "learning", "assessment", "evidence"]


@pytest.fixture
def at():
    return timezone.now()


def reader_of(world, **terms) -> tuple[Client, Subscriber]:
    subscriber, _ = build.subscriber(world.here, **terms)
    return Client(headers={"authorization": f"Bearer {token(subscriber, world)}"}), subscriber


def test_parts_that_were_not_agreed_stay_in_the_house(world, at):
    record = records.award(world.here, at=at)
    competencies.assign_feed_seq()
    with serving(Naughty()) as server:
        client, _ = reader_of(world, endpoint=server.url, parts=["course"])
        actions.deliver_pending(at=at)
        (item,) = client.get(FEED).json()["items"]
        import json

        ((_headers, body),) = server.received
        pushed = json.loads(body)["data"]
    assert pushed == item
    assert item["left_out"] == ["assessment", "evidence", "learning"]
    assert "course" in item["record"]
    assert not {"assessment", "evidence", "learning"} & item["record"].keys()
    assert digest(canonical(item["record"])) == item["sha256"]
    assert item["whole_sha256"] == record.sha256 != item["sha256"]


def test_only_the_people_that_this_body_sent(world, at):
    sent = make.enrolment(world.here.stranger, world.here.edition, referring_agency=world.here.cpi)
    theirs = records.award(world.here, person=sent, at=at)
    records.award(world.here, at=at)
    competencies.assign_feed_seq()
    with serving(Naughty()) as server:
        client, _ = reader_of(world, endpoint=server.url, agency=world.here.cpi, people="sent")
        actions.deliver_pending(at=at)
        assert server.ids == [str(theirs.uuid)]
    assert [item["record"]["record_id"] for item in client.get(FEED).json()["items"]] == [theirs.uuid.urn]


@pytest.mark.parametrize(("first", "last", "holds"), [(-1, 0, True), (1, 5, False), (-5, -1, False)])
def test_nothing_leaves_outside_the_dates(world, at, first, last, holds):
    today = timezone.localdate(at)
    records.award(world.here, at=at)
    competencies.assign_feed_seq()
    with serving(Naughty()) as server:
        client, subscriber = reader_of(world, endpoint=server.url)
        actions.change_subscriber(
            subscriber,
            valid_from=today + timedelta(days=first),
            valid_until=today + timedelta(days=last),
            by=world.here.administrator,
            at=at,
        )
        actions.deliver_pending(at=at)
        assert len(server.received) == holds
        assert client.get(FEED).status_code == (200 if holds else 403)
        subscriber.refresh_from_db()
        assert subscriber.is_agreed_on(today) is holds
        actions.change_subscriber(subscriber, valid_from=None, valid_until=None, by=None, at=at)
        actions.deliver_pending(at=at)
        assert len(server.received) == 1  # what waited goes when the agreement holds again


def test_what_an_agreement_no_longer_covers_is_parked_with_its_reason(world, at):
    with serving(Naughty()) as server:
        subscriber, _ = build.subscriber(world.here, server.url)
        records.award(world.here, at=at)
        competencies.assign_feed_seq()
        actions.fan_out(at=at)
        actions.change_subscriber(subscriber, kinds=["frequenza"], by=None, at=at)
        assert actions.deliver_pending(at=at).parked == 1
        assert not server.received
    delivery = subscriber.deliveries.get()
    assert (delivery.state, delivery.last_problem) == ("needs_person", "not_agreed")


def test_editions_of_one_body(world, at):
    here = records.award(world.here, at=at)
    competencies.assign_feed_seq()
    client, _ = reader_of(world)
    mine = {"agency": str(world.here.edition.agency.uuid)}
    assert [i["record"]["record_id"] for i in client.get(FEED, mine).json()["items"]] == [here.uuid.urn]
    assert client.get(FEED, {"agency": str(world.there.edition.agency.uuid)}).json()["items"] == []
    assert client.get(FEED, {"agency": "x"}).status_code == 422
