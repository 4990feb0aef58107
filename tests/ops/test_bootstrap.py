"""scripts/bootstrap.sh: from a bare shell to an environment, or one clear sentence."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "dirname", "cksum", "cat", "mkdir", "rm", "ln", "grep", "tail", "ls", "sort", "env")


@pytest.fixture
def bare(tmp_path):
    """A folder with only the scripts and the locks, and a PATH with a shell and nothing of Python."""
    project = tmp_path / "project"
    (project / "scripts").mkdir(parents=True)
    for name in ("run", "requirements.lock", "requirements-dev.lock", "scripts/bootstrap.sh"):
        shutil.copy(ROOT / name, project / name)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name))
    return project


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def run(project, **environment):
    """./run's answer and its standard error."""
    done = subprocess.run(
        ["./run"],
        cwd=project,
        env={"PATH": str(project.parent / "bin"), "HOME": str(project.parent), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    return done.stderr


def fake_uv(project, *, venv="mkdir -p .venv/bin; ln -sf $PYTHON .venv/bin/python", sync="exit 0"):
    program(
        project / ".tools/bin/uv",
        f'case "$1" in --version) exit 0;; venv) {venv};; pip) {sync};; esac',
    )


GOOD = str(ROOT / ".venv" / "bin" / "python")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("error: dns error: failed to lookup", "The package registry cannot be reached: check the network"),
        ("error: client error (Connect): connection refused", "The package registry cannot be reached"),
        ("error: No space left on device (os error 28)", "The disk is full: free some space"),
        ("error: Hash mismatch for django", "A package that arrived is not the one the lock asks for"),
    ],
)
def test_what_goes_wrong_while_installing_is_one_sentence(bare, said, sentence):
    fake_uv(bare, sync=f"echo '{said}' >&2; exit 2")
    lines = run(bare, PYTHON=GOOD).strip().splitlines()
    assert lines[-1].startswith(sentence)
    assert not (bare / ".venv/.ponte-lock").exists()


def test_an_old_python_that_cannot_be_replaced_is_one_sentence(bare):
    program(bare.parent / "bin/python3", 'case "$1" in -V) echo Python 3.9.2;; -c) exit 1;; esac')
    fake_uv(bare, venv="echo 'error: dns error' >&2; exit 2")
    last = run(bare).strip().splitlines()[-1]
    assert last.startswith("Ponte needs Python 3.12, 3.13 or 3.14; this machine has Python 3.9.2")


def test_a_registry_out_of_reach_when_uv_is_missing_is_one_sentence(bare):
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "0",
        "PIP_CONFIG_FILE": os.devnull,
    }
    last = run(bare, PYTHON=GOOD, **nowhere).strip().splitlines()[-1]
    assert last.startswith(("The package registry cannot be reached", "uv could not be installed"))


def test_a_broken_shim_is_passed_over(bare):
    program(bare.parent / "bin/python3.13", "echo pyenv: no such version >&2; exit 127")
    fake_uv(bare, sync="echo reached >&2; exit 2")
    assert "The Python packages could not be installed" in run(bare, PYTHON=GOOD)


def test_half_an_environment_is_made_anew(bare):
    """Killed while installing: there is an environment and no mark that it was finished."""
    (bare / ".venv").mkdir()
    (bare / ".venv/half").write_text("")
    fake_uv(bare, sync="echo dns error >&2; exit 2")
    run(bare, PYTHON=GOOD)
    assert not (bare / ".venv/half").exists()


def test_the_development_environment_serves_run_too(bare):
    script = (
        "set -eu; . scripts/bootstrap.sh; sync requirements-dev.lock; : >called; "
        "rm called; sync requirements.lock; ls called 2>/dev/null || true"
    )
    fake_uv(bare, sync=": >called")
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=bare,
        env={"PATH": str(bare.parent / "bin"), "HOME": str(bare.parent), "PYTHON": GOOD},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "called" not in done.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_one_sentence(bare):
    bare.chmod(0o555)
    assert "This folder cannot be written to" in run(bare, PYTHON=GOOD)
