"""Our own drawings, kept as symbols of one file and put into the page inline: no request, no flash."""

import re
from functools import cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString

SPRITE = Path(__file__).with_name("icons.svg")
_SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)">(.*?)</symbol>', re.DOTALL)


@cache
def drawings() -> dict[str, SafeString]:
    """name → the inside of its svg, as drawn in icons.svg (24 × 24, one line, currentColor)."""
    return {name: SafeString(body.strip()) for name, body in _SYMBOL.findall(SPRITE.read_text("utf-8"))}


@cache
def svg(name: str, *, size: str = "", label: str = "") -> SafeString:
    """The drawing, silent to screen readers unless it has a label. An unknown name draws nothing."""
    body = drawings().get(name)
    if body is None:
        return SafeString("")
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" {}>{}</svg>',
        f" icon--{size}" if size else "",
        format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"'),
        body,
    )
