"""A class that was held, in a records storage of its own."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.core.files.storage import storages

from lms.attendance import actions
from tests import factories as make
from tests.factories import NOW

BOOT = UUID("00000000-0000-4000-8000-00000000b007")


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@pytest.fixture(autouse=True)
def records(settings, tmp_path):
    """Anchors of one test are not found by another."""
    settings.STORAGES = {
        **settings.STORAGES,
        "records": {"BACKEND": "courses.storage.PrivateStorage", "OPTIONS": {"location": str(tmp_path)}},
    }
    storages._storages.pop("records", None)
    yield tmp_path
    storages._storages.pop("records", None)


def attend(session, person, *spans, role="learner", boot_id=BOOT, device="telefono"):
    """Connections of one person: (start, end) in minutes after the planned start."""
    for start, end in spans:
        connection = actions.record_connection(
            person, session, device=device, boot_id=boot_id, role=role, at=session.starts_at + minutes(start)
        )
        actions.close_connection(
            connection.pk,
            reason="left",
            at=session.starts_at + minutes(end),
            last_evidence=session.starts_at + minutes(end),
        )


def hold(body, session=None, *, people=(), start=0, end=120):
    """Hold a class from `start` to `end` minutes; `people` is [(person, (start, end), …)]. Returns its page."""
    session = session or body.session
    actions.start_class(session, by=body.trainer, at=session.starts_at + minutes(start))
    attend(session, body.trainer, (start, end), role="trainer")
    for person, *spans in people:
        attend(session, person, *spans)
    return actions.end_class(session, by=body.trainer, at=session.starts_at + minutes(end))


@pytest.fixture
def pages(world, django_capture_on_commit_callbacks):
    """Three closed pages of one register, with their anchors; the learner attends 60, 61, 62 minutes."""
    body = world.here
    closed = []
    with django_capture_on_commit_callbacks(execute=True):
        for index in range(3):
            session = make.session(
                body.edition,
                body.trainer,
                starts_at=NOW + timedelta(days=index),
                title=f"Lezione {index + 1}",
            )
            page = hold(body, session, people=[(body.beneficiary, (0, 60 + index))])
            closed.append(actions.close_page(page, by=body.trainer, at=session.ends_at + minutes(5)))
    return closed


@pytest.fixture
def clock():
    """The moment it is for pages; move it with shift()."""
    with time_machine.travel(NOW + timedelta(hours=3), tick=False) as traveller:
        yield traveller


@pytest.fixture
def body(world, clock):
    """The learner of this network missed the class; its page is closed."""
    here = world.here
    actions.close_page(hold(here), by=here.trainer, at=NOW + minutes(125))
    return here
