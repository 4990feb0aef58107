"""Telling people: in the list at once, outside until it arrives."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from lms.notifications import outbox
from lms.notifications.access import notification_for, notifications_visible_to
from lms.notifications.actions import mark_read, notify, send_due
from lms.notifications.models import Notification, Sending
from lms.notifications.rules import next_attempt
from lms.people.sms import MemoryBackend
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def amina(db):
    MemoryBackend.outbox.clear()
    return make.person("Amina", email="amina@example.org", phone="+393331112222")


def tell(person, **how):
    how = {"subject": "Domani c'è lezione", "body": "Alle 15 in aula.", "at": NOW} | how
    return notify(person, **how)


def test_it_is_in_the_list_at_once_and_enqueued_after_commit(amina, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as later:
        tell(amina, by_sms=True)
    assert notifications_visible_to(amina).count() == 1
    assert not mail.outbox
    assert len(later) == 2


def test_channels_without_an_address_are_left_out(db):
    notification = tell(make.person("Senza", "Recapiti"), by_sms=True)
    assert not notification.sendings.exists()


def test_mail_has_both_parts_and_the_link(amina, settings):
    tell(amina, url="/oggi/")
    assert send_due(at=NOW) == 1
    [message] = mail.outbox
    assert "Alle 15 in aula." in message.body
    assert f"{settings.SITE_URL}/oggi/" in message.body
    assert "<html" in message.alternatives[0].content


def test_sms_is_short_and_has_the_link(amina):
    tell(amina, url="/oggi/", by_email=False, by_sms=True)
    send_due(at=NOW)
    [(number, text)] = MemoryBackend.outbox
    assert number == "+393331112222"
    assert text.endswith("/oggi/")


def test_sent_once(amina):
    tell(amina)
    assert send_due(at=NOW) == 1
    assert send_due(at=NOW + timedelta(days=1)) == 0
    assert len(mail.outbox) == 1


def test_a_failed_mail_waits_and_goes_later(amina, monkeypatch):
    tell(amina)

    def broken(row):
        raise ConnectionRefusedError("no carrier")

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_hand_over", broken)
        assert send_due(at=NOW) == 0
    row = Sending.objects.get()
    assert row.state == "waiting"
    assert "no carrier" in row.last_error
    assert send_due(at=NOW) == 0, "not before its time"
    assert send_due(at=NOW + timedelta(minutes=2)) == 1
    assert Sending.objects.get().state == "sent"


def test_after_many_failures_a_person_must_look(amina, monkeypatch):
    tell(amina)
    monkeypatch.setattr(outbox, "_hand_over", lambda row: 1 / 0)
    for day in range(12):
        send_due(at=NOW + timedelta(days=2 * day))
    assert Sending.objects.get().state == "failed"


def test_a_worker_killed_while_sending_is_made_good(amina):
    notification = tell(amina)
    notification.sendings.update(
        next_attempt_at=NOW + timedelta(minutes=5), attempts=1
    )  # claimed, then killed
    assert send_due(at=NOW + timedelta(minutes=1)) == 0
    assert send_due(at=NOW + timedelta(minutes=6)) == 1


def test_waits_grow_and_end():
    waits = [next_attempt(n, NOW) - NOW for n in range(1, 9)]
    assert waits == sorted(waits)
    assert next_attempt(9, NOW) is None


def test_one_sees_only_ones_own(client, world):
    mine = tell(world.here.beneficiary, url="/oggi/")
    assert list(notifications_visible_to(world.here.beneficiary)) == [mine]
    assert notification_for(world.here.beneficiary, mine.uuid) == mine
    client.force_login(world.there.beneficiary)
    assert client.post(reverse("notifications:follow", args=[mine.uuid])).status_code == 404
    client.force_login(world.here.beneficiary)
    assert "Domani" in client.get("/avvisi/").text
    assert client.post(reverse("notifications:follow", args=[mine.uuid])).headers["Location"] == "/oggi/"
    first = Notification.objects.get().read_at
    mark_read(mine, at=timezone.now())
    assert Notification.objects.get().read_at == first


def test_the_list_keeps_its_query_count(client, world, django_assert_max_num_queries):
    person = world.here.beneficiary
    client.force_login(person)
    tell(person)
    client.get("/avvisi/")
    with django_assert_max_num_queries(14):
        client.get("/avvisi/")
    for _ in range(20):
        tell(person)
    with django_assert_max_num_queries(14):
        client.get("/avvisi/")
