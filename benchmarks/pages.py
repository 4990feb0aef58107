"""What the pages cost: `python benchmarks/pages.py --json FILE`.

Production settings, one server process, PostgreSQL. Each page stands beside a Django view behind the same middleware
that loads the session's user and returns the same bytes through the same server in the same run. CPU is the
server's and the database's own processes together. Needs PostgreSQL (PONTE_TEST_DATABASE_URL) and Chromium.
"""

import argparse
import asyncio
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.machine import Client, cpu_seconds, load, percentile, resident_mb  # noqa: E402
from benchmarks.results import Results  # noqa: E402
from scripts.family import Family, python  # noqa: E402
from scripts.made_up import production_environment  # noqa: E402
from scripts.run import wait_for_answer  # noqa: E402
from scripts.sentences import listening_socket  # noqa: E402
from scripts.services import browser, find_services  # noqa: E402

CPU_MS = {"login": 3, "learner-home": 11, "course": 15, "lesson": 9, "class-100": 30}
RATIO = {"lesson": 0.3, "learner-home": 0.2}
QUERIES = {"lesson": 12}
HOME_QUERIES = 20
FIRST_VISIT_KB, FIRST_VISIT_REQUESTS, SECOND_VISIT_KB = 120, 10, 15
SESSION_COOKIE, CSRF_COOKIE = "__Host-session", "__Host-csrf"


class Bench:
    """The measured site: one server process and its database."""

    def __init__(self, folder: Path, postgres: str, seconds: float) -> None:
        self.folder, self.postgres, self.seconds = folder, postgres, seconds
        self.database = f"ponte_bench_{os.getpid()}"
        self.results = Results()
        self.family = Family()
        (folder / "keys").mkdir()
        (folder / "bodies").mkdir()
        self.env = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PONTE_")},
            **production_environment(folder / "keys"),
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "DATABASE_URL": postgres.rpartition("/")[0] + f"/{self.database}",
            "PONTE_DATA_DIR": str(folder),
            "PONTE_ALLOWED_HOSTS": "localhost",
            "PONTE_SITE_URL": "https://localhost",
            "PONTE_LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(ROOT),
        }
        self.env.pop("REDIS_URL", None)

    # ---- the site ---------------------------------------------------------------------------------------
    def execute(self, statement: str) -> list[Any]:
        import psycopg

        with psycopg.connect(self.postgres, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def set_up(self) -> None:
        print("setting up: database, content, a class of 100 (some minutes)", flush=True)
        self.execute(f"CREATE DATABASE {self.database}")
        file = str(self.folder / "site.json")
        for arguments in ([file], ["--queries", file]):
            subprocess.run(python("benchmarks.data", *arguments), cwd=ROOT, env=self.env, check=True)
        self.execute("CHECKPOINT")
        self.site = json.loads(Path(file).read_text())

    def start(self) -> None:
        bound = listening_socket("127.0.0.1", 0)
        bound.listen(1024)
        bound.set_inheritable(True)
        self.port = bound.getsockname()[1]
        command = python("scripts.serve", "--fd", str(bound.fileno()))
        self.server = self.family.start("server", command, env=self.env, fds=(bound.fileno(),))
        assert wait_for_answer(f"http://127.0.0.1:{self.port}", [self.server])

    def stop(self) -> None:
        self.family.stop()
        self.execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")

    def processes(self) -> list[int]:
        backends = self.execute(f"SELECT pid FROM pg_stat_activity WHERE datname = '{self.database}'")
        return [self.server.pid, *(pid for (pid,) in backends)]

    # ---- measures ---------------------------------------------------------------------------------------
    def keep_bodies(self) -> None:
        """The bytes of each page, for its baseline; also warms every cache."""

        async def fetch(page: dict[str, str]) -> bytes:
            async with Client(self.port, cookies=cookies(page["session"])) as client:
                for _ in range(4):
                    status, head, body = await client.ask(page["path"])
                    assert status == 200, (page["path"], status, head)
            return gzip.decompress(body) if b"content-encoding: gzip" in head.lower() else body

        for name, page in self.site["pages"].items():
            (self.folder / "bodies" / name).write_bytes(asyncio.run(fetch(page)))

    def measure(self, path: str, session: str, concurrency: int) -> tuple[float, list[float], float]:
        """CPU milliseconds a request, times, requests a second."""

        async def run(seconds: float) -> list[float]:
            return await load(self.port, path, cookies(session), concurrency=concurrency, seconds=seconds)

        asyncio.run(run(0.5))
        pids = self.processes()
        before, began = cpu_seconds(pids), time.perf_counter()
        times = asyncio.run(run(self.seconds))
        spent, elapsed = cpu_seconds(pids) - before, time.perf_counter() - began
        return spent * 1000 / len(times), times, len(times) / elapsed

    def page(self, name: str) -> None:
        page = self.site["pages"][name]
        learner = self.site["pages"]["lesson"]["session"]
        for concurrency in (1, 4, 16):
            cpu, times, rate = self.measure(page["path"], page["session"], concurrency)
            base_cpu, _, base_rate = self.measure(
                f"/baseline/{name}/", page["session"] or learner, concurrency
            )
            at = f"{name} at {concurrency}"
            self.results.add(f"{at}: requests/s", rate)
            self.results.add(f"{at}: p50 ms", percentile(times, 0.5) * 1000)
            self.results.add(f"{at}: p95 ms", percentile(times, 0.95) * 1000)
            self.results.add(f"{at}: baseline requests/s", base_rate)
            if concurrency == 4:
                self.results.add(f"{name}: CPU ms a request", cpu, most=CPU_MS.get(name))
                self.results.add(f"{name}: baseline CPU ms a request", base_cpu)
                self.results.add(f"{name}: rate beside baseline", rate / base_rate, least=RATIO.get(name))

    def quiz_submit(self) -> None:
        """Each learner hands in once: no repeat of the same sitting, which would be a cheaper path."""
        quiz = self.site["quiz-submit"]
        pids = self.processes()

        async def hand_in(sitting: dict[str, str]) -> tuple[float, float]:
            token = "a" * 32
            form = f"csrfmiddlewaretoken={token}&key={sitting['key']}"
            jar = f"{cookies(sitting['session'])}; {CSRF_COOKIE}={token}"
            async with Client(self.port, cookies=jar) as client:
                cpu, began = cpu_seconds(pids), time.perf_counter()
                status, head, _ = await client.ask(quiz["path"], form=form)
                elapsed = time.perf_counter() - began
            assert status == 302, (status, head)
            return cpu_seconds(pids) - cpu, elapsed

        measured = [asyncio.run(hand_in(sitting)) for sitting in quiz["sittings"]][10:]
        times = [elapsed for _, elapsed in measured]
        self.results.add("quiz-submit: CPU ms a request", sum(c for c, _ in measured) * 1000 / len(measured))
        self.results.add("quiz-submit at 1: p50 ms", percentile(times, 0.5) * 1000)
        self.results.add("quiz-submit at 1: p95 ms", percentile(times, 0.95) * 1000)
        self.results.add("quiz-submit at 1: requests/s", len(times) / sum(times))

    def queries(self) -> None:
        for name, count in self.site["queries"].items():
            most = HOME_QUERIES if "home" in name else QUERIES.get(name)
            self.results.add(f"{name}: queries", count, most=most)

    def visits(self) -> None:
        """Bytes over the wire and requests, in a fresh Chromium and again in the same one."""
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
            for name in ("learner-home", "lesson"):
                page = self.site["pages"][name]
                context = chromium.new_context(viewport={"width": 360, "height": 740})
                context.set_extra_http_headers({"X-Forwarded-Proto": "https"})
                session = {
                    "name": SESSION_COOKIE,
                    "value": page["session"],
                    "domain": "localhost",
                    "path": "/",
                }
                context.add_cookies([{**session, "secure": True, "httpOnly": True}])
                first = self._visit(context, page["path"])
                second = self._visit(context, page["path"])
                self.results.add(f"{name}: first visit kB", first[0] / 1024, most=FIRST_VISIT_KB)
                self.results.add(f"{name}: first visit requests", first[1], most=FIRST_VISIT_REQUESTS)
                self.results.add(f"{name}: second visit kB", second[0] / 1024, most=SECOND_VISIT_KB)
                self.results.add(f"{name}: second visit requests", second[1])
                context.close()
            chromium.close()

    def _visit(self, context: Any, path: str) -> tuple[int, int]:
        tab = context.new_page()
        wire = context.new_cdp_session(tab)
        sizes: list[int] = []
        wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        wire.send("Network.enable")
        answer = tab.goto(f"http://localhost:{self.port}{path}", wait_until="networkidle")
        assert answer.status == 200, (path, answer.status, tab.url)
        tab.wait_for_timeout(500)
        tab.close()
        # A file from the browser's own cache has no bytes on the wire and is no request.
        return int(sum(sizes)), sum(1 for size in sizes if size)


def cookies(session: str) -> str:
    return f"{SESSION_COOKIE}={session}" if session else ""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, required=True, metavar="FILE")
    parser.add_argument("--seconds", type=float, default=3.0, help="of load for each measure (default 3)")
    options = parser.parse_args()
    services, missing = find_services()
    if not services or not browser():
        print("\n".join([*missing, *([] if browser() else ["Chromium is not installed."])]), file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), services.postgres, options.seconds)
        try:
            bench.set_up()
            bench.start()
            bench.results.add("server: resident MB at start", resident_mb(bench.server.pid))
            bench.keep_bodies()
            for name in bench.site["pages"]:
                bench.page(name)
            bench.quiz_submit()
            bench.queries()
            bench.visits()
            bench.results.add("server: resident MB at the end", resident_mb(bench.server.pid))
        finally:
            bench.stop()
    bench.results.write(options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
