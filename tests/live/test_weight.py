"""What a cheap phone has to fetch before it is in class."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings

BUILT = Path(settings.BASE_DIR) / "static" / "dist" / "classroom.js"


@pytest.mark.skipif(not BUILT.exists(), reason="the scripts were not built")
def test_the_script_of_the_classroom_is_light():
    """At most 60 kB, compressed as it is served, before any voice or picture."""
    assert len(gzip.compress(BUILT.read_bytes(), 9)) <= 60 * 1024
