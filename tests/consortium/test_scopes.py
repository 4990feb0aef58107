"""Scopes: a token may do what the agreement behind it says, for as long as it says so."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.competencies import actions as competencies
from lms.consortium import actions, queries
from lms.errors import Refused
from tests import factories as make
from tests.competencies import build as records
from tests.consortium import build
from tests.consortium.test_api import FEED

COMPETENCIES, ATTENDANCE, COMPARE = (
    "competency-records.read",
    "attendance-records.read",
    "reconciliations.write",
)
MINE = {"through": 2, "count": 0, "sha256": "0" * 64}


@pytest.fixture
def two_kinds(world):
    """One statement of competencies and one certificate of attendance, in the feed."""
    statement = records.award(world.here, at=timezone.now())
    enrolment = make.enrolment(make.person("Frequentante"), world.here.edition)
    certificate = competencies.certify_attendance(
        enrolment, evidence=records.ENOUGH, by=world.here.trainer, at=timezone.now()
    )
    competencies.assign_feed_seq()
    return statement, certificate


def ask(given, scope: str | None = None):
    form = {
        "grant_type": "client_credentials",
        "client_id": given.client_id,
        "client_secret": given.client_secret,
    }
    return Client().post("/identita/token", form | ({"scope": scope} if scope is not None else {}))


def bearer(answer) -> Client:
    assert answer.status_code == 200, answer.text
    return Client(headers={"authorization": f"Bearer {answer.json()['access_token']}"})


def client_of(world, **terms):
    subscriber, _ = build.subscriber(world.here, **terms)
    return subscriber, actions.give_client(subscriber, by=world.here.administrator, at=timezone.now())


def compare(client: Client):
    return client.post("/api/v1/reconciliations", MINE, content_type="application/json")


AGREEMENTS = [
    ({}, {COMPETENCIES, ATTENDANCE, COMPARE}),
    ({"kinds": ["frequenza"]}, {ATTENDANCE, COMPARE}),
    ({"kinds": ["trasparenza_I"], "access": [COMPETENCIES]}, {COMPETENCIES}),
    ({"access": [ATTENDANCE, COMPARE]}, {ATTENDANCE, COMPARE}),
]


@pytest.mark.parametrize(("terms", "allowed"), AGREEMENTS)
def test_a_client_gets_the_scopes_of_its_agreement_and_no_other(world, terms, allowed):
    _subscriber, given = client_of(world, **terms)
    answer = ask(given)
    assert set(answer.json()["scope"].split()) == allowed
    for scope in (COMPETENCIES, ATTENDANCE, COMPARE, "openid", "records.write"):
        answer = ask(given, scope)
        if scope in allowed:
            assert answer.json()["scope"] == scope
        else:
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope"), scope
    both = ask(given, f"{COMPETENCIES} {ATTENDANCE} {COMPARE}")
    assert (both.status_code == 200) == ({COMPETENCIES, ATTENDANCE, COMPARE} == allowed)


def test_each_scope_opens_its_kind(world, two_kinds):
    statement, certificate = two_kinds
    _subscriber, given = client_of(world)
    for scope, seen, hidden in (
        (COMPETENCIES, statement, certificate),
        (ATTENDANCE, certificate, statement),
    ):
        reader = bearer(ask(given, scope))
        ids = [item["record"]["record_id"] for item in reader.get(FEED).json()["items"]]
        assert ids == [seen.uuid.urn]
        assert reader.get(f"{FEED}/{seen.uuid}").status_code == 200
        assert reader.get(f"{FEED}/{hidden.uuid}").status_code == 404
        assert compare(reader).status_code == 403
    comparer = bearer(ask(given, COMPARE))
    assert comparer.get(FEED).status_code == 403
    assert comparer.get(f"{FEED}/{statement.uuid}").status_code == 403
    assert compare(comparer).status_code == 200
    assert len(bearer(ask(given)).get(FEED).json()["items"]) == 2


def test_a_comparison_is_of_what_may_be_fetched(world, two_kinds):
    _subscriber, given = client_of(world, access=[ATTENDANCE, COMPARE])
    assert compare(bearer(ask(given))).json()["count"] == 1


def test_less_agreed_counts_at_once_for_tokens_given_before(world, two_kinds):
    subscriber, given = client_of(world)
    reader = bearer(ask(given))
    assert len(reader.get(FEED).json()["items"]) == 2
    by = {"by": world.here.administrator, "at": timezone.now()}
    actions.change_subscriber(subscriber, access=[COMPETENCIES], **by)
    assert len(reader.get(FEED).json()["items"]) == 1
    refused = compare(reader)
    assert refused.status_code == 403
    assert f'scope="{COMPARE}"' in refused["WWW-Authenticate"]
    assert ask(given, ATTENDANCE).json()["error"] == "invalid_scope"
    assert ask(given).json()["scope"] == COMPETENCIES
    actions.change_subscriber(subscriber, kinds=["frequenza"], **by)
    assert reader.get(FEED).status_code == 403, "nothing of what is ticked is received"
    answer = ask(given)
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_scope"})
    actions.change_subscriber(subscriber, kinds=build.ALL_KINDS, **by)
    assert len(reader.get(FEED).json()["items"]) == 1, "what was allowed again, and no more"


@pytest.mark.parametrize("end", ["its last day passes", "it has not begun", "it is stopped"])
def test_an_agreement_that_does_not_hold_gives_no_token_and_ends_those_given(world, two_kinds, end):
    subscriber, given = client_of(world)
    reader = bearer(ask(given))
    assert reader.get(FEED).status_code == 200
    by = {"by": world.here.administrator, "at": timezone.now()}
    today = timezone.localdate()
    if end == "it is stopped":
        actions.set_active(subscriber, False, **by)
    elif end == "it has not begun":
        actions.change_subscriber(subscriber, valid_from=today + timedelta(days=1), **by)
    else:
        actions.change_subscriber(subscriber, valid_until=today - timedelta(days=1), **by)
    assert reader.get(FEED).status_code == 403
    assert compare(reader).status_code == 403
    answer = ask(given)
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
    assert "access_token" not in answer.text
    from allauth.idp.oidc.models import Token

    assert Token.objects.count() == 1, "what was made while asking is gone"


def test_a_client_of_nobody_gets_no_token(world):
    subscriber, given = client_of(world)
    type(subscriber).objects.filter(pk=subscriber.pk).update(client=None)
    assert ask(given).json()["error"] == "unauthorized_client"


def test_no_credentials_where_nothing_may_be_fetched(world):
    subscriber, _ = build.subscriber(world.here, kinds=["register.page_closed"])
    with pytest.raises(Refused) as refusal:
        actions.give_client(subscriber, by=world.here.administrator, at=timezone.now())
    assert refusal.value.code == "client.nothing_agreed"


def test_the_page_and_the_description_tell_the_scopes(client, world):
    subscriber, _ = build.subscriber(world.here, access=[ATTENDANCE])
    client.force_login(world.here.administrator)
    page = client.get(reverse("consortium:subscriber", args=[subscriber.uuid])).text
    assert f"<code>{ATTENDANCE}</code>" in page
    assert COMPETENCIES not in page
    told = client.get("/api/v1/openapi.json").json()
    (scheme,) = told["components"]["securitySchemes"].values()
    assert set(scheme["flows"]["clientCredentials"]["scopes"]) == {*queries.READ_SCOPES, COMPARE}
    assert "invalid_scope" in told["info"]["description"]


def test_the_form_keeps_what_it_does_not_change(client, world):
    """What a form does not show, saving it would untick."""
    subscriber, _ = build.subscriber(world.here, files=True, access=[ATTENDANCE])
    client.force_login(world.here.administrator)
    address = reverse("consortium:subscriber_edit", args=[subscriber.uuid])
    form = client.get(address)
    for name in form.context["form"].fields:
        assert f'name="{name}"' in form.text, name
    sent = {
        "name": "Altro nome",
        "legal_basis": "art. 4",
        "people": "all",
        "files": "on",
        "kinds": ["frequenza"],
        "parts": ["course"],
        "access": [ATTENDANCE, "openid"],
    }
    assert client.post(address, sent).status_code == 400
    assert client.post(address, sent | {"access": [ATTENDANCE]}).status_code == 302
    subscriber.refresh_from_db()
    assert (subscriber.files, subscriber.scopes) == (True, [ATTENDANCE])
