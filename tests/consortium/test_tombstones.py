"""A record is deleted for good: everybody who has a copy is told, and nothing of it stays here."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from examples.receiver import Receiver, Store
from lms.audit.models import Entry
from lms.competencies import actions as competencies
from lms.competencies import queries as records_of
from lms.competencies.models import (
    CompetencyRecord,
    Credential,
    Pseudonym,
    StatusPlace,
    Tombstone,
)
from lms.consortium import actions
from lms.consortium.models import Delivery, Reconciliation, Subscriber
from tests import factories as make
from tests.competencies import build as records
from tests.consortium import build
from tests.consortium.servers import Naughty, answer, serving
from tests.consortium.test_api import FEED, token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_endpoints")]


@pytest.fixture
def at():
    return timezone.now()


def delete(record, at, reason="order") -> list[Tombstone]:
    made = competencies.delete_record(record, reason=reason, by=record.by, at=at)
    competencies.assign_feed_seq()
    return made


@pytest.mark.services
def test_the_record_its_revocation_and_its_documents_are_gone(world, at):
    record, kept = records.award(world.here, "1.1", at=at), records.award(world.here, "1.2", at=at)
    for form in ("json", "svg"):
        competencies.give_out(record, form, at=at)
    competencies.suspend(record, reason="check", by=world.here.trainer, at=at)
    competencies.share(world.here.beneficiary, [record], days=7, at=at)
    competencies.revoke(record, reason="mistake", by=world.here.trainer, at=at)
    competencies.assign_feed_seq()
    place = StatusPlace.objects.get(record=record)
    number = record.uuid
    stones = delete(record, at)
    assert list(CompetencyRecord.objects.all()) == [kept]
    assert not Credential.objects.exists()
    assert len(stones) == 2
    assert {stone.feed_seq for stone in Tombstone.objects.all()} == {4, 5}
    assert records_of.verify_number(number, at=at).standing == "not_found"
    assert Entry.objects.filter(verb="write.competency_deleted", subject=world.here.beneficiary).exists()
    bits = records_of.status_list(place.list, "revocation", at=at, token=False)
    delete(kept, at)
    assert bits == records_of.status_list(place.list, "revocation", at=at, token=False), "still revoked"
    assert not Pseudonym.objects.filter(person=world.here.beneficiary).exists()
    for stone in Tombstone.objects.all():
        assert "subject" not in json.loads(stone.content)


@pytest.mark.services
def test_the_database_refuses_without_a_tombstone(world, at, django_db_blocker):
    from django.db import DatabaseError, connection, transaction

    record = records.award(world.here, at=at)
    competencies.give_out(record, "json", at=at)
    if connection.vendor == "postgresql":
        for rows in (Credential.objects.all(), CompetencyRecord.objects.all()):
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.delete()
    delete(record, at)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Tombstone.objects.update(reason="retention")


def test_no_place_in_the_feed_is_given_twice(world, at):
    """The last record of the feed goes before its tombstone has a place: a reader who has passed it misses nothing."""
    record = records.award(world.here, at=at)
    competencies.assign_feed_seq()
    competencies.delete_record(record, reason="order", by=record.by, at=at)
    competencies.assign_feed_seq()
    assert Tombstone.objects.get().feed_seq == 2


def test_a_reader_is_told_and_never_finds_the_record(world, at):
    subscriber, _ = build.subscriber(world.here)
    reader = Client(headers={"authorization": f"Bearer {token(subscriber, world)}"})
    record = records.award(world.here, at=at)
    competencies.assign_feed_seq()
    first = reader.get(FEED, {"framework": record.competency.framework.code}).json()
    address = f"{FEED}/{record.uuid}"
    delete(record, at)
    actions.change_subscriber(subscriber, kinds=["frequenza"], by=world.here.administrator, at=at)
    noted = Entry.objects.count()
    page = reader.get(FEED, {"framework": "digcomp", "after": first["next"]}).json()
    (item,) = page["items"]
    assert item["record"]["event"] == "deleted"
    assert item["record"]["deletes"] == first["items"][0]["record"]["record_id"]
    assert reader.get(f"{FEED}/{item['record']['record_id'].removeprefix('urn:uuid:')}").json() == item
    assert Entry.objects.count() == noted, "a tombstone tells nothing of anybody"
    assert reader.get(address).status_code == 404
    other, _ = build.subscriber(world.there, name="Altrove")
    stranger = Client(headers={"authorization": f"Bearer {token(other, world)}"})
    assert stranger.get(FEED).json()["items"] == []


def test_the_receiver_forgets_and_both_sides_count_the_same(world, at, tmp_path):
    _, secret = build.subscriber(world.here, "http://127.0.0.1:1/")
    store, now = Store(tmp_path / "records.jsonl"), [at]
    clock = lambda: now[0].timestamp()  # noqa: E731
    with serving(Receiver(("127.0.0.1", 0), store, [secret], clock)) as receiver:
        Subscriber.objects.update(endpoint=f"http://127.0.0.1:{receiver.server_address[1]}/")
        other = make.enrolment(world.here.stranger, world.here.edition)
        gone, kept = records.award(world.here, at=at), records.award(world.here, person=other, at=at)
        number = gone.uuid
        actions.deliver_pending(at=at)
        delete(gone, at + timedelta(seconds=1))
        actions.deliver_pending(at=at + timedelta(seconds=2))
        stone = Tombstone.objects.get()
        assert store.ids == {str(kept.uuid), str(stone.uuid)}
        assert str(number) not in {event["id"] for event in store.events()}
        now[0] += timedelta(days=1)
        actions.ask_all(at=now[0])
        actions.deliver_pending(at=now[0])
        assert Reconciliation.objects.get().state == "agrees"
        assert Reconciliation.objects.get().count == 2


def test_what_was_not_sent_yet_is_never_sent(world, at):
    with serving(Naughty(answer(422), answer(200))) as receiver:
        build.subscriber(world.here, receiver.url)
        record = records.award(world.here, at=at)
        number = str(record.uuid)
        actions.deliver_pending(at=at)
        delete(record, at)
        later = records.award(world.here, "1.2", at=at)
        actions.deliver_pending(at=at + timedelta(days=1))
        first = Delivery.objects.get(event_id=number)
        assert (first.state, first.record, first.attempts) == ("withdrawn", None, 1)
        stone = Tombstone.objects.get()
        assert receiver.ids == [number, str(stone.uuid), str(later.uuid)], (
            "told, as it may have kept the first"
        )
        from lms.errors import Refused

        with pytest.raises(Refused, match="deleted"):
            actions.resend(first, by=world.here.consortium_coordinator, at=at)


def test_a_tombstone_waits_for_the_record_that_is_on_its_way(world, at):
    """A worker has the record in hand when it is deleted: the receiver hears the record first, then its end."""
    from lms.consortium.actions import sending
    from lms.consortium.rules import Answer

    with serving(Naughty()) as receiver:
        build.subscriber(world.here, receiver.url)
        record = records.award(world.here, at=at)
        competencies.assign_feed_seq()
        actions.fan_out(at=at)
        (held,) = sending.claim(at)
        delete(record, at)
        assert actions.deliver_pending(at=at).delivered == 0
        sending._settle([(held, Answer(status=200))], at=at)
        assert actions.deliver_pending(at=at).delivered == 1
        assert receiver.ids == [str(Tombstone.objects.get().uuid)]


def test_no_file_keeps_what_was_deleted(world, at):
    subscriber, _ = build.subscriber(world.here, files=True)
    record = records.award(world.here, at=at)
    other = make.enrolment(world.here.stranger, world.here.edition)
    kept = records.award(world.here, person=other, at=at)
    competencies.assign_feed_seq()
    actions.make_files(at=at)
    number = str(record.uuid)
    call_command("delete_record", number, "--reason", "unlawful", "--by", world.here.trainer.username)
    competencies.assign_feed_seq()
    assert actions.remake_files(at=timezone.now()) == 1
    assert actions.remake_files(at=timezone.now()) == 0
    actions.make_files(at=timezone.now())
    one, two = subscriber.issues.order_by("number")
    assert (one.events, two.events) == (1, 1)
    texts = [bytes(issue.files.get(form="jsonl").content).decode() for issue in (one, two)]
    assert number not in texts[0]
    assert str(kept.uuid) in texts[0]
    assert f'"deletes":"urn:uuid:{number}"' in texts[1]
