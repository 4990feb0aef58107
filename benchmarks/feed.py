"""What the feed costs: `python benchmarks/feed.py --json FILE`.

10,000 records on PostgreSQL (`--quick`: 1,000, to see that it runs). Giving records out as signed credentials stands
beside bare Ed25519 over the same canonical documents, a tenth of the records each. Delivery by four workers to the
reference receiver stands beside a bare HTTP client that posts the same bytes to the same receiver over one kept
connection; reading the whole feed must cost the same for the last page as for the first, in the same memory. Last,
what the public page costs that verifies a number, and a file. Needs PostgreSQL (PONTE_TEST_DATABASE_URL).
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.results import Results  # noqa: E402
from scripts.family import python  # noqa: E402
from scripts.sentences import listening_socket  # noqa: E402
from scripts.services import find_services  # noqa: E402
from tests.prepared import postgresql_template  # noqa: E402

WORKERS = 4
DELIVERY_RATIO = 0.5
SIGNING_RATIO = 0.5
FULL, QUICK = 10_000, 1_000
FLAT = 1.5  # the last tenth of the pages beside the first, medians


def free_port() -> int:
    with listening_socket("127.0.0.1", 0) as bound:
        return bound.getsockname()[1]


class Bench:
    """One database, and the reference receiver twice: what one of them knows already would be an easier request."""

    def __init__(self, folder: Path, postgres: str, number: int) -> None:
        self.folder, self.postgres, self.number = folder, postgres, number
        self.database = f"ponte_feed_{os.getpid()}"
        self.results = Results()
        self.receivers: list[subprocess.Popen] = []
        self.ports = [free_port(), free_port()]  # one for the workers, one for the bare client
        self.env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "lms.settings.test",
            "DATABASE_URL": postgres.rpartition("/")[0] + f"/{self.database}",
            "PONTE_CONSORTIUM_ALLOW_PRIVATE": "1",
            "PONTE_DATA_DIR": str(folder),
            "PYTHONPATH": str(ROOT),
            "REDIS_URL": "",
        }

    def execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(statement)

    def site(self, *arguments: str) -> None:
        subprocess.run(python("benchmarks.feed_site", *arguments), cwd=ROOT, env=self.env, check=True)

    def __enter__(self) -> "Bench":
        print(f"setting up {self.number} records", flush=True)
        self.execute(f'CREATE DATABASE {self.database} TEMPLATE "{postgresql_template(self.postgres)}"')
        secret = self.folder / "secret"
        self.site("fill", str(self.number), f"http://127.0.0.1:{self.ports[0]}/in", str(secret))
        for port in self.ports:
            store = str(self.folder / f"{port}.jsonl")
            command = python(
                "examples.receiver", "--port", str(port), "--secret", secret.read_text(), "--file", store
            )
            process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, text=True)
            self.receivers.append(process)
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Receiving")
        self.execute("CHECKPOINT")
        return self

    def __exit__(self, *error: object) -> None:
        for process in self.receivers:
            process.kill()
            process.wait()
        self.execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")

    def bare(self) -> float:
        """Requests a second of a client that does nothing else."""
        file = self.folder / "requests.json"
        self.site("requests", str(file))
        made = [
            (headers | {"content-type": "application/json"}, body.encode())
            for headers, body in json.loads(file.read_text())
        ]
        line = http.client.HTTPConnection("127.0.0.1", self.ports[1])
        began = time.perf_counter()
        for headers, body in made:
            line.request("POST", "/in", body=body, headers=headers)
            answer = line.getresponse()
            answer.read()
            assert answer.status == 200
        return len(made) / (time.perf_counter() - began)

    def deliver(self) -> float:
        """Deliveries a second of four workers that begin together."""
        workers = [
            subprocess.Popen(
                python("benchmarks.feed_site", "work"),
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(WORKERS)
        ]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        began = time.perf_counter()
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        delivered = sum(int(worker.stdout.readline()) for worker in workers if worker.stdout)
        elapsed = time.perf_counter() - began
        for worker in workers:  # an interpreter takes its time to end, and delivers nothing in it
            worker.communicate()
        assert delivered == self.number, delivered
        return delivered / elapsed

    def sign(self) -> None:
        file = self.folder / "signing.json"
        self.site("sign", str(max(1, self.number // 10)), str(file))
        found = json.loads(file.read_text())
        bare, ours = found["number"] / found["bare_seconds"], found["number"] / found["seconds"]
        self.results.add("signing: bare canonicalisation and Ed25519, documents/s", bare)
        self.results.add("signing: records given out as credentials, records/s", ours)
        self.results.add("signing: beside the bare one", ours / bare, least=SIGNING_RATIO)

    def verify(self) -> None:
        file = self.folder / "verification.json"
        self.site("verify", str(file))
        found = json.loads(file.read_text())
        self.results.add("verification page of a number: ms, median", found["number_ms"])
        self.results.add("verification page of a number: queries", found["queries"])
        self.results.add("verification of a file: ms, median", found["file_ms"])

    def pull(self) -> None:
        file = self.folder / "pages.json"
        self.site("pull", str(file))
        pages = json.loads(file.read_text())
        tenth = max(1, len(pages) // 10)
        first = statistics.median(page["seconds"] for page in pages[:tenth])
        last = statistics.median(page["seconds"] for page in pages[-tenth - 1 : -1] or pages[-1:])
        self.results.add("pull: pages of 200", len(pages))
        self.results.add("pull: ms a page, median", statistics.median(p["seconds"] for p in pages) * 1000)
        self.results.add("pull: last pages beside the first", last / first, most=FLAT)
        grown = pages[-1]["mb"] - pages[tenth]["mb"]
        self.results.add("pull: memory grown from the first tenth to the end, MB", grown, most=5)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, required=True, metavar="FILE")
    parser.add_argument("--records", type=int, default=FULL)
    parser.add_argument("--quick", action="store_true", help="1,000 records: does it run?")
    options = parser.parse_args()
    services, missing = find_services()
    if not services:
        print("\n".join(missing), file=sys.stderr)
        return 1
    with (
        tempfile.TemporaryDirectory() as folder,
        Bench(Path(folder), services.postgres, QUICK if options.quick else options.records) as bench,
    ):
        bare = bench.bare()
        delivered = bench.deliver()
        bench.results.add("delivery: bare client, requests/s", bare)
        bench.results.add("delivery: four workers, deliveries/s", delivered)
        bench.results.add("delivery: beside the bare client", delivered / bare, least=DELIVERY_RATIO)
        bench.pull()
        bench.sign()
        bench.verify()
        bench.results.write(options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
