"""Blocks that a page of the site is put together from."""

from .body import HomeBody, InfoBody
from .parts import (
    CalloutBlock,
    CardsBlock,
    ImageBlock,
    NetworkBlock,
    NewsBlock,
    QuestionsBlock,
    StepsBlock,
    TextBlock,
)

__all__ = [
    "CalloutBlock",
    "CardsBlock",
    "HomeBody",
    "ImageBlock",
    "InfoBody",
    "NetworkBlock",
    "NewsBlock",
    "QuestionsBlock",
    "StepsBlock",
    "TextBlock",
]
