"""Real workers, the reference receiver and a database that commits: whatever ends in the middle of a delivery, each record
is stored once and each person's in order.

The clocks of worker and receiver are moved on together, so that nobody waits for a lease.
"""

import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections
from django.utils import timezone

from benchmarks import fault_services
from examples.receiver import Receiver, Store
from lms.audit.models import Entry
from lms.competencies import actions as competencies
from lms.competencies.credentials import did
from lms.competencies.credentials.reading import read
from lms.competencies.models import CompetencyRecord
from lms.consortium import actions, files, queries, rules
from lms.consortium.models import Attempt, Delivery, NightlyFile
from tests import factories as make
from tests import prepared
from tests.competencies import build as records
from tests.conftest import World, build_body
from tests.consortium import build
from tests.consortium.faults import STEPS
from tests.consortium.servers import serving
from tests.consortium.test_changed_keys import change
from tests.consortium.test_killed_worker import worker

pytestmark = [pytest.mark.slow, pytest.mark.services, pytest.mark.usefixtures("private_endpoints")]
PEOPLE = 3
#: A lease has run out after it, and a failed try may go again.
STEP = rules.LEASE + timedelta(minutes=2)


class Watched(Store):
    """The store of the reference receiver; somebody looks on."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self.arrived: list[str] = []
        self.before_storing = lambda number: None

    def add(self, event_id: str, event: dict) -> bool:
        self.arrived.append(event_id)
        self.before_storing(len(self.arrived))
        return super().add(event_id, event)


class Scene:
    """A network, its subscriber, the receiver, and what was written so far for each person, in order."""

    def __init__(self, world, receiver: Receiver, subscriber, workers) -> None:
        self.world, self.receiver, self.subscriber, self.workers = world, receiver, subscriber, workers
        self.ahead = timedelta()
        self.enrolments = [make.enrolment(make.person(f"P{n}"), world.here.edition) for n in range(PEOPLE)]
        self.written: list[list] = [[] for _ in range(PEOPLE)]

    @property
    def by(self) -> dict:
        return {"by": self.world.here.administrator, "at": timezone.now()}

    def something_happens(self) -> None:
        for enrolment in self.enrolments:
            self.something_happens_to(enrolment)

    def something_happens_to(self, enrolment) -> None:
        """An award for this person, or what revokes it."""
        made, at = self.written[self.enrolments.index(enrolment)], timezone.now()
        if made and made[-1].event == "awarded":
            trainer = self.world.here.trainer
            made.append(competencies.revoke(made[-1], reason="mistake", by=trainer, at=at))
        else:
            made.append(records.award(self.world.here, person=enrolment, at=at))

    def work(self, fault: dict | None = None, calls: int = 1, rest: float = 0) -> tuple[int, str]:
        """One worker process from its start to its end: how it ended and what it said."""
        connections.close_all()  # a database that fails over would end them
        ahead = int(self.ahead.total_seconds())
        job = {"fault": fault, "ahead": ahead, "calls": calls, "rest": rest}
        self.workers.stdin.write(json.dumps(job) + "\n")
        self.workers.stdin.flush()
        said = ""
        while line := self.workers.stdout.readline():
            if line.startswith("{"):
                self.ahead += STEP
                return json.loads(line)["ended"], said
            said += line
        raise AssertionError(self.workers.stderr.read())

    def check(self) -> None:
        """Stored once, in order, told once to each person, and both sides count the same."""
        stored = [event["id"] for event in self.receiver.store.events()]
        everything = [str(each.uuid) for made in self.written for each in made]
        assert sorted(stored) == sorted(everything)
        for made in self.written:
            ids = [str(each.uuid) for each in made]
            assert [event for event in stored if event in ids] == ids
        assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}
        assert not Attempt.objects.filter(ended_at__isnull=True).exists(), "no try is left open"
        told = Entry.objects.filter(verb="read.competency_record").values_list("target", flat=True)
        assert len(told) == len(set(told)) == len(everything)
        before = timezone.now()
        ours = queries.confirmed_before(self.subscriber, before)
        assert self.receiver.store.digest(before.isoformat()) == ours.as_data()


@pytest.fixture
def postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no connections to end")


@pytest.fixture
def scene(committed_world, tmp_path):
    with setting(committed_world, tmp_path) as made:
        yield made


@contextmanager
def setting(world, folder: Path) -> Iterator[Scene]:
    """The receiver serves and the workers are ready."""
    with ExitStack() as stack:
        made: list[Scene] = []
        receiver = Receiver(
            ("127.0.0.1", 0),
            Watched(folder / "records.jsonl"),
            [],
            clock=lambda: time.time() + (made[0].ahead.total_seconds() if made else 0),
        )
        receiver.handle_error = lambda *args: None
        stack.enter_context(serving(receiver))
        subscriber, secret = build.subscriber(world.here, f"http://127.0.0.1:{receiver.server_address[1]}/in")
        receiver.secrets = [secret]
        workers = worker("--jobs")
        stack.callback(workers.communicate, "")
        made.append(Scene(world, receiver, subscriber, workers))
        yield made[0]


@pytest.fixture
def server(postgresql, own_database, transactional_db):
    """A PostgreSQL of this test's own, to be stopped and started; this process uses its database meanwhile."""
    if not fault_services.POSTGRES_BIN:
        pytest.skip("the programs of PostgreSQL are not installed")
    with fault_services.own(fault_services.postgresql) as service:
        settings, address = connection.settings_dict, urlsplit(service.url)
        before = dict(settings)
        connections.close_all()
        settings |= {"HOST": address.hostname, "PORT": address.port, "USER": address.username, "PASSWORD": ""}
        settings["NAME"] = prepared.postgresql_template(service.url)
        try:
            yield service
        finally:
            connections.close_all()
            settings |= before


@contextmanager
def raised_again(service: fault_services.Service, away: float) -> Iterator[list[float]]:
    """Whenever the server goes down it is started again so many seconds later; one entry each time."""
    over, times = threading.Event(), []

    def watch() -> None:
        while not over.wait(0.02):
            if service.process.poll() is not None:
                time.sleep(away)
                service.start()
                times.append(time.monotonic())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield times
    finally:
        over.set()
        watcher.join()


def break_the_first(scene: Scene) -> None:
    """The receiver breaks off once, so that the rest of the batch is given back."""
    first = len(scene.receiver.store.arrived) + 1

    def refuse(number: int) -> None:
        if number == first:
            raise ConnectionAbortedError

    scene.receiver.store.before_storing = refuse


def at_every_step(scene: Scene, kind: str, server: fault_services.Service | None = None, **how: float):
    """Something happens, and the worker meets its fault at the next step, before it or after it."""
    for step in sorted(STEPS):
        for when in ("before", "after"):
            scene.something_happens()
            scene.receiver.store.before_storing = lambda number: None
            if step == "give back":
                break_the_first(scene)
            fault = {"step": step, "when": when, "turn": 1, "kind": kind}
            if server:
                fault["server"] = server.process.pid
            yield step, when, scene.work(fault, **how)
    for _ in range(2):
        ended, said = scene.work()
        assert ended == 0, said


def test_a_worker_killed_at_every_step(scene):
    for step, when, (ended, said) in at_every_step(scene, "kill"):
        assert ended == -signal.SIGKILL, (step, when, said)
    scene.check()
    assert len(scene.receiver.store.arrived) > len(scene.receiver.store.ids), (
        "some came twice, and were kept once"
    )


def test_a_database_that_fails_over_at_every_step(postgresql, scene):
    for step, when, (ended, said) in at_every_step(scene, "database", calls=2):
        assert ended == 0, (step, when, said)
        assert "failed: OperationalError" in said, (step, when, said)
    scene.check()


def test_a_database_that_fails_over_between_receiving_and_writing_it_down(postgresql, scene):
    """The worker goes on by itself: the same process, its next call."""
    scene.something_happens()
    ended, said = scene.work({"step": "post", "when": "after", "turn": 2, "kind": "database"}, calls=2)
    assert ended == 0
    assert "failed: OperationalError" in said
    scene.work()
    scene.check()


def test_a_database_server_that_goes_down_at_every_step(server, tmp_path):
    """Stopped at once, as a crash does, and started again a second later, while the same worker goes on: what was not
    committed is gone, what the receiver has it has."""
    world = World(here=build_body("Qui"), there=build_body("La"))
    with setting(world, tmp_path) as scene, raised_again(server, away=1) as times:
        met = at_every_step(scene, "server", server, calls=60, rest=0.25)
        for happened, (step, when, (ended, said)) in enumerate(met, start=1):
            assert ended == 0, (step, when, said)
            assert "failed: OperationalError" in said, (step, when, said)
            assert said.rstrip().endswith("parked=0)"), "the worker found it again by itself"
            assert len(times) == happened
        scene.check()
    arrived = scene.receiver.store.arrived
    assert len(arrived) > len(set(arrived)), "some came twice, and were kept once"


def test_a_secret_changed_while_a_worker_sends(scene):
    """The receiver learns of the new secret a run later: until then the old one signs beside it."""
    made = []

    def rotate(number: int) -> None:
        if number == 2:
            made.append(actions.rotate_secret(scene.subscriber, **scene.by))
            connections.close_all()

    scene.something_happens()
    scene.receiver.store.before_storing = rotate
    scene.work()
    assert len(made) == 1
    scene.something_happens()
    scene.work()
    scene.receiver.secrets = made
    scene.something_happens()
    scene.work()
    scene.check()


def test_keys_changed_while_a_worker_sends(scene, settings, tmp_path):
    """The keys of certificates and of nightly files, between one delivery and the next; the old ones retired at once."""
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    actions.change_subscriber(scene.subscriber, files=True, **scene.by)
    given = []

    def meanwhile(number: int) -> None:
        """The first record becomes a certificate under the old key, the others under the new; a file under each."""
        record = CompetencyRecord.objects.get(uuid=scene.receiver.store.arrived[-1])
        given.append(competencies.give_out(record, "json", at=timezone.now()))
        actions.make_files(at=timezone.now())
        if number == 1:
            change(did.RING)
            change(files.RING)
            scene.something_happens_to(scene.enrolments[0])  # so that there is another file
            competencies.assign_feed_seq()
        connections.close_all()

    scene.something_happens()
    scene.receiver.store.before_storing = meanwhile
    ended, said = scene.work()
    assert ended == 0, said
    assert len({each.key_id for each in given}) == 2
    known = did.known()
    for each in given:
        assert read(bytes(each.content), known).signature == "ours"
    scene.receiver.store.before_storing = lambda number: None
    scene.work()
    actions.make_files(at=timezone.now())
    made = NightlyFile.objects.order_by("issue__number", "form")
    assert len({each.key_id for each in made}) == 2
    assert all(files.RING.verify(each.key_id, bytes(each.content), bytes(each.signature)) for each in made)
    lines = b"".join(bytes(each.content) for each in made if each.form == "jsonl").splitlines()
    filed = [json.loads(line)["record"]["record_id"].removeprefix("urn:uuid:") for line in lines]
    assert sorted(filed) == sorted(str(each.uuid) for written in scene.written for each in written)
    scene.check()


def test_a_receiver_removed_while_a_worker_sends(scene):
    """Nothing more leaves; what is owed waits, and goes when the receiver is let in again."""

    def remove(number: int) -> None:
        if number == 1:
            actions.set_active(scene.subscriber, False, **scene.by)
            actions.take_client_away(scene.subscriber, **scene.by)
            connections.close_all()
            time.sleep(2.2)  # longer than an agreement is believed

    scene.something_happens()
    scene.receiver.store.before_storing = remove
    ended, said = scene.work()
    assert ended == 0, said
    scene.something_happens()
    scene.work()
    assert len(scene.receiver.store.arrived) == 1
    waiting = Delivery.objects.exclude(state="delivered")
    assert {(each.state, each.attempts) for each in waiting} == {("pending", 0)}
    actions.set_active(scene.subscriber, True, **scene.by)
    for _ in range(2):
        scene.work()
    scene.check()
