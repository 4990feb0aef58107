"""What the demo needs while it runs: a class open today, and the consortium's endpoint to receive its records.

`python -m demo.day` is started by ./run beside the server; it ends with it.
"""

import os
import threading
import time
from pathlib import Path

#: How often to look whether a class is still open, in seconds.
EVERY = 600


def main() -> None:
    from scripts.family import leave_with_parent

    leave_with_parent()
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.dev")
    django.setup()
    from django.conf import settings
    from django.db import connections

    from examples.receiver import Receiver, Store

    from . import load, records

    if records.secret_file().exists():
        secret = records.secret_file().read_text().strip()
        receiver = Receiver(("127.0.0.1", 0), Store(Path(settings.DATA_DIR) / "received.jsonl"), [secret])
        os.environ["PONTE_DEMO_RECEIVER"] = f"http://127.0.0.1:{receiver.server_address[1]}/"
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
    while True:
        load.refresh()
        connections.close_all()
        time.sleep(EVERY)


if __name__ == "__main__":
    main()
