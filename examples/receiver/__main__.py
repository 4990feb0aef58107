"""python -m examples.receiver --port 9000 --secret whsec_… [--secret whsec_…] --file records.jsonl"""

import argparse
import binascii
import sys
from pathlib import Path

from . import Receiver, Store, key_of


def main() -> int:
    parser = argparse.ArgumentParser(description="Receive competency records and store each once.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--secret", action="append", required=True, help="whsec_…; twice while it changes")
    parser.add_argument("--file", type=Path, default=Path("records.jsonl"))
    options = parser.parse_args()
    try:
        for secret in options.secret:
            key_of(secret)
    except binascii.Error:
        print("The secret is not valid: copy it whole, it begins with whsec_.", file=sys.stderr)
        return 2
    try:
        server = Receiver((options.host, options.port), Store(options.file), options.secret)
    except OSError as error:
        print(f"Cannot listen on {options.host}:{options.port}: {error.strerror}.", file=sys.stderr)
        return 1
    print(f"Receiving on http://{options.host}:{options.port}/, storing in {options.file}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
