"""Hostile receivers, hostile callers, and people with a role in more than one network."""

import json
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from examples.receiver import Receiver, Refusal, Store, verify
from lms.audit.exports import csv_text
from lms.competencies import actions as competencies
from lms.consortium import actions, sender
from lms.consortium.models import Delivery
from tests import factories as make
from tests.consortium import build
from tests.consortium.servers import Naughty, answer, serving
from tests.consortium.test_api import FEED, feed_of, token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_endpoints")]
ZEROS = "0" * 64
ANSWERS = {
    "deep": b"[" * 60_000,
    "deep inside": b'{"count":0,"sha256":"' + ZEROS.encode() + b'","months":' + b"[" * 60_000,
    "a month that is a list": json.dumps(
        {"count": 0, "sha256": ZEROS, "months": [{"month": [], "sha256": {}}, {"month": {}}, 7]}
    ).encode(),
    "no characters": json.dumps({"count": 0, "sha256": "\0" * 64}).encode(),
    "a month of no character": json.dumps(
        {"count": 9, "sha256": ZEROS, "months": [{"month": "\0", "sha256": ZEROS}]}
    ).encode(),
    "half a character": b'{"count": 9, "sha256": "'
    + ZEROS.encode()
    + b'", "months": [{"month": "\\ud800"}]}',
    "a list": b"[1, 2]",
    "a number without end": b'{"count": ' + b"9" * 60_000 + b"}",
}


@pytest.mark.services
@pytest.mark.parametrize("name", ANSWERS)
def test_no_answer_of_one_receiver_stops_the_others(world, name):
    """A comparison is answered by anybody's machine, in the same batch as everybody's records."""
    at = timezone.now()
    with serving(Naughty(answer(200, ANSWERS[name]))) as hostile, serving(Naughty(answer(200))) as good:
        build.subscriber(world.here, hostile.url, name="A", at=at)
        build.subscriber(world.here, good.url, name="B", at=at)
        actions.ask_all(at=at)
        feed_of(world.here, 2)
        actions.deliver_pending(at=at + timedelta(minutes=1))
        assert len(good.received) == 3
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


@pytest.mark.parametrize(
    "wait",
    [
        "Tue, 1 Jan 99999999999999999999 00:00:00 GMT",
        "Tue, 1 Jan 2020 00:00:00 +99999999999999999999",
        "9" * 400,
        "-1",
        "\xff\xfe",
    ],
)
def test_no_header_of_one_receiver_stops_the_others(world, wait):
    at = timezone.now()
    with (
        serving(Naughty(answer(503, Retry_After=wait))) as hostile,
        serving(Naughty(answer(200))) as good,
    ):
        build.subscriber(world.here, hostile.url, name="A", at=at)
        build.subscriber(world.here, good.url, name="B", at=at)
        feed_of(world.here, 1)
        actions.deliver_pending(at=at + timedelta(minutes=1))
        assert (len(hostile.received), len(good.received)) == (1, 1)


@pytest.mark.parametrize(
    "place", ["/", "https://127.0.0.1/", "http://169.254.169.254/latest/meta-data/", "//x"]
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_is_sent_elsewhere(world, place, status):
    with serving(Naughty(answer(200))) as inside, serving(Naughty(answer(status, Location=place))) as outside:
        told = sender.post(outside.url, event_id="x", body="{}", secrets=["whsec_AAAA"], at=timezone.now())
        assert (told.status, told.refused) == (status, True)
        assert not inside.received
        assert len(outside.received) == 1


# ------------------------------------------------------------------------------------- two networks


@pytest.fixture
def of_two(world):
    """Administers this network and coordinates the other: each role counts where it was given."""
    person = make.person("Doppia", role="administrator", agency=world.here.training_body)
    make.membership(person, "consortium_coordinator", world.there.consortium)
    client = Client()
    client.force_login(person)
    return client


def files_of(body):
    subscriber, _ = build.subscriber(body, files=True, name=f"File {body.consortium}")
    feed_of(body, 1)
    actions.make_files(at=timezone.now())
    return subscriber, subscriber.issues.get()


def test_an_administrator_opens_no_file_of_the_network_that_they_administer(world, of_two):
    _, ours = files_of(world.here)
    _, theirs = files_of(world.there)
    for form in ("csv", "jsonl", "xlsx"):
        assert of_two.get(reverse("consortium:file", args=[ours.uuid, form])).status_code == 404
        assert of_two.get(reverse("consortium:file", args=[theirs.uuid, form])).status_code == 200


def test_a_coordinator_changes_no_subscriber_of_the_network_that_they_coordinate(world, of_two):
    ours, _ = build.subscriber(world.here, name="Qui")
    theirs, _ = build.subscriber(world.there, name="Là")
    secret = bytes(theirs.secrets_sealed)
    for name in ("subscriber_rotate", "subscriber_credentials", "subscriber_switch"):
        assert of_two.post(reverse(f"consortium:{name}", args=[theirs.uuid])).status_code == 404
        assert of_two.post(reverse(f"consortium:{name}", args=[ours.uuid])).status_code in {200, 302}
    assert of_two.get(reverse("consortium:subscriber_edit", args=[theirs.uuid])).status_code == 404
    assert of_two.get(reverse("consortium:subscriber_edit", args=[ours.uuid])).status_code == 200
    page = of_two.get(reverse("consortium:subscriber", args=[theirs.uuid])).text
    assert reverse("consortium:subscriber_rotate", args=[theirs.uuid]) not in page
    theirs.refresh_from_db()
    assert bytes(theirs.secrets_sealed) == secret


def test_a_new_subscriber_is_of_a_network_that_one_administers(world, of_two):
    form = of_two.get(reverse("consortium:subscriber_new")).context["form"]
    assert world.there.consortium not in form.fields["agency"].queryset
    assert world.there.edition not in form.fields["editions"].queryset
    assert world.here.consortium in form.fields["agency"].queryset
    assert world.here.edition in form.fields["editions"].queryset


# ------------------------------------------------------------------------------------------ callers


def reader_of(world, body, **terms) -> Client:
    subscriber, _ = build.subscriber(body, **terms)
    return Client(headers={"authorization": f"Bearer {token(subscriber, world)}"})


def test_a_cursor_taken_from_elsewhere_opens_nothing(world):
    """Places are numbers for everybody: what stands at them is looked up for the one who asks."""
    (theirs,) = feed_of(world.there)
    (ours,) = feed_of(world.here)
    theirs.refresh_from_db()
    mine = reader_of(world, world.here)
    for after in (theirs.feed_seq - 1, 0):
        items = mine.get(FEED, {"after": after}).json()["items"]
        assert [item["record"]["record_id"] for item in items] == [ours.uuid.urn]
    for asked in ({"edition": world.there.edition.code}, {"agency": str(world.there.training_body.uuid)}):
        assert mine.get(FEED, asked).json()["items"] == []


def test_a_mark_of_another_reader_opens_nothing(world):
    feed_of(world.here)
    feed_of(world.there)
    mine, theirs = reader_of(world, world.here, name="A"), reader_of(world, world.there, name="B")
    marks = mine.get(FEED)["ETag"]
    for known in (marks, f"W/{marks}", "*"):
        answer = theirs.get(FEED, headers={"if-none-match": known})
        assert answer.status_code == 200
        assert answer["ETag"] != marks
        assert answer["Cache-Control"] == "private, no-cache"
    assert Client().get(FEED, headers={"if-none-match": marks}).status_code == 401


def test_no_line_of_a_request_becomes_a_line_of_the_answer(world):
    feed_of(world.here, 3)
    reader = reader_of(world, world.here)
    answer = reader.get(f"{FEED}?limit=1&x=%0d%0aSet-Cookie:%20a=b&y=%3E%3B%20rel=%22next%22")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer["Link"].count("<") == answer["Link"].count(">") == 1
    assert "\n" not in answer["Link"]


@pytest.mark.services
def test_what_no_database_can_look_for_is_a_bad_request(world):
    """PostgreSQL refuses the character zero in a text, and used to answer for us with an error."""
    reader = reader_of(world, world.here)
    for asked in ({"edition": "A\0"}, {"framework": "\0"}):
        assert reader.get(FEED, asked).status_code == 422
    form = {"grant_type": "client_credentials", "client_id": "a\0b", "client_secret": "c"}
    basic = {"authorization": "Basic YQBiOmM="}  # a, zero, b
    for name in ("token", "revoke"):
        address = f"/identita/{name}"
        assert Client().post(address, form).status_code == 400
        assert Client().post(address, {"grant_type": "client_credentials"}, headers=basic).status_code == 400


@pytest.mark.parametrize("name", ["token", "revoke"])
def test_who_guesses_secrets_slows_nobody_else_down(world, settings, name):
    """Behind a proxy every caller has its address: the limit is for the one behind it."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y", "token": "z"}

    def ask(seen: str) -> int:
        return Client().post(f"/identita/{name}", form, headers={"x-forwarded-for": seen}).status_code

    codes = [ask(f"10.9.8.{number}, 203.0.113.7") for number in range(32)]
    assert codes[-1] == 429, "what the guesser writes into the header changes nothing"
    assert ask("203.0.113.8") != 429


# ------------------------------------------------------------------------- the receiver, and files


def test_the_receiver_keeps_nothing_that_was_deleted_when_it_is_sent_again(tmp_path):
    award = {"type": "competency_record.awarded", "data": {"record": {"record_id": "urn:uuid:a"}}}
    stone = {"type": "competency_record.deleted", "data": {"record": {"deletes": "urn:uuid:a"}}}
    store = Store(tmp_path / "records.jsonl")
    assert store.add("a", award)
    assert store.add("t", stone)
    for again in (store, Store(store.file)):
        assert not again.add("a", award), "the old request, with its good signature"
        assert [event["id"] for event in again.events()] == ["t"]


def test_the_receiver_keeps_no_award_that_comes_after_its_deletion(tmp_path):
    stone = {"type": "competency_record.deleted", "data": {"record": {"deletes": "urn:uuid:a"}}}
    store = Store(tmp_path / "records.jsonl")
    store.add("t", stone)
    assert not store.add("a", {"type": "competency_record.awarded", "data": {"record": {}}})


@pytest.mark.parametrize("shift", [-301, 301, None])
def test_the_receiver_refuses_an_old_request(shift):
    now = time.time()
    secret = "whsec_" + "AAAA" * 8
    moment = timezone.now() + timedelta(seconds=shift or 0)
    headers = sender.signed_headers("a", "{}", [secret], moment)
    if shift is None:
        assert verify(headers, b"{}", [secret], now) == "a"
        for change in ({"webhook-id": "b"}, {"webhook-timestamp": "9" * 5000}, {"webhook-timestamp": "٣"}):
            with pytest.raises(Refusal):
                verify(headers | change, b"{}", [secret], now)
    else:
        with pytest.raises(Refusal):
            verify(headers, b"{}", [secret], now)


def test_a_request_sent_again_is_kept_once(tmp_path, world):
    store = Store(tmp_path / "records.jsonl")
    with serving(Receiver(("127.0.0.1", 0), store, ["whsec_" + "AAAA" * 8])) as server:
        url = f"http://127.0.0.1:{server.server_address[1]}/in"
        what = {"event_id": "a", "secrets": server.secrets, "at": timezone.now()}
        body = json.dumps({"type": "competency_record.awarded", "data": {}})
        answers = [json.loads(sender.post(url, body=body, **what).text)["stored"] for _ in range(3)]
    assert answers == [True, False, False]
    assert len(store.events()) == 1


def test_no_cell_runs_as_a_formula():
    for start in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"):
        text = csv_text(["a"], [[f"{start}HYPERLINK(1)"]])
        assert f"'{start}HYPERLINK" in text


def test_a_title_in_a_nightly_file_runs_nowhere(world):
    from courses.frameworks.models import Competency
    from lms.consortium import files
    from tests.competencies import build as records

    (record,) = feed_of(world.here)
    Competency.objects.filter(pk=record.competency_id).update(title="＝cmd|' /C calc'!A0")
    enrolment = make.enrolment(make.person("Altra"), world.here.edition)
    made = records.award(world.here, person=enrolment, at=timezone.now())
    competencies.assign_feed_seq()
    made.refresh_from_db()
    assert "'＝cmd" in files.build("csv", [made], []).decode()
