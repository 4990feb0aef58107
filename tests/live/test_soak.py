"""The soak, run short: nothing leaks, and what browsers were told is what the database holds."""

import json
import os
import subprocess
import sys

import pytest

from tests.site import ROOT


@pytest.mark.slow
@pytest.mark.alone
def test_a_minute_of_coming_and_going_leaves_nothing_behind(tmp_path):
    file = tmp_path / "soak.json"
    # Not the settings of this run: the soak has a site of its own.
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "benchmarks/soak.py", "--json", str(file), "--seconds", "60", "--people", "60"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(row["ok"] is not False for row in json.loads(file.read_text()))
