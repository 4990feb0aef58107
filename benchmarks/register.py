"""What the register costs: `python benchmarks/register.py --json FILE [--quick]`.

One million connection events (500,000 connections, each a coming in and a going out) of 2,000 people in 100 editions
become 10,000 closed pages, in this one process, beside a plain SQL aggregate over the same rows in the same run. Then
the whole chain is verified beside bare SHA-256 over the same bytes, the page of a class of 100 counts its queries, and
papers are typeset. Needs PostgreSQL (PONTE_TEST_DATABASE_URL).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.results import Results  # noqa: E402
from scripts.family import python  # noqa: E402
from scripts.services import find_services  # noqa: E402
from tests.prepared import postgresql_template  # noqa: E402

#: editions, classes of each, learners of each; every learner of a class has five connections in two classes
FULL, QUICK = (100, 100, 20), (4, 10, 20)
SQL_RATIO, SHA_RATIO = 0.2, 0.1
QUERIES, PDF_SECONDS = 15, 2.0


def measure(postgres: str, size: tuple[int, int, int]) -> dict[str, Any]:
    """What benchmarks.register_site measures on a database of its own, which is dropped at the end."""
    import psycopg

    name = f"ponte_register_{os.getpid()}"
    with psycopg.connect(postgres, autocommit=True) as server, tempfile.TemporaryDirectory() as folder:
        server.execute(f'CREATE DATABASE {name} TEMPLATE "{postgresql_template(postgres)}"')
        try:
            out = Path(folder) / "measured.json"
            env = os.environ | {
                "DJANGO_SETTINGS_MODULE": "tests.site_settings",
                "DATABASE_URL": postgres.rpartition("/")[0] + f"/{name}",
                "PONTE_DATA_DIR": folder,
                "PYTHONPATH": str(ROOT),
                "REDIS_URL": "",
            }
            command = python("benchmarks.register_site", *map(str, size), str(out))
            subprocess.run(command, cwd=ROOT, env=env, check=True)
            return json.loads(out.read_text())
        finally:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, required=True, metavar="FILE")
    parser.add_argument("--quick", action="store_true", help="four editions of ten classes: does it run?")
    options = parser.parse_args()
    services, missing = find_services()
    if not services:
        print("\n".join(missing), file=sys.stderr)
        return 1
    found = measure(services.postgres, QUICK if options.quick else FULL)
    results = Results()
    results.add("connection events", found["events"])
    results.add("pages closed", found["pages"])
    closed = found["events"] / found["close_seconds"]
    reckoned = found["events"] / found["reckon_seconds"]
    plain = found["events"] / found["sql_seconds"]
    results.add("plain SQL aggregate: events/s", plain)
    results.add("reckoned, nothing written: events/s", reckoned)
    results.add("reckoned, beside the SQL aggregate", reckoned / plain)
    results.add("closed, chained, signed, anchored: events/s", closed)
    results.add("closed, beside the SQL aggregate", closed / plain, least=SQL_RATIO)
    results.add("closing a page: ms", found["close_seconds"] / found["pages"] * 1000)
    results.add("memory grown while closing, MB", found["close_grown_mb"])
    results.add("memory at most, MB", found["peak_mb"])
    results.add("verification: pages/s", found["pages"] / found["verify_seconds"])
    results.add("verification: MB of entries", found["bytes"] / 1e6)
    results.add(
        "chain, signatures and anchors beside bare SHA-256",
        found["sha_seconds"] / found["chain_seconds"],
        least=SHA_RATIO,
    )
    results.add(
        "the same with the tables beside, beside bare SHA-256", found["sha_seconds"] / found["verify_seconds"]
    )
    results.add("register page of a class of 100: queries", found["queries"], most=QUERIES)
    results.add("register page of a class of 100: ms", found["page_ms"])
    results.add("PDF of a class of 100: s", found["class_pdf_seconds"])
    results.add(
        f"PDF of a register of {found['pdf_rows']} rows: s", found["register_pdf_seconds"], most=PDF_SECONDS
    )
    results.write(options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
