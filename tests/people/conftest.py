import re

import pytest
from django.core.cache import cache

from lms.people.sms import MemoryBackend


@pytest.fixture(autouse=True)
def _quiet_limits():
    """Each test starts with unused rate limits and an empty box of messages."""
    cache.clear()
    MemoryBackend.outbox.clear()


@pytest.fixture
def sms():
    """The text messages sent so far: (number, text)."""
    return MemoryBackend.outbox


@pytest.fixture
def code_in():
    """The six digits in a text."""
    return lambda text: re.search(r"\d{6}", text)[0]
