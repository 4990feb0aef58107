"""What every test may ask for. `world` always holds two of everything, so that the *other* agency exists."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, settings

from tests import factories as make
from tests import prepared

# A busy machine is not a fault of the code: no test of ours fails for time.
settings.register_profile("ponte", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ponte")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
IN_CI = os.environ.get("CI") == "true"


def pytest_collection_modifyitems(items):
    """Without the data folder its tests are skipped with that reason; CI always has it."""
    for item in items:
        if item.get_closest_marker("shared_data") and not SHARED_DATA.is_dir() and not IN_CI:
            item.add_marker(pytest.mark.skip(reason="the shared data folder is not beside this checkout"))


def pytest_collection_finish(session):
    """A group that xdist does not see is no group: each process would start its own product and browsers."""
    if getattr(session.config.option, "loadgroup", False):
        lost = [
            each
            for each in session.items
            if each.get_closest_marker("xdist_group") and "@" not in each.nodeid
        ]
        assert not lost, f"these belong to a group and run anywhere: {lost}"


@pytest.fixture(autouse=True)
def fresh_cache():
    """What one test cached under the id of a row, the next may give to another row."""
    from django.contrib.contenttypes.models import ContentType
    from django.core.cache import cache

    cache.clear()
    ContentType.objects.clear_cache()


@pytest.fixture
def on_the_day() -> Iterator[None]:
    """The clock of this process stands at the day of the factories, whose editions end: pages ask what day it is."""
    with time_machine.travel(make.NOW, tick=True):
        yield


@pytest.fixture
def shared_data() -> Path:
    """The folder of data that nobody in this project wrote."""
    return SHARED_DATA


@pytest.fixture(scope="session", autouse=True)
def tables_can_be_emptied():
    """Between tests that commit, Django empties the tables, which the fences refuse: DELETE on SQLite, TRUNCATE on
    PostgreSQL."""
    from django.db.backends.base.operations import BaseDatabaseOperations

    from lms.attendance import fences
    from lms.audit.fences import FENCES as AUDIT
    from lms.competencies.fences import FENCES as RECORDS

    flush = BaseDatabaseOperations.execute_sql_flush

    def unfenced_flush(self, sql_list):
        with ExitStack() as stack:
            for each in (fences, AUDIT, RECORDS):
                stack.enter_context(each.lifted(self.connection))
            flush(self, sql_list)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", unfenced_flush)
        yield


@dataclass
class Body:
    """One network with its people: one person per role, one course run, one class."""

    consortium: Any
    cpi: Any
    employment_agency: Any
    training_body: Any
    people: dict[str, Any] = field(default_factory=dict)
    course: Any = None
    edition: Any = None
    session: Any = None
    enrolment: Any = None

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass
class World:
    """`world.here` and `world.there`: two networks that must never see each other's people."""

    here: Body
    there: Body


#: role → which agency of the network it belongs to
PLACES = {
    "beneficiary": "consortium",
    "trainer": "training_body",
    "tutor": "training_body",
    "training_director": "training_body",
    "social_worker": "consortium",
    "cpi_operator": "cpi",
    "agency_operator": "employment_agency",
    "consortium_coordinator": "consortium",
    "inspector": "training_body",
    "administrator": "training_body",
    "data_protection_officer": "consortium",
}


def course_of(mark: str) -> Any:
    """The course of one network: committed before the tests, made here where they emptied the tables."""
    slug = f"corso-{mark.lower()}"
    return make.found_course(slug) or make.course(f"Corso {mark}", slug=slug, code=f"CORSO-{mark.upper()}")


@pytest.fixture(scope="session")
def django_db_createdb(request) -> bool:
    """Never migrated here: a database is a copy of one that is (tests/prepared.py), with --create-db a fresh copy."""
    return False


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request, django_db_modify_db_settings_parallel_suffix):
    from django.db import connection

    prepared.give_test_database(connection.settings_dict, anew=request.config.getoption("create_db"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The two courses are written once: their pages are nine tenths of the time that a world takes."""
    with django_db_blocker.unblock():
        for mark in ("Qui", "La"):
            course_of(mark)


def build_body(mark: str) -> Body:
    body = Body(
        consortium=make.agency(f"Consorzio {mark}", "consortium"),
        cpi=make.agency(f"CPI {mark}", "cpi"),
        employment_agency=make.agency(f"Agenzia per il lavoro {mark}", "employment_agency"),
        training_body=make.agency(f"Ente di formazione {mark}", "training_body"),
    )
    for agency in (body.cpi, body.employment_agency, body.training_body):
        agency.consortium = body.consortium
        agency.save()
    for role, place in PLACES.items():
        body.people[role] = make.person(
            first_name=role.replace("_", " ").title(),
            last_name=mark,
            username=f"{role}_{mark.lower()}",
            role=role,
            agency=getattr(body, place),
        )
    # Somebody in the network's care whom no professional follows and who is in no course.
    body.people["stranger"] = make.person(
        "Sconosciuta", mark, username=f"stranger_{mark.lower()}", role="beneficiary", agency=body.consortium
    )
    for role in ("social_worker", "cpi_operator", "agency_operator"):
        make.case(body.people[role], body.people["beneficiary"], getattr(body, PLACES[role]))
    body.course = course_of(mark)
    body.edition = make.edition(body.course, body.training_body, code=f"ED-{mark.upper()}")
    make.staff(body.edition, body.people["trainer"], "trainer")
    make.staff(body.edition, body.people["tutor"], "tutor")
    make.staff(body.edition, body.people["training_director"], "director")
    make.staff(body.edition, body.people["inspector"], "inspector")
    body.enrolment = make.enrolment(body.people["beneficiary"], body.edition, by=body.people["social_worker"])
    body.session = make.session(body.edition, body.people["trainer"])
    return body


@pytest.fixture
def world(db) -> World:
    """Two networks, always."""
    return World(here=build_body("Qui"), there=build_body("La"))


@pytest.fixture
def own_database(django_db_setup, django_db_blocker):
    """A copy of the test database for this test alone, where transactions really commit.

    Threads and other processes see what is written, and afterwards the copy is dropped: unlike a transactional
    test, which empties every table, this leaves Wagtail's root page to the tests that come next.
    """
    import sqlite3
    import uuid
    from contextlib import closing

    from django.db import connection, connections

    with django_db_blocker.unblock():
        settings = connection.settings_dict
        original = settings["NAME"]
        copy = f"{original}_{uuid.uuid4().hex[:8]}"

        def on_server(statement: str) -> None:
            with connection._nodb_cursor() as cursor:
                cursor.execute(statement)

        connection.close()
        if connection.vendor == "postgresql":
            on_server(f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')
        else:
            # Not the bare file: another connection may still keep pages in the write-ahead log.
            with closing(sqlite3.connect(original)) as source, closing(sqlite3.connect(copy)) as target:
                source.backup(target)
        settings["NAME"] = copy
        try:
            yield
        finally:
            connections.close_all()
            settings["NAME"] = original
            if connection.vendor == "postgresql":
                on_server(f'DROP DATABASE "{copy}" WITH (FORCE)')
            else:
                for end in ("", "-wal", "-shm"):
                    Path(f"{copy}{end}").unlink(missing_ok=True)


@pytest.fixture
def committed_world(own_database, transactional_db) -> World:
    """The two networks, committed in a database of their own (which is what is emptied afterwards)."""
    return World(here=build_body("Qui"), there=build_body("La"))
