"""The benchmark of the register runs from beginning to end, small: its figures are for a machine that rests."""

import json
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from scripts.family import python
from scripts.services import find_services


@pytest.mark.slow
def test_the_benchmark_of_the_register_runs(tmp_path):
    services, missing = find_services()
    if services is None:
        pytest.skip(" ".join(missing))
    file = tmp_path / "register.json"
    command = python("benchmarks.register", "--json", str(file), "--quick")
    done = subprocess.run(command, cwd=Path(settings.BASE_DIR), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    measured = {row["name"]: row for row in json.loads(file.read_text())}
    assert measured["connection events"]["value"] == 4000
    assert measured["pages closed"]["value"] == 40
    assert measured["register page of a class of 100: queries"]["ok"]
    assert all(row["value"] >= 0 for row in measured.values())
