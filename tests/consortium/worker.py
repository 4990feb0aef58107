"""A delivery worker as a process of its own, for tests that kill it: `python -m tests.consortium.worker`.

With `--jobs` it reads jobs from standard input, one JSON object a line, and makes a fresh process for each, which is
quicker than starting Python: `fault` says where it meets its fault (a step of faults.STEPS, "before" or "after", at which
turn, and whether the process is killed, its database ends every connection, or the server of the database whose process is
`server` goes down at once), `ahead` how many seconds its clock is ahead, `calls` how often the task is called, each time
after an error too, and then `rest` seconds later.
"""

import json
import os
import signal
import sys
import time
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import close_old_connections, connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from lms.consortium import actions  # noqa: E402
from tests.consortium import faults  # noqa: E402


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def work(fault: dict[str, Any] | None = None, ahead: int = 0, calls: int = 1, rest: float = 0) -> None:
    if fault:
        hits = {
            "kill": kill,
            "database": faults.end_connections,
            "server": lambda: faults.stop_server(fault["server"]),
        }
        faults.wrap(fault["step"], fault["when"], fault["turn"], hits[fault["kind"]])
    for _ in range(calls):
        close_old_connections()  # as huey does around each task
        try:
            print(actions.deliver_pending(at=timezone.now() + timedelta(seconds=ahead)), flush=True)
        except Exception as error:  # as huey does with a task that fails
            print(f"failed: {type(error).__name__}", flush=True)
            time.sleep(rest)


def main() -> None:
    settings.CONSORTIUM_ALLOW_PRIVATE_ENDPOINTS = True
    print(f"ready {connection.vendor}", flush=True)
    if "--jobs" not in sys.argv:
        work()
        return
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            work(**json.loads(line))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"ended": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main()
