"""The accent a body may choose, and whether it can be read: WCAG contrast on our own grounds."""

import re

HEX = re.compile(r"^#[0-9a-f]{6}$")
DEFAULT_ACCENT = "#0f5f66"
LIGHT_GROUND = "#fbf8f2"  # --ground of tokens.css
DARK_GROUND = "#15191a"
READABLE = 4.5


def _rgb(colour: str) -> tuple[float, float, float]:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))  # type: ignore[return-value]


def _hex(rgb: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(max(0.0, min(1.0, part)) * 255):02x}" for part in rgb)


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(colour))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    a, b = sorted((luminance(one), luminance(other)), reverse=True)
    return (a + 0.05) / (b + 0.05)


def readable_accent(colour: str) -> bool:
    """Readable as words on our ground, and with white words on it."""
    return min(contrast(colour, LIGHT_GROUND), contrast(colour, "#ffffff")) >= READABLE


def mixed(colour: str, other: str, share: float) -> str:
    """`share` of the other colour in this one."""
    a, b = _rgb(colour), _rgb(other)
    return _hex(tuple(x + (y - x) * share for x, y in zip(a, b, strict=True)))  # type: ignore[arg-type]


def lightened_for_dark(colour: str) -> str:
    """The same hue, light enough to be read on the dark ground."""
    for step in range(21):
        lighter = mixed(colour, "#ffffff", step / 20)
        if contrast(lighter, DARK_GROUND) >= 7:
            return lighter
    return "#ffffff"


def accent_css(colour: str) -> str:
    """The tokens that depend on the accent, light and dark. Nothing for a colour that is none."""
    if not HEX.match(colour):
        return ""
    dark = lightened_for_dark(colour)
    light_tokens = (
        f"--accent:{colour};--accent-strong:{mixed(colour, '#000000', 0.25)};"
        f"--accent-soft:{mixed(colour, LIGHT_GROUND, 0.88)};--on-accent:#ffffff;"
    )
    dark_tokens = (
        f"--accent:{dark};--accent-strong:{mixed(dark, '#ffffff', 0.3)};"
        f"--accent-soft:{mixed(dark, DARK_GROUND, 0.82)};--on-accent:#0c1112;"
    )
    return (
        f":root{{{light_tokens}}}"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark_tokens}}}}}"
        f":root[data-theme=dark]{{{dark_tokens}}}"
    )
