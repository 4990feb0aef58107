"""The picture of a credential, drawn from it alone: SVG and PNG, naming nobody."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cms.dates import calendar_day

_PAPER = Path(__file__).with_name("papers") / "badge.typ"
#: Longest title, in letters, and how large it is then written.
_SIZES = ((22, 25), (44, 21), (80, 17), (180, 12))
_PIXELS_PER_INCH = 144.0  # 640 pixels wide


def draw(content: dict[str, Any], form: str) -> bytes:
    """The picture of a record in one form, "svg" or "png"."""
    import typst  # heavy, and only pictures and papers need it

    made = typst.compile(
        str(_PAPER),
        root=str(_PAPER.parent),
        format="png" if form == "png" else "svg",
        ppi=_PIXELS_PER_INCH if form == "png" else None,
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_words(content), ensure_ascii=False)},
    )
    if not isinstance(made, bytes):
        raise TypeError("typst drew more than one page")
    return made


def _words(content: dict[str, Any]) -> dict[str, Any]:
    with translation.override(content["language"]):
        title = content["title"]
        day = timezone.localtime(datetime.fromisoformat(content["valid_from"])).date()
        return {
            "language": content["language"],
            "kind": _("Competency") if content["competency"] else _("Certificate of attendance"),
            "title": title,
            "size": next((size for most, size in _SIZES if len(title) <= most), 8),
            "level": content["level"]["title"] if content["level"] else "",
            "issuer": content["issuer"]["name"],
            "day": calendar_day(day),
        }
