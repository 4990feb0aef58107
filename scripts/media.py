"""The embedded media engine, ended with its parent: `python -m scripts.media`.

In a container that shares the data folder with the web processes, on the same machine and network: the same.
"""

from __future__ import annotations

import os
from pathlib import Path

from .family import leave_with_parent


def main() -> None:
    leave_with_parent()
    from live.media.forwarder.__main__ import main as forward

    arguments = ["--file", str(Path(os.environ["PONTE_DATA_DIR"]) / "media.json")]
    if port := os.environ.get("PONTE_MEDIA_PORT", "").strip():
        arguments += ["--port", port]
    if address := os.environ.get("PONTE_MEDIA_ADDRESS", "").strip():
        arguments += ["--address", address]
    forward(arguments)


if __name__ == "__main__":
    main()
