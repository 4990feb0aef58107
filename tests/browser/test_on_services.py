"""The journeys once more, on PostgreSQL and Redis."""

import os
import uuid
from collections.abc import Iterator

import psycopg
import pytest

from tests.browser.conftest import Running, running
from tests.browser.test_journeys import (
    test_a_class_with_a_trainer_and_a_learner,
    test_a_lesson_from_the_first_page_to_finished,
    test_a_quiz_is_answered_with_and_without_scripts,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.services,
    pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="the other run has these on SQLite"),
]
__all__ = [
    "test_a_class_with_a_trainer_and_a_learner",
    "test_a_lesson_from_the_first_page_to_finished",
    "test_a_quiz_is_answered_with_and_without_scripts",
]


@pytest.fixture(scope="session")
def product(tmp_path_factory) -> Iterator[Running]:
    """`./run` with a database and a Redis number of its own: it migrates and loads the demo first."""
    server, _, _name = os.environ["DATABASE_URL"].rpartition("/")
    name = f"ponte_browser_{uuid.uuid4().hex[:12]}"
    redis, _, _number = os.environ["REDIS_URL"].rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            services = {"DATABASE_URL": f"{server}/{name}", "REDIS_URL": f"{redis}/14"}
            with running(tmp_path_factory.mktemp("services") / "data", services) as product:
                yield product
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
