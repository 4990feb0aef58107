"""The API keeps to its own description, whatever is asked: a bounded run of Schemathesis."""

import pytest
import schemathesis
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lms.competencies import actions as competencies
from lms.consortium import actions, api
from tests.competencies import build as records
from tests.consortium import build

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
BOUNDED = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def bearer(committed_world, monkeypatch):
    """The header of a subscriber's token, without the limit on its number of requests."""
    (throttle,) = api.api.throttle
    monkeypatch.setattr(throttle, "allow_request", lambda request: True)
    cache.clear()
    world = committed_world
    subscriber, _ = build.subscriber(world.here)
    records.award(world.here)
    competencies.assign_feed_seq()
    access = actions.give_client(subscriber, by=world.here.administrator, at=timezone.now())
    form = {
        "grant_type": "client_credentials",
        "client_id": access.client_id,
        "client_secret": access.client_secret,
    }
    token = Client().post("/identita/token", form).json()["access_token"]
    # Uncompressed: the transport of the tool does not unpack.
    return {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}


@pytest.mark.parametrize("authorised", [True, False], ids=["with a token", "without"])
def test_every_answer_is_one_that_was_described(bearer, authorised):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()

        @BOUNDED
        @given(case=operation.as_strategy())
        def ask(case):
            nonlocal asked
            asked += 1
            case.call_and_validate(
                headers=bearer if authorised else {"Accept-Encoding": "identity"}, checks=CHECKS
            )

        ask()
    assert asked >= 20
