"""Every fault on real processes: nobody's attendance is over-counted, and each bound holds (benchmarks/faults.py)."""

import json
import os
import subprocess
import sys

import pytest

from benchmarks.fault_names import DATABASE_LOST, DEVICES, KILLED, POSTGRES, RESTARTED, SQLITE, TABLE
from tests.site import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.xdist_group("real server")]
#: where besides its first place a fault is tried in every run
MORE = {
    KILLED: [("daphne", POSTGRES)],
    RESTARTED: [("uvicorn", SQLITE)],
}
CLIENTS = 200
PEOPLE = {DEVICES: 70}  # each with three devices
AWAY = {DATABASE_LOST: 60}  # seconds


@pytest.mark.parametrize(
    ("fault", "server", "store"),
    [(name, *place) for name, places in TABLE.items() for place in [places[0], *MORE.get(name, [])]],
)
def test_a_fault_costs_nobody_more_than_its_bound(tmp_path, fault, server, store):
    from benchmarks import fault_services

    if store == POSTGRES and (lacking := fault_services.missing()):
        assert os.environ.get("CI") != "true", lacking
        pytest.skip(f"not installed: {', '.join(lacking)}")
    file = tmp_path / "row.json"
    # Not the settings of this run: the fault has a site of its own.
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "benchmarks/faults.py", "--json", str(file), "--one", fault]
    command += ["--server", server, "--store", store, "--clients", str(PEOPLE.get(fault, CLIENTS))]
    command += ["--away", str(AWAY.get(fault, 8))]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    row = json.loads(file.read_text())
    assert row["ok"], row
    assert row["over"] == 0
    assert row["under"] <= row["bound"]
