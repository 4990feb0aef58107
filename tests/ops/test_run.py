"""./run: what it refuses in one sentence, and how it starts, restarts and ends."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from scripts import assets
from scripts.run import options_of
from scripts.sentences import Stop, check_data_folder, of_error

ROOT = Path(__file__).resolve().parents[2]
CLEAN = {
    key: value
    for key, value in os.environ.items()
    if not key.startswith(("PONTE_", "DJANGO_", "PYTEST_")) and key not in {"DATABASE_URL", "REDIS_URL"}
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Run:
    """One ./run, with what it printed."""

    def __init__(self, *arguments, data, output, **environment):
        self.port = free_port()
        self.output = output
        command = [
            sys.executable,
            "-m",
            "scripts.run",
            "--no-demo",
            "--data",
            str(data),
            "--port",
            str(self.port),
        ]
        self.began = time.monotonic()
        with output.open("w") as file:
            self.process = subprocess.Popen(
                [*command, *arguments],
                cwd=ROOT,
                env=CLEAN | environment,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def text(self):
        return self.output.read_text()

    def wait_for(self, words, seconds=240):
        deadline = time.monotonic() + seconds
        while words not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < deadline, self.text
            time.sleep(0.05)
        return time.monotonic() - self.began

    def get(self, path):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return answer.status, answer.headers, answer.read()

    def get_any(self, path):
        """The body, whatever the status."""
        try:
            return self.get(path)[2]
        except urllib.error.HTTPError as answer:
            return answer.read()

    def children(self):
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True)
        return [int(pid) for pid in found.stdout.split()]

    def end(self, number=signal.SIGINT):
        if self.process.poll() is None:
            os.kill(self.process.pid, number)
        return self.process.wait(30)


def gone(pids, seconds=15):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.05)
    return False


def refusal(*arguments, **environment):
    """What ./run prints when it refuses to start."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.run", *arguments],
        cwd=ROOT,
        env=CLEAN | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def test_a_busy_port_is_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refusal("--port", str(port), "--data", str(tmp_path))
    assert said == f"Port {port} is in use: stop the program that has it, or choose another with --port."


def test_a_foreign_host_is_one_sentence(tmp_path):
    said = refusal("--host", "192.0.2.1", "--port", str(free_port()), "--data", str(tmp_path))
    assert said == "192.0.2.1 is not an address of this machine: use --host 127.0.0.1 or --host 0.0.0.0."


def test_more_workers_need_redis(tmp_path):
    said = refusal("--workers", "2", "--data", str(tmp_path))
    assert said.startswith("More than one worker needs Redis")
    assert "\n" not in said


@pytest.mark.parametrize("arguments", [["--port", "0"], ["--workers", "0"]])
def test_a_senseless_number_is_one_sentence(arguments):
    with pytest.raises(Stop, match="is a number from"):
        options_of(arguments)


def test_a_second_run_on_the_same_data_is_one_sentence(tmp_path):
    import fcntl

    with (tmp_path / "run.lock").open("w") as lock:
        lock.write("4711")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = refusal("--data", str(tmp_path), "--port", str(free_port()))
    assert said.startswith(f"Ponte already runs on {tmp_path} (process 4711)")


def test_a_data_folder_that_is_a_file_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    said = refusal("--data", str(tmp_path / "file" / "data"))
    assert "\n" not in said
    assert str(tmp_path) in said


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare to mount a small disk")
def test_a_full_disk_is_one_sentence(tmp_path):
    """A real file system of one megabyte, filled."""
    inside = (
        f"mount -t tmpfs -o size=1m none {tmp_path} && dd if=/dev/zero of={tmp_path}/fill bs=64k 2>/dev/null; "
        f"exec {sys.executable} -m scripts.run --data {tmp_path}/data --port {free_port()}"
    )
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", inside],
        cwd=ROOT,
        env=CLEAN,
        capture_output=True,
        text=True,
        timeout=60,
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("this machine lets nobody mount")
    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"The disk that holds {tmp_path}/data is full: free some space (about 500 MB) and start again."
    )


def test_little_room_is_said_before_the_work(tmp_path):
    with pytest.raises(Stop, match="is full"):
        check_data_folder(tmp_path, needed_mb=10**9)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device"), "is full"),
        (OSError(13, "Permission denied"), "cannot be written to"),
        (Exception("database or disk is full"), "is full"),
        (Exception("database is locked"), "Another program holds the database"),
    ],
)
def test_errors_of_the_machine_become_sentences(error, words):
    assert words in of_error(error, Path("/data"))


def test_an_error_of_ours_keeps_its_traceback():
    assert of_error(ValueError("a bug"), Path("/data")) is None


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ("npm error code ENOTFOUND", "The npm registry cannot be reached"),
        ("npm error ENOSPC: no space left on device", "The disk is full"),
        ("npm error EINTEGRITY", "npm could not install the packages"),
    ],
)
def test_npm_failing_is_one_sentence(monkeypatch, tmp_path, says, words):
    npm = tmp_path / "npm"
    npm.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setattr(assets, "MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(assets, "_node", lambda: (str(npm), [str(npm)]))
    with pytest.raises(assets.AssetsFailed, match=words):
        assets.install_packages()


def test_node_failing_says_what_it_said(monkeypatch, tmp_path):
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho 'Unexpected }' >&2\nexit 1\n")
    node.chmod(0o755)
    monkeypatch.setattr(assets, "install_packages", lambda: None)
    monkeypatch.setattr(assets, "_node", lambda: (str(node), []))
    with pytest.raises(assets.AssetsFailed, match=r"Node could not build the look of the site: Unexpected }"):
        assets.build(force=True)


def test_a_database_that_does_not_answer_is_one_sentence(tmp_path):
    said = refusal(
        "--data",
        str(tmp_path),
        "--port",
        str(free_port()),
        DATABASE_URL=f"postgres://postgres@127.0.0.1:{free_port()}/none",
    )
    assert said.startswith("The database of DATABASE_URL does not answer")


# ---- whole lives: each start of Django costs seconds --------------------------------------------------------
@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def start(data, tmp_path):
    """Starts ./run on the shared data folder; whatever a failing test leaves running is ended."""
    runs = []

    def start(*arguments, **environment):
        runs.append(Run(*arguments, data=data, output=tmp_path / str(len(runs)), **environment))
        return runs[-1]

    yield start
    for run in runs:
        run.end()


@pytest.mark.slow
class TestLife:
    def test_killed_in_the_middle_of_setting_up_it_recovers(self, start, tmp_path):
        for moment in (1, 3, 8):
            first = start("--data", str(tmp_path / "own"))
            first.wait_for("· Database")
            time.sleep(moment)
            children = first.children()
            first.end(signal.SIGKILL)
            assert gone(children)
        second = start("--data", str(tmp_path / "own"))
        second.wait_for("ready in")
        assert second.get("/healthz")[0] == 200
        second.end()

    def test_a_second_start_does_nothing_twice(self, start):
        before = start()
        before.wait_for("ready in")
        before.end()
        run = start()
        run.wait_for("ready in")
        assert "·" not in run.text
        run.end()

    def test_pages_are_compressed_static_files_are_kept_and_the_worker_lives(self, start):
        run = start()
        run.wait_for("ready in")
        page = run.get("/accedi/")[2].decode()
        sheet = re.search(r"/static/ponte\.[0-9a-f]{12}\.css", page)
        assert sheet, page[:2000]
        assert "immutable" in run.get(sheet[0])[1]["Cache-Control"]
        for _ in range(100):
            if b'"worker": "ok"' in run.get_any("/readyz"):
                break
            time.sleep(0.3)
        else:
            pytest.fail("the worker gives no sign of life")
        run.end()

    def test_ctrl_c_ends_everything(self, start):
        run = start()
        run.wait_for("ready in")
        children = run.children()
        assert len(children) >= 2
        assert run.end(signal.SIGINT) == 0
        assert gone(children)

    def test_killing_it_ends_everything_and_frees_the_port(self, start):
        run = start()
        run.wait_for("ready in")
        children = run.children()
        run.end(signal.SIGKILL)
        assert gone(children)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", run.port))

    def test_a_server_that_dies_is_started_again(self, start):
        run = start()
        run.wait_for("ready in")
        os.kill(run.children()[0], signal.SIGKILL)
        run.wait_for("is started again")
        for _ in range(100):
            try:
                assert run.get("/healthz")[0] == 200
                break
            except OSError:
                time.sleep(0.2)
        run.end()

    def test_uvicorn_serves_the_same_site(self, start):
        run = start("--server", "uvicorn")
        run.wait_for("ready in")
        assert run.get("/accedi/")[0] == 200
        run.end()

    def test_two_workers_share_one_socket(self, start):
        from scripts.services import find_services

        found, missing = find_services()
        if not found:
            assert os.environ.get("CI") != "true", missing
            pytest.skip("; ".join(missing))
        run = start("--workers", "2", REDIS_URL=f"{found.redis}/12")
        run.wait_for("ready in")
        assert len(run.children()) >= 3
        assert {run.get("/healthz")[0] for _ in range(20)} == {200}
        run.end()
