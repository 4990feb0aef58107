"""Whatever fails, in whatever order: each record reaches the receiver once, each person's in order, or waits for
somebody with its reason.

Hypothesis draws the story: awards and revocations, what the receiver does to each request, where the worker is killed
or loses its database, new secrets, a stopped agreement, hours that pass. The receiver is a real HTTP server, the clock is
simulated. Then everything heals, and what is parked is sent again by a person.
"""

import json
import threading
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from lms.audit.models import Entry
from lms.competencies import actions as competencies
from lms.consortium import actions, queries, sender
from lms.consortium.models import Attempt, Delivery
from tests import factories as make
from tests.competencies import build as records
from tests.consortium import build
from tests.consortium.faults import STEPS, wrap
from tests.consortium.servers import Naughty, answer, break_off, serving, slam

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_endpoints")]
PEOPLE = 3


class Killed(BaseException):
    """Nothing of ours catches this, as nothing catches a kill -9."""


class Archive(Naughty):
    """An idempotent receiver: verifies, keeps each event once, and then misbehaves as it was told."""

    def __init__(self) -> None:
        super().__init__(behave)
        self.RequestHandlerClass.protocol_version = "HTTP/1.1"
        self.secrets: list[str] = []
        self.kept: dict[str, dict[str, Any]] = {}
        self.faults: list[str] = []
        self.release = threading.Event()

    def keep(self, handler: Any) -> bool:
        """Whether a signature holds; then the event is kept, the first time."""
        head = handler.headers
        moment = datetime.fromtimestamp(int(head["webhook-timestamp"]), UTC)
        given = head["webhook-signature"].split()
        text = handler.body.decode()
        good = [Webhook(secret).sign(head["webhook-id"], moment, text) for secret in self.secrets]
        if not set(good) & set(given):
            return False
        self.kept.setdefault(head["webhook-id"], json.loads(text))
        return True


def behave(handler: Any) -> None:
    """The next fault, or a good answer."""
    server = handler.server
    fault = server.faults.pop(0) if server.faults else "good"
    if fault not in {"500", "429", "slam", "hang"} and not server.keep(handler):
        answer(401)(handler)
    else:
        FAULTS[fault](handler)


def hang(handler: Any) -> None:
    handler.server.release.wait(5)
    handler.close_connection = True


def reply_twice(handler: Any) -> None:
    answer(200)(handler)
    answer(200)(handler)


#: What happens to one request. In the last five the event was kept although the sender may not hear of it.
FAULTS = {
    "500": answer(500),
    "429": answer(429, Retry_After="900"),
    "slam": slam,
    "hang": hang,
    "good": answer(200),
    "kept, then 503": answer(503),
    "kept, then slam": slam,
    "kept, then half an answer": break_off,
    "kept, then twice": reply_twice,
    "kept, then hang": hang,
}


@contextmanager
def failing(step: str, when: str, turn: int, error: BaseException):
    """The worker fails at the `turn`-th time of a step, before it or after it."""

    def hit() -> None:
        raise error

    with pytest.MonkeyPatch.context() as patch:
        wrap(step, when, turn, hit, patch.setattr)
        yield


@dataclass
class Story:
    """One network, one subscriber, one receiver, and a clock that only moves forward."""

    world: Any
    archive: Archive
    subscriber: Any
    now: datetime
    enrolments: list[Any]
    newest_secret: str
    written: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def award(self, who: int) -> None:
        standing = self.standing(who)
        if standing is None:
            made = records.award(self.world.here, person=self.enrolments[who], at=self.now)
            self.written[who].append(made)

    def revoke(self, who: int) -> None:
        standing = self.standing(who)
        if standing is not None:
            trainer = self.world.here.trainer
            made = competencies.revoke(standing, reason="mistake", by=trainer, at=self.now)
            self.written[who].append(made)

    def standing(self, who: int) -> Any:
        last = self.written[who][-1] if self.written[who] else None
        return last if last is not None and last.event == "awarded" else None

    def work(self, faults: list[str]) -> None:
        self.archive.faults = list(faults)
        before = len(self.archive.received)
        actions.deliver_pending(at=self.now)
        self.subscriber.refresh_from_db()
        if not self.subscriber.active:
            assert len(self.archive.received) == before, "nothing leaves without an agreement"

    def die(self, step: str, when: str, turn: int, database: bool, faults: list[str]) -> None:
        error = OperationalError("the server is gone") if database else Killed()
        with failing(step, when, turn, error):
            try:
                with (
                    transaction.atomic()
                ):  # what was not committed inside is rolled back by its own savepoint
                    outcome = None
                    try:
                        self.work(faults)
                    except (Killed, OperationalError) as caught:
                        outcome = caught
            finally:
                self.archive.faults = []
        assert outcome in (None, error)

    def rotate(self) -> None:
        by = self.world.here.administrator
        self.newest_secret = actions.rotate_secret(self.subscriber, by=by, at=self.now)

    def tell_receiver(self) -> None:
        self.archive.secrets = [self.newest_secret]

    def switch(self, active: bool) -> None:
        actions.set_active(self.subscriber, active, by=self.world.here.administrator, at=self.now)

    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def heal(self) -> None:
        """The receiver is well, knows the newest secret, the agreement holds; days pass, and a person looks."""
        self.archive.release.set()
        self.switch(True)
        self.tell_receiver()
        for _ in range(4):
            self.wait(25 * 60)
            self.work([])
        for parked in Delivery.objects.filter(state="needs_person"):
            assert queries.problem_sentence(parked.last_status, parked.last_problem)
            actions.resend(parked, by=self.world.here.consortium_coordinator, at=self.now)
        for _ in range(4):
            self.wait(25 * 60)
            self.work([])

    def check(self) -> None:
        everything = {str(each.uuid) for made in self.written.values() for each in made}
        assert self.archive.kept.keys() == everything, "each record once"
        for made in self.written.values():
            ids = [str(each.uuid) for each in made]
            assert [key for key in self.archive.kept if key in ids] == ids, "each person's in order"
        assert set(Delivery.objects.values_list("state", flat=True)) <= {"delivered"}
        assert not Attempt.objects.filter(ended_at__isnull=True).exists(), "no try is left open"
        told = Entry.objects.filter(verb="read.competency_record").values_list("target", flat=True)
        assert len(told) == len(set(told)) == len(everything), "each person reads it once"
        for each in Delivery.objects.all():
            assert each.attempts == each.tries.count()


who = st.integers(0, PEOPLE - 1)
faults = st.lists(st.sampled_from(sorted(FAULTS)), max_size=6)
step = st.one_of(
    st.tuples(st.just("award"), who),
    st.tuples(st.just("award"), who),
    st.tuples(st.just("revoke"), who),
    st.tuples(st.just("work"), faults),
    st.tuples(st.just("work"), st.just(["500"] * 6)),
    st.tuples(
        st.just("die"),
        st.sampled_from(sorted(STEPS)),
        st.sampled_from(["before", "after"]),
        st.integers(1, 3),
        st.booleans(),
        faults,
    ),
    st.tuples(st.just("rotate")),
    st.tuples(st.just("tell_receiver")),
    st.tuples(st.just("switch"), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([1, 3, 61, 12 * 60])),
)
stories = st.lists(step, min_size=4, max_size=14)


def run(world: Any, told: list[tuple[Any, ...]]) -> None:
    """Tell one story to its end. Nothing of it stays in the database."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sender, "DEADLINE_SECONDS", 0.3)
        patch.setattr(sender, "WATCHDOG_SECONDS", 0.05)
        archive = stack.enter_context(serving(Archive()))
        stack.callback(archive.release.set)
        stack.enter_context(transaction.atomic())
        stack.callback(transaction.set_rollback, True)
        now = timezone.now()
        subscriber, secret = build.subscriber(world.here, archive.url, at=now)
        archive.secrets = [secret]
        enrolments = [make.enrolment(make.person(f"P{n}"), world.here.edition) for n in range(PEOPLE)]
        story = Story(world, archive, subscriber, now, enrolments, secret)
        for name, *arguments in told:
            getattr(story, name)(*arguments)
        story.heal()
        story.check()


#: Shrinking a story takes minutes: its seed is printed, and the slow test shrinks.
QUICK = [Phase.explicit, Phase.reuse, Phase.generate]


@settings(max_examples=10, phases=QUICK, suppress_health_check=list(HealthCheck))
@given(told=stories)
def test_any_story_ends_well(world, told):
    run(world, told)


@pytest.mark.slow
@settings(max_examples=250, suppress_health_check=list(HealthCheck))
@given(told=stories)
def test_many_stories_end_well(world, told):
    run(world, told)


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("where", sorted(STEPS))
def test_a_worker_that_dies_at_each_step(world, where, when):
    awards = [("award", who) for who in range(PEOPLE)]
    dying = [("die", where, when, turn, False, ["500"] if where == "give back" else []) for turn in (1, 2)]
    run(world, [*awards, ("revoke", 0), dying[0], ("wait", 3), dying[1], ("wait", 3), ("work", [])])


def test_an_hour_of_silence_and_a_stopped_agreement(world):
    awards = [("award", who) for who in range(PEOPLE)]
    down = [("work", ["500"] * 6), ("wait", 3)] * 20
    run(world, [*awards, *down, ("revoke", 0), ("switch", False), ("work", []), ("rotate",), ("wait", 61)])
