"""What a higher room may put on the pages of this one.

A room above registers a function under a name of this module with `wagtail.hooks.register`, in its
`wagtail_hooks.py`. There are four such hooks in the project (docs/architecture.md); this is the only one of cms.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from wagtail import hooks

HEADER_ITEMS: Final = "header_items"


@dataclass(frozen=True, slots=True)
class HeaderItem:
    """One entry of the signed-in person's navigation.

    `key` is what a page passes as `section` to show where the reader is; `active` says it outright.
    `count` is shown beside the label when it is more than nought ("Messaggi 3"). `own` is the page behind the
    reader's own name in the bar, which is not in the navigation.
    """

    label: str
    url: str
    icon: str = ""
    active: bool = False
    count: int = 0
    key: str = ""
    order: int = 100
    own: bool = False


def header_items(request: HttpRequest) -> list[HeaderItem]:
    """All that the rooms above registered as `header_items(request) -> Iterable[HeaderItem]`, in order.

    Computed once per request. Nobody signed in: no items, and no function is asked.
    """
    cached = getattr(request, "_header_items", None)
    if cached is None:
        user = getattr(request, "user", None)
        cached = []
        if user is not None and user.is_authenticated:
            for register in hooks.get_hooks(HEADER_ITEMS):
                given: Iterable[HeaderItem] = register(request)
                cached.extend(given)
            cached.sort(key=lambda item: item.order)
        request._header_items = cached  # type: ignore[attr-defined]
    return cached
