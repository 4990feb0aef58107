"""The feed: who gets in, what each may have, and that a reader misses nothing."""

import json

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from lms.audit.models import Entry
from lms.audit.queries import entries_about
from lms.competencies import actions as competencies
from lms.competencies.rules import canonical, digest
from lms.consortium import actions
from tests import factories as make
from tests.competencies import build as records
from tests.consortium import build

FEED = "/api/v1/competency-records"


@pytest.fixture(autouse=True)
def no_limits_left_over(db):
    cache.clear()
    yield
    cache.clear()


def token(subscriber, world, **form) -> str:
    given = actions.give_client(subscriber, by=world.here.administrator, at=timezone.now())
    form = {
        "grant_type": "client_credentials",
        "client_id": given.client_id,
        "client_secret": given.client_secret,
        **form,
    }
    return Client().post("/identita/token", form).json()["access_token"]


@pytest.fixture
def reader(world):
    """A client of a subscriber for everything in this network."""
    subscriber, _ = build.subscriber(world.here)
    client = Client(headers={"authorization": f"Bearer {token(subscriber, world)}"})
    client.subscriber = subscriber
    return client


def feed_of(body, number: int = 1):
    """So many awards in this network, in the feed."""
    made = []
    for _ in range(number):
        person = make.person("Allieva")
        made.append(records.award(body, person=make.enrolment(person, body.edition), at=timezone.now()))
    competencies.assign_feed_seq()
    return made


def test_a_record_as_it_was_written(world, reader):
    (record,) = feed_of(world.here)
    answer = reader.get(FEED)
    assert answer.status_code == 200
    (item,) = answer.json()["items"]
    assert item["feed_seq"] == 1
    assert digest(canonical(item["record"])) == item["sha256"] == record.sha256
    one = reader.get(f"{FEED}/{record.uuid}")
    assert one.json() == item


def test_pages_follow_each_other_to_the_end(world, reader):
    made = feed_of(world.here, 7)
    seen, after, pages = [], 0, 0
    while True:
        answer = reader.get(FEED, {"after": after, "limit": 3})
        page = answer.json()
        seen += [item["record"]["record_id"] for item in page["items"]]
        after, pages = page["next"], pages + 1
        assert page["more"] == ("next" in answer.headers.get("Link", ""))
        if not page["more"]:
            break
    assert seen == [f"urn:uuid:{record.uuid}" for record in made]
    assert pages == 3
    assert reader.get(FEED, {"after": after}).json() == {"items": [], "next": after, "more": False}


def test_revocations_are_events_of_their_own(world, reader):
    (record,) = feed_of(world.here)
    competencies.revoke(record, reason="mistake", by=world.here.trainer, at=timezone.now())
    competencies.assign_feed_seq()
    items = reader.get(FEED).json()["items"]
    assert [item["record"]["event"] for item in items] == ["awarded", "revoked"]
    assert items[1]["record"]["revokes"] == items[0]["record"]["record_id"]


def test_what_is_not_sequenced_is_not_in_the_feed(world, reader):
    record = records.award(world.here)
    assert reader.get(FEED).json()["items"] == []
    assert reader.get(f"{FEED}/{record.uuid}").status_code == 404


def test_filters(world, reader):
    feed_of(world.here, 2)
    assert len(reader.get(FEED, {"edition": world.here.edition.code}).json()["items"]) == 2
    assert reader.get(FEED, {"edition": "NESSUNA"}).json()["items"] == []
    assert len(reader.get(FEED, {"framework": "digcomp"}).json()["items"]) == 2
    assert reader.get(FEED, {"framework": "qcer"}).json()["items"] == []
    assert reader.get(FEED, {"since": "2030-01-01T00:00:00"}).json()["items"] == []
    assert len(reader.get(FEED, {"since": "2020-01-01T00:00:00Z"}).json()["items"]) == 2


@pytest.mark.parametrize(
    "query",
    [
        "after=-1",
        "after=x",
        "limit=0",
        "limit=201",
        "since=ieri",
        "since=0001-01-01T00:00:00Z",
        "since=9999-12-31T23:59:59",
        "after=99999999999999999999",
        "edition=" + "x" * 41,
    ],
)
def test_bad_parameters_get_a_problem_in_words(reader, query):
    answer = reader.get(f"{FEED}?{query}")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "invalid"
    assert query.split("=")[0] in problem["detail"]


def test_etag_saves_the_answer_and_a_304_discloses_nothing(world, reader):
    feed_of(world.here)
    first = reader.get(FEED)
    noted = Entry.objects.count()
    again = reader.get(FEED, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content
    assert Entry.objects.count() == noted
    feed_of(world.here)
    assert reader.get(FEED, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_each_person_sees_who_fetched_the_record(world, reader):
    first, second = feed_of(world.here, 2)
    reader.get(FEED)
    for record in (first, second):
        entry = entries_about(record.person).get(verb="read.competency_record")
        assert entry.actor_agency == world.here.consortium.name
        assert str(record.uuid) in entry.target


def test_a_page_costs_the_same_for_two_and_for_fifty(world, reader, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    feed_of(world.here, 2)
    reader.get(FEED)

    def cost() -> int:
        with CaptureQueriesContext(connection) as made:
            assert reader.get(FEED).status_code == 200
        return len(made)

    few = cost()
    feed_of(world.here, 48)
    assert cost() == few


def test_only_the_agreed_part(world):
    feed_of(world.here, 2)
    feed_of(world.there, 1)
    other = make.edition(world.here.course, world.here.training_body)
    agreements = {
        "everything of this network": (build.subscriber(world.here, name="1")[0], 2),
        "one edition": (build.subscriber(world.here, editions=[world.here.edition], name="2")[0], 2),
        "an edition without records": (build.subscriber(world.here, editions=[other], name="3")[0], 0),
        "no edition": (build.subscriber(world.here, editions=[], name="4")[0], 0),
        "another network's edition": (
            build.subscriber(world.here, editions=[world.there.edition], name="5")[0],
            0,
        ),
        "other kinds": (build.subscriber(world.here, kinds=["frequenza"], name="6")[0], 0),
        "the other network": (build.subscriber(world.there, name="8")[0], 1),
    }
    for name, (subscriber, number) in agreements.items():
        client = Client(headers={"authorization": f"Bearer {token(subscriber, world)}"})
        assert len(client.get(FEED).json()["items"]) == number, name


def test_a_record_outside_the_agreement_is_absent(world, reader):
    (theirs,) = feed_of(world.there)
    assert reader.get(f"{FEED}/{theirs.uuid}").status_code == 404


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Basic YTpi", "bearer " + "x" * 5000, "Bearer\t", "Token x"]
)
def test_without_a_token_nothing(world, header):
    feed_of(world.here)
    answer = Client(headers={"authorization": header} if header else {}).get(FEED)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_session_is_not_a_token(world):
    for person in (world.here.consortium_coordinator, world.here.administrator):
        client = Client()
        client.force_login(person)
        assert client.get(FEED).status_code == 401


def test_a_token_in_the_address_is_not_read(world):
    """Addresses end in logs."""
    subscriber, _ = build.subscriber(world.here)
    assert Client().get(FEED, {"access_token": token(subscriber, world)}).status_code == 401


def test_a_token_without_the_scope_is_told_so(world, reader):
    from allauth.idp.oidc.models import Token

    Token.objects.update(scopes="openid")
    answer = reader.get(FEED)
    assert answer.status_code == 403
    assert "insufficient_scope" in answer["WWW-Authenticate"]


def test_an_expired_token(world, reader):
    from allauth.idp.oidc.models import Token

    Token.objects.update(expires_at=timezone.now())
    assert reader.get(FEED).status_code == 401


def test_a_stopped_subscriber_and_a_client_of_nobody(world, reader):
    feed_of(world.here)
    actions.set_active(reader.subscriber, False, by=world.here.administrator, at=timezone.now())
    assert reader.get(FEED).status_code == 403
    actions.set_active(reader.subscriber, True, by=world.here.administrator, at=timezone.now())
    assert reader.get(FEED).status_code == 200
    actions.take_client_away(reader.subscriber, by=world.here.administrator, at=timezone.now())
    assert reader.get(FEED).status_code == 401, "its tokens went with it"


def test_new_credentials_end_the_old_ones(world, reader):
    reader.subscriber.refresh_from_db()
    actions.give_client(reader.subscriber, by=world.here.administrator, at=timezone.now())
    assert reader.get(FEED).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"client_secret": "wrong"},
        {"client_id": "nobody"},
        {"grant_type": "password", "username": "a", "password": "b"},
        {"grant_type": "authorization_code", "code": "x"},
        {"grant_type": ""},
        {"scope": "openid profile email"},
    ],
)
def test_the_token_endpoint_gives_nothing_else(world, change):
    subscriber, _ = build.subscriber(world.here)
    given = actions.give_client(subscriber, by=world.here.administrator, at=timezone.now())
    form = {
        "grant_type": "client_credentials",
        "client_id": given.client_id,
        "client_secret": given.client_secret,
        **change,
    }
    answer = Client().post("/identita/token", form)
    assert answer.status_code in (400, 401)
    assert "access_token" not in answer.text


def test_the_token_endpoint_slows_down_who_guesses(world):
    form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
    codes = [Client().post("/identita/token", form).status_code for _ in range(32)]
    assert codes[-1] == 429
    assert 429 not in codes[:30]


def test_each_subscriber_has_a_limit(world, reader, monkeypatch):
    from lms.consortium import api

    (throttle,) = api.api.throttle
    monkeypatch.setattr(throttle, "num_requests", 3)
    codes = [reader.get(FEED).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    answer = reader.get(FEED)
    assert int(answer["Retry-After"]) >= 1
    other, _ = build.subscriber(world.here, name="Altro")
    client = Client(headers={"authorization": f"Bearer {token(other, world)}"})
    assert client.get(FEED).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_through_the_api(world, reader, method):
    (record,) = feed_of(world.here)
    assert getattr(reader, method)(FEED).status_code == 405
    assert getattr(reader, method)(f"{FEED}/{record.uuid}").status_code == 405


def test_the_description_is_public_and_names_no_outside_address(world):
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    told = answer.json()
    assert set(told["paths"]) == {FEED, FEED + "/{uuid}", "/api/v1/reconciliations"}
    (scheme,) = told["components"]["securitySchemes"].values()
    assert scheme["flows"]["clientCredentials"]["tokenUrl"] == "/identita/token"
    assert "http" not in json.dumps(told["paths"]).replace("http_", "")
    assert Client().get("/api/v1/docs", follow=True).status_code == 404


def test_nothing_private_leaves_by_the_feed(world, reader):
    person = make.person("Zvonimira", "Kowalczykowa", email="zk@example.org")
    records.award(world.here, person=make.enrolment(person, world.here.edition))
    competencies.assign_feed_seq()
    text = reader.get(FEED).text
    for secret in ("Zvonimira", "Kowalczykowa", "zk@", person.username, str(person.uuid)):
        assert secret not in text
