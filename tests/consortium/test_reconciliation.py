"""What we sent against what they have, and sending a stretch again."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from examples.receiver import Receiver, Store
from lms.competencies import actions as competencies
from lms.consortium import actions, queries
from lms.consortium.models import Reconciliation, Subscriber
from lms.consortium.queries import Stretch
from lms.errors import Refused
from tests import factories as make
from tests.competencies import build as records
from tests.consortium import build
from tests.consortium.servers import Naughty, answer, serving
from tests.consortium.test_api import feed_of, token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_endpoints")]
DAY = timedelta(days=1)


@pytest.fixture
def at():
    return timezone.now()


@pytest.fixture
def receiver(tmp_path, world, at):
    """The reference receiver, and the subscriber that stands for it."""
    store = Store(tmp_path / "records.jsonl")
    server = Receiver(("127.0.0.1", 0), store, [])
    with serving(server):
        subscriber, secret = build.subscriber(world.here, f"http://127.0.0.1:{server.server_address[1]}/in")
        server.secrets.append(secret)
        server.subscriber = subscriber
        yield server


def compared(at, receiver=None) -> Reconciliation:
    if receiver is not None:
        receiver.clock = at.timestamp  # it lives in the same simulated day
    actions.ask_all(at=at)
    actions.deliver_pending(at=at)
    return Reconciliation.objects.first()


def test_two_sides_that_have_the_same_agree(world, at, receiver):
    first, *_ = feed_of(world.here, 3)
    competencies.revoke(first, reason="mistake", by=world.here.trainer, at=at)
    actions.deliver_pending(at=at)
    row = compared(at + DAY, receiver)
    assert (row.state, row.count, row.their_count) == ("agrees", 4, 4)
    assert row.sha256 == row.their_sha256
    assert actions.ask_all(at=at + DAY) == 0, "once a night"
    assert len(receiver.store.ids) == 4, "a comparison is no event to keep"


def test_what_they_lost_is_found_and_sent_again(world, at, receiver, tmp_path):
    made = feed_of(world.here, 5)
    actions.deliver_pending(at=at)
    receiver.store.forget([str(made[1].uuid), str(made[3].uuid)])
    row = compared(at + DAY, receiver)
    assert (row.state, row.count, row.their_count) == ("differs", 5, 3)
    assert row.differing_months == [f"{at:%Y-%m}"]
    assert queries.difference_sentence(row)
    today = timezone.localdate(at)
    done = actions.replay(
        receiver.subscriber, Stretch(today, today), by=world.here.administrator, at=at + DAY
    )
    assert (done.again, done.under_way) == (5, 0)
    actions.deliver_pending(at=at + DAY)
    assert compared(at + 2 * DAY, receiver).state == "agrees"
    assert len(receiver.store.events()) == 5, "what it had was not stored twice"


def test_a_receiver_that_says_nothing_is_no_agreement(world, at):
    for text, state in [(b"{}", "silent"), (b"ok", "silent"), (b'{"count": -1, "sha256": "x"}', "silent")]:
        with serving(Naughty(answer(200, text))) as server:
            subscriber, _ = build.subscriber(world.here, server.url, name=text.decode())
            assert compared(at).state == state
            actions.set_active(subscriber, False, by=None, at=at)


def test_the_digest_is_what_the_description_says(world, at, receiver):
    """Computed here by hand, from what arrived."""
    feed_of(world.here, 3)
    actions.deliver_pending(at=at)
    events = receiver.store.events()
    lines = sorted(
        f"{event['id']} {event['data'].get('sha256') or event['data']['hash']}\n" for event in events
    )
    row = compared(at + DAY, receiver)
    assert row.sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()
    assert row.months == [{"month": f"{at:%Y-%m}", "count": 3, "sha256": row.sha256}]


def test_numbers_of_the_feed_and_the_order_of_one_person(world, at):
    with serving(Naughty()) as server:
        subscriber, _ = build.subscriber(world.here, server.url)
        first, second, third = feed_of(world.here, 3)
        revocation = competencies.revoke(second, reason="mistake", by=world.here.trainer, at=at)
        actions.deliver_pending(at=at)
        server.received.clear()
        assert queries.stretch_size(subscriber, Stretch(2, 4)) == 3
        assert actions.replay(subscriber, Stretch(2, 4), by=None, at=at).again == 3
        actions.replay(subscriber, Stretch(2, 4), by=None, at=at)
        actions.deliver_pending(at=at)
        assert sorted(server.ids) == sorted(str(each.uuid) for each in (second, third, revocation))
        assert server.ids.index(str(second.uuid)) < server.ids.index(str(revocation.uuid))
        assert first


def test_who_only_fetches_has_nothing_to_be_sent_again(world, at):
    subscriber, _ = build.subscriber(world.here)
    with pytest.raises(Refused, match="replay"):
        actions.replay(subscriber, Stretch(1, 2), by=None, at=at)


def test_who_fetches_compares_by_asking(world, at):
    subscriber, _ = build.subscriber(world.here)
    client = Client(headers={"authorization": f"Bearer {token(subscriber, world)}"})
    feed_of(world.here, 2)
    items = client.get("/api/v1/competency-records").json()["items"]
    lines = sorted(f"{item['record']['record_id'][9:]} {item['sha256']}\n" for item in items)
    mine = {"through": 2, "count": 2, "sha256": hashlib.sha256("".join(lines).encode()).hexdigest()}
    reply = client.post("/api/v1/reconciliations", json.dumps(mine), content_type="application/json")
    assert (reply.status_code, reply.json()["agrees"]) == (200, True)
    mine["count"] = 1
    reply = client.post("/api/v1/reconciliations", json.dumps(mine), content_type="application/json").json()
    assert (reply["agrees"], reply["count"]) == (False, 2)
    assert list(subscriber.reconciliations.values_list("state", flat=True)) == ["differs", "agrees"]
    bad = client.post("/api/v1/reconciliations", json.dumps({"through": -1}), content_type="application/json")
    assert bad.status_code == 422


def test_the_scope_of_comparing_is_its_own(world):
    subscriber, _ = build.subscriber(world.here)
    only_reading = token(subscriber, world, scope="competency-records.read")
    client = Client(headers={"authorization": f"Bearer {only_reading}"})
    mine = {"through": 0, "count": 0, "sha256": "0" * 64}
    assert client.get("/api/v1/competency-records").status_code == 200
    reply = client.post("/api/v1/reconciliations", json.dumps(mine), content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (403, "scope")
    assert not Subscriber.objects.filter(reconciliations__isnull=False).exists()


def test_two_pseudonyms_of_one_network_stay_apart(world, at, receiver):
    """Another person's record that was never owed here is in nobody's digest."""
    records.award(world.there, at=at)
    records.award(world.here, person=make.enrolment(make.person("Sola"), world.here.edition), at=at)
    actions.deliver_pending(at=at)
    assert compared(at + DAY, receiver).count == 1
