"""The one door to typst: data goes in as JSON, a PDF/A-3a and PDF/UA-1 comes out."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

_TEMPLATE = Path(__file__).parent / "register.typ"


def typeset(data: dict[str, Any], *, at: datetime) -> bytes:
    """The document, dated `at`: the same data and moment give the same bytes."""
    import typst  # heavy, and only papers need it

    made = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-3a", "ua-1"],
        timestamp=int(at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no document")
    return made


def attachment(name: str, content: str, mime: str, description: str) -> dict[str, str]:
    """One file inside the PDF."""
    return {
        "name": name,
        "content": content,
        "mime": mime,
        "description": description,
        "relationship": "data",
    }
