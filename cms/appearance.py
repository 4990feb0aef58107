"""Text size and contrast: kept in a cookie, so that they hold before any script runs and with none."""

from dataclasses import dataclass

from django.http import HttpRequest

COOKIE = "ponte_look"
SIZES = ("normal", "large", "larger")
CONTRASTS = ("normal", "high")


@dataclass(frozen=True, slots=True)
class Appearance:
    """How this browser wants the pages."""

    size: str = "normal"
    contrast: str = "normal"

    def __str__(self) -> str:
        return f"{self.size}.{self.contrast}"


def appearance_of(request: HttpRequest | None) -> Appearance:
    """What the cookie says; anything unknown in it counts as normal."""
    if request is None:
        return Appearance()
    size, _, contrast = request.COOKIES.get(COOKIE, "").partition(".")
    return Appearance(
        size if size in SIZES else "normal",
        contrast if contrast in CONTRASTS else "normal",
    )
