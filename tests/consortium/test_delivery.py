"""Delivering to a real HTTP server that fails, hangs, repeats itself, sends us elsewhere."""

import json
import threading
from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from examples.receiver import Receiver, Store
from lms.audit.models import Entry
from lms.audit.queries import entries_about
from lms.competencies import actions as competencies
from lms.competencies.rules import canonical, digest
from lms.consortium import actions, queries, rules, sender
from lms.consortium.models import Attempt, Delivery, Subscriber
from tests import factories as make
from tests.competencies import build as records
from tests.consortium import build
from tests.consortium.servers import (
    Naughty,
    answer,
    break_off,
    close_quietly,
    dribble,
    flood,
    hang,
    serving,
    slam,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_endpoints")]
LATER = timedelta(days=1)


@pytest.fixture
def at():
    return timezone.now()


@pytest.fixture
def naughty():
    """Starts servers with behaviours, stops them after the test."""
    stack: list = []

    def start(*behaviours):
        server = Naughty(*behaviours)
        context = serving(server)
        context.__enter__()
        stack.append(context)
        return server

    yield start
    for context in reversed(stack):
        context.__exit__(None, None, None)


def only() -> Delivery:
    return Delivery.objects.get()


def test_a_record_arrives_signed_and_whole(world, at, naughty):
    server = naughty(answer(200, b'{"ok": true}'))
    _, secret = build.subscriber(world.here, server.url)
    record = records.award(world.here, at=at)
    done = actions.deliver_pending(at=at)
    assert (done.owed, done.delivered) == (1, 1)
    ((headers, body),) = server.received
    event = Webhook(secret).verify(body, headers)
    assert headers["webhook-id"] == str(record.uuid)
    assert event["type"] == "competency_record.awarded"
    assert event["data"]["feed_seq"] == 1
    assert digest(canonical(event["data"]["record"])) == record.sha256 == event["data"]["sha256"]
    delivery = only()
    assert delivery.state == "delivered"
    assert delivery.tries.get().response_digest
    assert [(a.number, a.outcome, a.status) for a in delivery.tries.all()] == [(1, "delivered", 200)]


def test_calling_again_sends_nothing_twice(world, at, naughty):
    server = naughty()
    build.subscriber(world.here, server.url)
    records.award(world.here, at=at)
    actions.deliver_pending(at=at)
    assert actions.deliver_pending(at=at + LATER) == actions.Summary()
    assert len(server.received) == 1


def test_the_person_reads_who_received_the_record(world, at, naughty):
    build.subscriber(world.here, naughty().url)
    records.award(world.here, at=at)
    actions.deliver_pending(at=at)
    entry = entries_about(world.here.beneficiary).get(verb="read.competency_record")
    assert entry.actor is None
    assert entry.actor_agency == world.here.consortium.name
    assert "accordo" in entry.purpose


def test_a_failing_receiver_is_tried_again_with_growing_waits(world, at, naughty):
    server = naughty(answer(500), answer(503), slam, answer(200))
    build.subscriber(world.here, server.url)
    records.award(world.here, at=at)
    waits = []
    now = at
    for _ in range(4):
        actions.deliver_pending(at=now)
        delivery = only()
        waits.append(delivery.next_attempt_at - now)
        now = delivery.next_attempt_at + timedelta(seconds=2)
    assert delivery.state == "delivered"
    assert len(set(server.ids)) == 1
    assert waits[0] < waits[1] < waits[2]
    assert list(delivery.tries.values_list("status", "problem", "outcome")) == [
        (500, "", "retry"),
        (503, "", "retry"),
        (None, "broken", "retry"),
        (200, "", "delivered"),
    ]
    assert len({body for _, body in server.received}) == 1


def test_nothing_goes_before_its_time(world, at, naughty):
    server = naughty(answer(500))
    build.subscriber(world.here, server.url)
    records.award(world.here, at=at)
    actions.deliver_pending(at=at)
    actions.deliver_pending(at=at + timedelta(seconds=10))
    assert len(server.received) == 1


def test_retry_after_is_honoured(world, at, naughty):
    server = naughty(answer(429, Retry_After="7200"), answer(200))
    subscriber, _ = build.subscriber(world.here, server.url)
    records.award(world.here, at=at)
    actions.deliver_pending(at=at)
    assert only().next_attempt_at >= at + timedelta(hours=2)
    subscriber.refresh_from_db()
    assert subscriber.paused_until >= at + timedelta(hours=2), "the whole subscriber rests"
    actions.deliver_pending(at=at + timedelta(hours=1, minutes=59))
    assert len(server.received) == 1
    actions.deliver_pending(at=at + timedelta(hours=2, minutes=1))
    assert only().state == "delivered"


def test_redirects_are_not_followed_and_a_person_is_called(world, at, naughty):
    elsewhere = naughty()
    server = naughty(answer(302, Location=elsewhere.url))
    build.subscriber(world.here, server.url)
    records.award(world.here, at=at)
    for day in range(5):
        actions.deliver_pending(at=at + day * LATER)
    assert not elsewhere.received
    delivery = only()
    assert delivery.state == "needs_person"
    assert delivery.attempts == rules.MAX_REFUSALS
    assert "302" in queries.problem_sentence(delivery.last_status, delivery.last_problem)


def test_a_huge_answer_is_cut(world, at, naughty):
    server = naughty(flood)
    build.subscriber(world.here, server.url)
    records.award(world.here, at=at)
    actions.deliver_pending(at=at)
    assert only().state == "delivered"


def test_a_broken_answer_is_tried_again(world, at, naughty):
    server = naughty(break_off, answer(200))
    build.subscriber(world.here, server.url)
    records.award(world.here, at=at)
    actions.deliver_pending(at=at)
    assert only().last_problem == "broken"
    actions.deliver_pending(at=at + LATER)
    assert only().state == "delivered"


@pytest.mark.parametrize("kind", [hang, dribble])
def test_a_receiver_that_hangs_is_cut_off(world, at, naughty, kind, monkeypatch):
    monkeypatch.setattr(sender, "DEADLINE_SECONDS", 0.6)
    release = threading.Event()
    server = naughty(kind(release))
    build.subscriber(world.here, server.url)
    records.award(world.here, at=at)
    actions.deliver_pending(at=at)
    release.set()
    assert only().last_problem == "timeout"
    assert only().state == "pending"


def test_nobody_there(world, at):
    with serving(Naughty()) as server:
        url = server.url
    build.subscriber(world.here, url)
    records.award(world.here, at=at)
    actions.deliver_pending(at=at)
    assert only().last_problem == "unreachable"


def test_it_gives_up_after_the_last_try_and_a_person_resends(world, at, naughty):
    server = naughty(*[answer(500)] * rules.MAX_ATTEMPTS, answer(200))
    build.subscriber(world.here, server.url)
    records.award(world.here, at=at)
    for day in range(rules.MAX_ATTEMPTS + 3):
        actions.deliver_pending(at=at + day * LATER)
    assert only().state == "needs_person"
    assert len(server.received) == rules.MAX_ATTEMPTS
    then = at + timedelta(days=30)
    actions.resend(only(), by=world.here.consortium_coordinator, at=then)
    actions.resend(only(), by=world.here.consortium_coordinator, at=then)
    actions.deliver_pending(at=then)
    assert only().state == "delivered"
    assert Attempt.objects.count() == rules.MAX_ATTEMPTS + 1


def test_one_person_in_order_others_not_held_back(world, at, naughty):
    """A refused record of one person holds back that person's later ones, and nobody else's."""
    refused, fine = answer(422), answer(200)
    server = naughty(refused, fine, fine, fine, fine)
    build.subscriber(world.here, server.url)
    other = make.enrolment(world.here.stranger, world.here.edition)
    first = records.award(world.here, at=at)
    revocation = competencies.revoke(first, reason="mistake", by=world.here.trainer, at=at)
    theirs = records.award(world.here, person=other, at=at)
    actions.deliver_pending(at=at)
    assert server.ids == [str(first.uuid), str(theirs.uuid)]
    actions.deliver_pending(at=at + LATER)
    assert server.ids[2:] == [str(first.uuid), str(revocation.uuid)]


def test_a_subscriber_that_keeps_failing_rests(world, at, naughty):
    server = naughty(answer(500))
    subscriber, _ = build.subscriber(world.here, server.url)
    for _ in range(10):
        person = make.person("Altra")
        records.award(world.here, person=make.enrolment(person, world.here.edition), at=at)
    actions.deliver_pending(at=at)
    assert len(server.received) == rules.FAILURES_THAT_PAUSE
    subscriber.refresh_from_db()
    assert subscriber.paused_until > at
    server.behaviours = [answer(500)]
    actions.deliver_pending(at=subscriber.paused_until + timedelta(seconds=1))
    assert len(server.received) == rules.FAILURES_THAT_PAUSE + 1, "one delivery tries the line"
    server.behaviours = [answer(200)]
    actions.deliver_pending(at=at + LATER)
    assert not Delivery.objects.exclude(state="delivered").exists()


def test_each_subscriber_gets_what_was_agreed(world, at, naughty):
    here, there, nothing, own = naughty(), naughty(), naughty(), naughty()
    build.subscriber(world.here, here.url, editions=[world.here.edition], name="A")
    build.subscriber(world.here, there.url, editions=[world.there.edition], name="B")
    build.subscriber(world.here, nothing.url, editions=[], name="C")
    build.subscriber(world.here, own.url, kinds=["frequenza"], name="D")
    record = records.award(world.here, at=at)
    actions.deliver_pending(at=at)
    assert here.ids == [str(record.uuid)]
    assert [server.received for server in (there, nothing, own)] == [[], [], []]


def test_a_wider_agreement_brings_the_past_once(world, at, naughty):
    server = naughty()
    subscriber, _ = build.subscriber(world.here, server.url, editions=[world.here.edition])
    records.award(world.here, at=at)
    second = make.edition(world.here.course, world.here.training_body)
    make.staff(second, world.here.trainer)
    theirs = records.award(world.here, person=make.enrolment(world.here.stranger, second), at=at)
    records.award(world.there, at=at)  # another network's: no agreement of this one brings it
    actions.deliver_pending(at=at)
    assert len(server.received) == 1
    actions.change_subscriber(
        subscriber,
        all_editions=True,
        editions=[],
        legal_basis="nuovo accordo",
        by=world.here.administrator,
        at=at,
    )
    actions.deliver_pending(at=at)
    assert len(server.received) == 2
    assert server.ids[-1] == str(theirs.uuid)


def test_a_stopped_subscriber_waits(world, at, naughty):
    server = naughty()
    subscriber, _ = build.subscriber(world.here, server.url)
    records.award(world.here, at=at)
    actions.set_active(subscriber, False, by=world.here.administrator, at=at)
    actions.deliver_pending(at=at)
    assert not server.received
    actions.set_active(subscriber, True, by=world.here.administrator, at=at)
    actions.deliver_pending(at=at)
    assert len(server.received) == 1


def test_both_secrets_sign_during_a_rotation(world, at, naughty):
    server = naughty()
    subscriber, old = build.subscriber(world.here, server.url)
    new = actions.rotate_secret(subscriber, by=world.here.administrator, at=at)
    assert new != old
    records.award(world.here, at=at)
    actions.deliver_pending(at=at)
    ((headers, body),) = server.received
    for secret in (old, new):
        Webhook(secret).verify(body, headers)
    newest = actions.rotate_secret(subscriber, by=world.here.administrator, at=at)
    subscriber.refresh_from_db()
    from lms.consortium import sealing

    ring = sealing.unseal(subscriber.secrets_sealed)
    assert rules.valid_secrets(ring, at) == [newest, new]
    assert rules.valid_secrets(ring, at + rules.ROTATION + LATER) == [newest]


def test_secrets_are_sealed_in_the_database(world):
    _, secret = build.subscriber(world.here)
    sealed = bytes(Subscriber.objects.get().secrets_sealed)
    assert secret.encode() not in sealed
    assert secret.removeprefix("whsec_").encode() not in sealed


def test_the_example_receiver_keeps_each_event_once(world, at, tmp_path):
    _, secret = build.subscriber(world.here, "http://127.0.0.1:1/")
    file = tmp_path / "in" / "records.jsonl"
    with serving(Receiver(("127.0.0.1", 0), Store(file), [secret])) as receiver:
        Subscriber.objects.update(endpoint=f"http://127.0.0.1:{receiver.server_address[1]}/")
        record = records.award(world.here, at=at)
        actions.deliver_pending(at=at)
        actions.resend(only(), by=world.here.consortium_coordinator, at=at)
        actions.deliver_pending(at=at)
        assert only().state == "delivered"
        assert only().attempts == 2
        wrong = sender.post(
            f"http://127.0.0.1:{receiver.server_address[1]}/",
            event_id="x",
            body="{}",
            secrets=["whsec_" + "AAAA" * 8],
            at=at,
        )
        assert wrong.status == 401
        old = sender.post(
            f"http://127.0.0.1:{receiver.server_address[1]}/",
            event_id="y",
            body="{}",
            secrets=[secret],
            at=at - timedelta(minutes=6),
        )
        assert old.status == 401
    (line,) = file.read_text().splitlines()
    assert json.loads(line)["id"] == str(record.uuid)
    file.write_text(line + '\n{"id": "half')
    assert Store(file).ids == {str(record.uuid)}


def test_resending_what_is_on_its_way_is_refused(world, at):
    from lms.errors import Refused

    build.subscriber(world.here, "http://127.0.0.1:1/")
    records.award(world.here, at=at)
    competencies.assign_feed_seq()
    actions.fan_out(at=at)
    Delivery.objects.update(state="in_flight", lease_until=at + timedelta(seconds=60))
    with pytest.raises(Refused, match="in_flight"):
        actions.resend(only(), by=world.here.consortium_coordinator, at=at)


def test_a_worker_that_lost_its_lease_changes_nothing_but_its_try(world, at, naughty):
    """Two workers, one delivery: the slow one comes back with a failure after the other has delivered."""
    from lms.consortium.actions import sending

    server = naughty(answer(200))
    build.subscriber(world.here, server.url)
    records.award(world.here, at=at)
    competencies.assign_feed_seq()
    actions.fan_out(at=at)
    (slow,) = sending.claim(at)
    assert sending.claim(at) == [], "nobody else takes it while the lease holds"
    later = at + rules.LEASE + timedelta(seconds=1)
    actions.deliver_pending(at=later)
    sending._settle([(slow, rules.Answer(problem="timeout"))], at=later)
    assert only().state == "delivered"
    assert [a.outcome for a in only().tries.all()] == ["retry", "delivered"]
    assert only().attempts == 2


def test_a_batch_keeps_one_connection_and_tells_of_each(world, at, naughty):
    """Sixty people: batches over one line, one refusal in the middle, everything settled and told."""
    server = naughty(*[answer(200)] * 30, answer(422), answer(200))
    server.RequestHandlerClass.protocol_version = "HTTP/1.1"
    build.subscriber(world.here, server.url)
    for number in range(60):
        person = make.enrolment(make.person(f"Allieva{number}"), world.here.edition)
        records.award(world.here, person=person, at=at)
    done = actions.deliver_pending(at=at)
    assert (done.owed, done.delivered, done.retried) == (60, 59, 1)
    assert len(server.lines) == 1
    assert Attempt.objects.filter(ended_at__isnull=True).count() == 0
    told = Entry.objects.filter(verb="read.competency_record")
    assert told.count() == told.values("subject").distinct().count() == 59


def test_the_first_broken_line_of_a_batch_sends_the_rest_back(world, at, naughty):
    server = naughty(slam)
    build.subscriber(world.here, server.url)
    for number in range(8):
        person = make.enrolment(make.person(f"Allieva{number}"), world.here.edition)
        records.award(world.here, person=person, at=at)
    actions.deliver_pending(at=at)
    assert len(server.received) == rules.FAILURES_THAT_PAUSE
    assert Attempt.objects.count() == rules.FAILURES_THAT_PAUSE
    assert sorted(Delivery.objects.values_list("attempts", flat=True)) == [0, 0, 0, 1, 1, 1, 1, 1]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"pending"}


def test_a_connection_that_the_receiver_closed_meanwhile_is_opened_again(world, at, naughty):
    """A receiver that closes after every answer without saying so loses nothing."""
    server = naughty(close_quietly)
    server.RequestHandlerClass.protocol_version = "HTTP/1.1"
    build.subscriber(world.here, server.url)
    for number in range(5):
        person = make.enrolment(make.person(f"Allieva{number}"), world.here.edition)
        records.award(world.here, person=person, at=at)
    assert actions.deliver_pending(at=at).delivered == 5
    assert len(set(server.ids)) == 5
