"""What is changed while a batch is being sent counts for the rest of it: a stopped receiver gets no more."""

import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from lms.competencies import actions as competencies
from lms.consortium import actions, queries
from lms.consortium.actions import sending
from lms.consortium.models import Attempt, Delivery
from lms.consortium.sender import Lines
from tests import factories as make
from tests.competencies import build as records
from tests.consortium import build
from tests.consortium.servers import Naughty, answer, serving

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_endpoints")]
NUMBER = 4


class Interrupted(Lines):
    """Real lines; somebody changes something after the first request."""

    def __init__(self, change) -> None:
        super().__init__()
        self.change = change

    def post(self, *args, **kwargs):
        told = super().post(*args, **kwargs)
        change, self.change = self.change, None
        if change:
            change()
        return told


@pytest.fixture
def scene(world):
    """A receiver, its subscriber, and a batch of records to send."""
    with ExitStack() as stack:
        server = stack.enter_context(serving(Naughty(answer(200))))
        at = timezone.now()
        subscriber, secret = build.subscriber(world.here, server.url, at=at)
        for number in range(NUMBER):
            enrolment = make.enrolment(make.person(f"Allieva {number}"), world.here.edition)
            records.award(world.here, person=enrolment, at=at)
        competencies.assign_feed_seq()
        actions.fan_out(at=at)
        yield Scene(world, server, subscriber, secret, at)


class Scene:
    def __init__(self, world, server, subscriber, secret, at) -> None:
        self.world, self.server, self.subscriber, self.secret, self.at = world, server, subscriber, secret, at
        self.by = {"by": world.here.administrator, "at": at}

    def send_and(self, change) -> None:
        """One batch; each look at the clock is three seconds later than the one before."""
        moments = (self.at + timedelta(seconds=3 * tick) for tick in range(1000))
        with Interrupted(change) as lines:
            sending.send(sending.claim(self.at), lines, clock=lambda: next(moments))

    def states(self) -> list[str]:
        return sorted(Delivery.objects.values_list("state", flat=True))


def test_a_receiver_that_is_stopped_gets_no_more_and_the_rest_waits(scene):
    scene.send_and(lambda: actions.set_active(scene.subscriber, False, **scene.by))
    assert len(scene.server.received) == 1
    assert scene.states() == ["delivered", *["pending"] * (NUMBER - 1)]
    assert Attempt.objects.count() == 1, "what was not sent is no try"
    later = scene.at + timedelta(hours=1)
    actions.deliver_pending(at=later)
    assert len(scene.server.received) == 1
    actions.set_active(scene.subscriber, True, **scene.by)
    actions.deliver_pending(at=later)
    assert scene.states() == ["delivered"] * NUMBER
    assert len(set(scene.server.ids)) == len(scene.server.ids) == NUMBER


def test_an_agreement_whose_last_day_is_put_back_ends_at_once(scene):
    yesterday = timezone.localdate(scene.at) - timedelta(days=1)
    scene.send_and(lambda: actions.change_subscriber(scene.subscriber, valid_until=yesterday, **scene.by))
    assert len(scene.server.received) == 1
    assert scene.states() == ["delivered", *["pending"] * (NUMBER - 1)]


def test_an_address_that_is_taken_away_gets_no_more(scene):
    scene.send_and(lambda: actions.change_subscriber(scene.subscriber, endpoint="", **scene.by))
    assert len(scene.server.received) == 1


def test_a_kind_that_is_agreed_no_more_waits_for_somebody_with_its_reason(scene):
    scene.send_and(lambda: actions.change_subscriber(scene.subscriber, kinds=["frequenza"], **scene.by))
    assert len(scene.server.received) == 1
    assert scene.states() == ["delivered", *["needs_person"] * (NUMBER - 1)]
    for parked in Delivery.objects.filter(state="needs_person"):
        assert "accordo" in queries.problem_sentence(parked.last_status, parked.last_problem)


def test_parts_that_are_agreed_no_more_stay_in_the_house(scene):
    scene.send_and(lambda: actions.change_subscriber(scene.subscriber, parts=["course"], **scene.by))
    (_, first), *rest = scene.server.received
    assert "evidence" in json.loads(first)["data"]["record"]
    assert len(rest) == NUMBER - 1
    for _headers, body in rest:
        assert not {"evidence", "assessment", "learning"} & json.loads(body)["data"]["record"].keys()


def test_another_address_is_used_at_once(scene):
    with serving(Naughty(answer(200))) as other:
        scene.send_and(lambda: actions.change_subscriber(scene.subscriber, endpoint=other.url, **scene.by))
        assert (len(scene.server.received), len(other.received)) == (1, NUMBER - 1)


def test_secrets_changed_twice_under_way(scene):
    """The first secret has ended after the second change: nothing more is signed with it."""
    made = []
    scene.send_and(lambda: made.extend(actions.rotate_secret(scene.subscriber, **scene.by) for _ in range(2)))
    assert len(scene.server.received) == NUMBER
    for number, (headers, body) in enumerate(scene.server.received):
        moment = int(headers["webhook-timestamp"])
        given = headers["webhook-signature"].split()

        def signed(secret, headers=headers, body=body, moment=moment):
            when = datetime.fromtimestamp(moment, UTC)
            return Webhook(secret).sign(headers["webhook-id"], when, body.decode())

        assert (signed(scene.secret) in given) == (number == 0)
        assert (signed(made[-1]) in given) == (number > 0)
