"""A learner at the first page of a course."""

from dataclasses import dataclass
from typing import Any

import pytest
import time_machine

from courses.queries import outline
from tests.factories import NOW


@dataclass
class Learner:
    """One person in one edition, with a browser of their own."""

    client: Any
    person: Any
    edition: Any
    enrolment: Any

    @property
    def items(self):
        return outline(self.edition.course).activities

    def url(self, index: int, *rest: str) -> str:
        return f"/impara/{self.edition.code}/{self.items[index].key}/" + "".join(f"{part}/" for part in rest)

    def get(self, index: int, *rest: str):
        return self.client.get(self.url(index, *rest))

    def post(self, index: int, *rest: str, **data):
        return self.client.post(self.url(index, *rest), data)

    def finish(self, index: int):
        self.get(index)
        return self.post(index, "finito")


@pytest.fixture
def clock():
    """The moment it is; move it with shift()."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def learner(world, clock, client) -> Learner:
    here = world.here
    client.force_login(here.beneficiary)
    return Learner(client, here.beneficiary, here.edition, here.enrolment)
