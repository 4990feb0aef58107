"""Places in the feed: a reader who has seen n has seen everything below n, whatever is still being written."""

import threading

import pytest
from django.db import connection, connections, transaction

from lms.competencies import actions, queries
from lms.competencies.actions import records as writing
from lms.competencies.models import CompetencyRecord, Proposal
from tests import factories as make
from tests.competencies import build
from tests.factories import NOW


def test_places_are_given_in_order_and_once(world):
    records = [build.award(world.here, code) for code in ("1.1", "1.2", "1.3")]
    assert actions.assign_feed_seq() == 3
    assert actions.assign_feed_seq() == 0
    places = [CompetencyRecord.objects.get(pk=record.pk).feed_seq for record in records]
    assert places == [1, 2, 3]


def test_more_than_one_batch(world, monkeypatch):
    monkeypatch.setattr(writing, "_BATCH", 2)
    for number in range(5):
        build.award(world.here, f"1.{number}")
    assert actions.assign_feed_seq() == 5
    assert [record.feed_seq for record in queries.feed_after(0, 10)] == [1, 2, 3, 4, 5]


def test_whoever_wants_to_know_is_told_after_the_commit(
    world, monkeypatch, django_capture_on_commit_callbacks
):
    told = []
    monkeypatch.setattr(
        writing, "after_sequencing", [lambda: told.append(CompetencyRecord.objects.get().feed_seq)]
    )
    with django_capture_on_commit_callbacks(execute=True):
        build.award(world.here)
        assert told == []
    assert told == [1]


class Another(threading.Thread):
    """Runs something on a connection of its own and keeps what went wrong."""

    def __init__(self, work) -> None:
        super().__init__(daemon=True)
        self.work, self.error = work, None

    def run(self) -> None:
        try:
            self.work()
        except BaseException as error:
            self.error = error
        finally:
            connections.close_all()

    def end(self) -> None:
        self.join(30)
        assert not self.is_alive()
        if self.error:
            raise self.error


@pytest.fixture
def two_learners(committed_world):
    """Two enrolments in one network, committed, so that other connections see them."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: nothing can commit while another transaction is open")
    world = committed_world
    build.goal(world.here.course)
    other = make.enrolment(world.here.stranger, world.here.edition)
    return world, world.here.enrolment, other


@pytest.mark.services
def test_a_transaction_held_open_is_not_missed(two_learners):
    """The first to write is the last to commit: its row has the lower id, and yet no reader jumps over it."""
    world, slow_one, quick_one = two_learners
    written, release = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            build.award(world.here, person=slow_one)
            written.set()
            assert release.wait(30)

    thread = Another(slow)
    thread.start()
    assert written.wait(30)
    quick = build.award(world.here, person=quick_one)  # commits at once, and is sequenced
    first_page = queries.feed_after(0, 10)
    cursor = first_page[-1].feed_seq
    assert [record.pk for record in first_page] == [quick.pk]
    release.set()
    thread.end()
    (second,) = queries.feed_after(cursor, 10)
    assert second.pk < quick.pk, "written first"
    assert second.feed_seq > cursor, "and read all the same"


@pytest.mark.services
def test_many_sequencers_at_once_give_each_place_once(two_learners, monkeypatch):
    world, *_ = two_learners
    monkeypatch.setattr(writing, "_BATCH", 4)
    monkeypatch.setattr(writing, "sequence_and_tell", lambda: None)
    for _ in range(30):
        build.award(world.here, person=make.enrolment(make.person("Altra"), world.here.edition))
    threads = [Another(actions.assign_feed_seq) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.end()
    places = sorted(CompetencyRecord.objects.values_list("feed_seq", flat=True))
    assert places == list(range(1, 31))


@pytest.mark.services
def test_a_goal_proposed_and_awarded_many_times_at_once_is_one_proposal_and_one_record(two_learners):
    world, one, _ = two_learners
    aimed = world.here.course.goals.get()
    what = {"level": aimed.level, "evidence": build.ENOUGH, "at": NOW}

    def at_once(act, by) -> None:
        threads = [Another(lambda: act(one, aimed.competency, by=by, **what)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.end()

    at_once(actions.propose, world.here.trainer)
    assert Proposal.objects.count() == 1
    at_once(actions.award, world.here.training_director)
    assert CompetencyRecord.objects.count() == 1
