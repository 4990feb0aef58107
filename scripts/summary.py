"""The closing lines of .ci/run: every test run of it added up (`python -m scripts.summary FOLDER`)."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path


def counts(folder: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped, from pytest's XML and the marks that other parts leave."""
    passed = failed = skipped = 0
    for file in sorted(folder.iterdir()):
        if file.suffix == ".xml":
            for suite in ET.parse(file).getroot().iter("testsuite"):
                bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
                out = int(suite.get("skipped", 0))
                passed += int(suite.get("tests", 0)) - bad - out
                failed += bad
                skipped += out
        elif file.suffix == ".passed":
            passed += 1
        elif file.suffix == ".failed":
            failed += 1
    return passed, failed, skipped


if __name__ == "__main__":
    print("{} passed, {} failed, {} skipped".format(*counts(Path(sys.argv[1]))))
