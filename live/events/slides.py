"""The slides: which page the trainer shows."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from .wire import RoomEvent, Wire


class ShowSlide(Wire):
    """Staff show one page of one deck to everybody."""

    t: Literal["slide"]
    deck: UUID
    page: int = Field(ge=1, le=10_000)


class Picture(Wire):
    """One page. `digest` is part of the address of its pictures, which never change."""

    page: int
    digest: str
    width: int
    height: int
    text: str = ""


class Shown(Wire):
    """A deck that was shown: learners look back as far as `until`."""

    deck: UUID
    title: str
    until: int


class Slides(Wire):
    """What the trainer shows now. `next` is fetched ahead, so that turning the page costs no wait."""

    deck: UUID
    title: str
    pages: int
    now: Picture
    next: Picture | None = None


class SlideShown(RoomEvent):
    type: Literal["slide"] = "slide"
    slides: Slides
    until: int
