"""What attendance loses when something fails: `python benchmarks/faults.py --json FILE`.

Real server processes and simulated browsers on loopback, which come back by themselves as the page does. Nobody may
have a second more than they were there (`over`); where their line broke, at most a probe, a flush and half a second may
be missing (`under`). Over-count is judged against the last answer that each browser sent before the fault, under-count
against the moment of the fault, by this process's clock. Every failure of the platform stands in the record as a typed
outage (docs/decisions/0058, 0060).

Each fault has a process of its own. PostgreSQL and Redis are servers of the fault's own; where they are not installed
those rows are left out, and the last line says so.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.site_settings")

from benchmarks import fault_services  # noqa: E402

CLIENTS, AWAY = 200, 60  # people in the class; seconds that what can be long lasts
FEW, SHORT = 40, 8  # with --quick


def one(name: str, *, server: str, store: str, clients: int, away: float) -> dict[str, Any]:
    """Run one fault in this process."""
    with ExitStack() as stack:
        services: dict[str, Any] = {}
        if store == "postgresql":
            for kind, value in (
                ("postgresql", fault_services.postgresql),
                ("redis", fault_services.redis_server),
            ):
                services[kind] = stack.enter_context(fault_services.own(value))
            os.environ["DATABASE_URL"] = services["postgresql"].url
            os.environ["REDIS_URL"] = services["redis"].url
        else:
            os.environ["DATABASE_URL"] = os.environ["REDIS_URL"] = ""
        import django

        django.setup()
        from benchmarks.fault_kinds import FAULTS, play

        fault = next(fault for fault in FAULTS if fault.name == name)
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        return play(fault, Path(folder), server=server, clients=clients, away=away, services=services)


def table(*, quick: bool, only: str, clients: int) -> list[dict[str, Any]]:
    """Every row, each from a process of its own, printed as they come."""
    from benchmarks.fault_names import TABLE

    rows = []
    lacking = fault_services.missing()
    for name, places in TABLE.items():
        if only not in name:
            continue
        for server, store in places[:1] if quick else places:
            if store == "postgresql" and lacking:
                continue
            rows.append(_elsewhere(name, server, store, clients, SHORT if quick else AWAY))
            row = rows[-1]
            print(
                f"{row['fault']:<42} {server:<8} {row['store']:<17} {row['clients']:>4} clients  "
                f"over {row['over']:.2f}  under {row['under']:.2f} ≤ {row['bound']}  "
                f"{', '.join(row['outages']) or '-':<16} {'ok' if row['ok'] else 'MISSED'}",
                flush=True,
            )
    if lacking:
        print(f"left out, not installed: {', '.join(lacking)}")
    return rows


def _elsewhere(name: str, server: str, store: str, clients: int, away: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "row.json"
        command = [sys.executable, __file__, "--json", str(file), "--one", name, "--server", server]
        command += ["--store", store, "--clients", str(clients), "--away", str(away)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode or not file.exists():
            raise SystemExit(
                f"{name} ({server}, {store}) did not run:\n{done.stdout[-2000:]}{done.stderr[-6000:]}"
            )
        return json.loads(file.read_text())


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, required=True, metavar="FILE")
    parser.add_argument("--quick", action="store_true", help=f"{FEW} clients, one place each, short failures")
    parser.add_argument("--only", default="", metavar="WORDS", help="the faults whose name holds these words")
    parser.add_argument("--clients", type=int, default=0, help=f"default {CLIENTS}")
    for name in ("--one", "--server", "--store", "--away"):  # how this program calls itself
        parser.add_argument(name, default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        row = one(
            options.one,
            server=options.server,
            store=options.store,
            clients=options.clients,
            away=float(options.away),
        )
        options.json.write_text(json.dumps(row))
        return 0
    clients = options.clients or (FEW if options.quick else CLIENTS)
    rows = table(quick=options.quick, only=options.only, clients=clients)
    options.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    missed = [row["fault"] for row in rows if not row["ok"]]
    print(f"\n{len(rows)} faults, {len(missed)} missed" + (f": {'; '.join(missed)}" if missed else ""))
    return 1 if missed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
