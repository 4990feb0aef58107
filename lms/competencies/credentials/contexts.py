"""The JSON-LD contexts that are known here, from files made at build (scripts/contexts.mjs); none is ever fetched."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("contexts")
CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
_OB = "https://purl.imsglobal.org/spec/ob/v3p0/"
OPEN_BADGES = f"{_OB}context-3.0.3.json"

FILES = {
    CREDENTIALS: "credentials-v2.json",
    f"{_OB}context.json": "ob-v3p0.json",
    f"{_OB}context-3.0.1.json": "ob-v3p0-3.0.1.json",
    f"{_OB}context-3.0.2.json": "ob-v3p0-3.0.2.json",
    OPEN_BADGES: "ob-v3p0-3.0.3.json",
    f"{_OB}extensions.json": "ob-v3p0-extensions.json",
}


class UnknownContext(ValueError):
    """A document asks for a context that is not one of ours: what its words mean cannot be known here."""


def loader(url: str, options: Any = None) -> dict[str, Any]:
    """A document loader for pyld that reads bundled files and nothing else."""
    if url not in FILES:
        raise UnknownContext(url)
    return {
        "contextUrl": None,
        "documentUrl": url,
        "document": _load(FILES[url]),
        "contentType": "application/ld+json",
    }


@cache
def _load(name: str) -> dict[str, Any]:
    file = FOLDER / name
    if not file.is_file():
        raise FileNotFoundError("The contexts of credentials are not built: run `python scripts/assets.py`.")
    return json.loads(file.read_text())
