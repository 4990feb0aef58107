"""Every check of the project: `./test [--slow] [pytest arguments]`; with --slow only the tests that take minutes.

Ruff, types, templates, import contracts, migrations and the production settings first; then pytest on SQLite and the
in-memory layer; then the tests marked `services` a second time on PostgreSQL and Redis, when they answer. With
CI=true a missing service, browser or data folder is a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import assets, messages, services
from .made_up import production_environment
from .stamps import ROOT

IN_CI = os.environ.get("CI", "").lower() == "true"
BIN = Path(sys.executable).parent
NO_TESTS = 5  # pytest's code when its arguments left nothing to run
ALONE = "and alone"
#: the runs of pytest, by marks; what is marked `alone` has one process
QUICK = ("not slow",)
SLOW = (f"slow {ALONE}", "slow and not alone")
ROOMS = ("cms", "courses", "lms", "live")


RESULTS = os.environ.get("PONTE_RESULTS", "")  # where .ci/run adds the runs up


def say(text: str) -> None:
    print(text, flush=True)


def _run(command: list[str], environment: dict[str, str]) -> tuple[int, str, float]:
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return done.returncode, done.stdout, time.monotonic() - began


def checks(folder: Path) -> list[str]:
    """Runs what needs no test, two at a time. The names of those that failed."""
    plain = os.environ | {"DJANGO_SETTINGS_MODULE": "lms.settings.test"}
    # The made-up environment only: what this shell has set must not decide whether production is safe.
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PONTE_")}
    production = clean | production_environment(folder)
    python = str(BIN / "python")
    todo = {
        "types (mypy)": ([str(BIN / "mypy")], plain),
        # What the tests below copy: as long as the types take, so beside them.
        "databases and demo of the tests": ([python, "-m", "tests.prepared"], plain),
        "ruff": ([str(BIN / "ruff"), "check", "."], plain),
        "ruff format": ([str(BIN / "ruff"), "format", "--check", "."], plain),
        "templates (djlint)": ([str(BIN / "djlint"), "--lint", "--quiet", *ROOMS], plain),
        "import contracts": ([str(BIN / "lint-imports")], plain),
        "migrations": ([python, "manage.py", "makemigrations", "--check", "--dry-run"], plain),
        "production settings": (
            [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            production,
        ),
    }
    failed = []
    with ThreadPoolExecutor(2) as pool:
        running = {name: pool.submit(_run, *work) for name, work in todo.items()}
        for name, future in running.items():
            code, output, seconds = future.result()
            say(f"{'ok    ' if code == 0 else 'FAILED'} {name} ({seconds:.0f} s)")
            if code:
                failed.append(name)
                say(output.rstrip())
            if RESULTS:
                Path(RESULTS, f"{name.replace(' ', '-')}.{'failed' if code else 'passed'}").touch()
    return failed


def _pytest(name: str, which: str, arguments: list[str], environment: dict[str, str]) -> int:
    processes = "1" if which.endswith(ALONE) else os.environ.get("PONTE_TEST_PROCESSES", "2")
    command = [str(BIN / "python"), "-m", "pytest", "-n", processes, "--dist=loadgroup", "-m", which]
    if RESULTS:
        command.append(f"--junitxml={RESULTS}/{name}.xml")
    return subprocess.run([*command, *arguments], cwd=ROOT, env=os.environ | environment).returncode


def on_sqlite(which: str, arguments: list[str]) -> bool:
    code = _pytest(
        f"sqlite-{which.replace(' ', '-')}",
        which,
        arguments,
        {"DATABASE_URL": "", "REDIS_URL": ""},
    )
    return code == 0 or (code == NO_TESTS and _may_be_empty(which, arguments))


def on_services(found: services.Services, which: str, arguments: list[str]) -> bool:
    with services.addresses(found) as environment:
        # Not the reused database of the other run: this one is made and dropped here.
        code = _pytest(
            f"services-{which.replace(' ', '-')}",
            f"services and {which}",
            ["-o", "addopts=--strict-markers -q", *arguments],
            environment,
        )
    return code == 0 or (code == NO_TESTS and (which in SLOW or bool(arguments)))


def _may_be_empty(which: str, arguments: list[str]) -> bool:
    """No test is no success, unless the arguments left some out, or no test of the project is slow."""
    if arguments:
        return True
    return which in SLOW and not any(
        "mark.slow" in file.read_text() for file in (ROOT / "tests").rglob("*.py")
    )


def missing_for_ci(absent_services: list[str]) -> list[str]:
    missing = list(absent_services)
    if not services.browser():
        missing.append("Chromium is not installed (Debian: apt-get install chromium).")
    data = ROOT.parent / "shared" / "data"
    if not data.is_dir():
        missing.append("The data folder ../shared/data is not beside the project.")
    return missing


def main() -> int:
    began = time.monotonic()
    arguments = sys.argv[1:]
    only_slow = "--slow" in arguments
    if only_slow:
        arguments.remove("--slow")
    failed: list[str] = []
    try:
        messages.compile_messages()
        assets.build()
    except assets.AssetsFailed as stop:
        say(str(stop))
        return 1
    if not only_slow:
        with tempfile.TemporaryDirectory() as folder:
            failed += checks(Path(folder))
    found, absent = services.find_services()
    missing = missing_for_ci(absent)
    for sentence in missing:
        say(f"{'FAILED' if IN_CI else 'note  '} {sentence}")
    if IN_CI:
        failed += missing
    for which in SLOW if only_slow else QUICK:
        say(f"\npytest ({which}) on SQLite and the in-memory layer")
        if not on_sqlite(which, arguments):
            failed.append(f"pytest ({which}) on SQLite")
        if found:
            say(f"\npytest ({which}), the tests marked services, on PostgreSQL and Redis")
            if not on_services(found, which, arguments):
                failed.append(f"pytest ({which}) on PostgreSQL and Redis")
    minutes = (time.monotonic() - began) / 60
    say(f"\n{'FAILED: ' + '; '.join(failed) if failed else 'All checks passed'} ({minutes:.1f} min)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
