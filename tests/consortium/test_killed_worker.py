"""A worker killed with -9 while the receiver is thinking: nothing is lost and nothing counts twice."""

import json
import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from lms.audit.queries import entries_about
from lms.consortium import actions, rules
from lms.consortium.models import Delivery
from tests.competencies import build as records
from tests.consortium import build
from tests.consortium.servers import Naughty, answer, hang, serving

ROOT = Path(__file__).resolve().parents[2]


def worker(*arguments: str) -> subprocess.Popen:
    """A second process on the very database of this test."""
    settings = connection.settings_dict
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.consortium.worker_settings"}
    place = {name: str(settings[name]) for name in ("ENGINE", "NAME", "HOST", "PORT", "USER", "PASSWORD")}
    environment["WORKER_DATABASE"] = json.dumps(place)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.consortium.worker", *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.services
def test_killed_in_mid_delivery(committed_world, private_endpoints):
    world = committed_world
    release = threading.Event()
    with serving(Naughty(hang(release), answer(200))) as receiver:
        build.subscriber(world.here, receiver.url)
        record = records.award(world.here)
        process = worker()
        try:
            for _ in range(600):
                if receiver.received:
                    break
                assert process.poll() is None, process.stderr.read()
                release.wait(0.1)
            assert receiver.received, "the worker never came"
            process.kill()
            process.wait(30)
        finally:
            process.kill()
            process.communicate()
            release.set()
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts) == ("in_flight", 1)
        now = timezone.now()
        assert actions.deliver_pending(at=now).delivered == 0, "its lease still holds"
        done = actions.deliver_pending(at=now + rules.LEASE + timedelta(seconds=1))
        assert done.delivered == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("delivered", 2)
    assert [each.outcome for each in delivery.tries.all()] == ["interrupted", "delivered"]
    assert receiver.ids == [str(record.uuid)] * 2, "the receiver knows the second by its id"
    assert entries_about(record.person).filter(verb="read.competency_record").count() == 1
