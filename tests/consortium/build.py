"""Builders for tests of deliveries."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from lms.consortium import actions
from lms.consortium.models import Subscriber

ALL_KINDS = ["frequenza", "trasparenza_I", "register.page_closed"]


def subscriber(
    body: Any,
    endpoint: str = "",
    *,
    kinds: list[str] | None = None,
    editions: list[Any] | None = None,
    at: datetime | None = None,
    name: str = "Sistema del consorzio",
    **terms: Any,
) -> tuple[Subscriber, str]:
    """A subscriber of this network's consortium, for all editions unless some are named, and its secret."""
    return actions.create_subscriber(
        name=name,
        agency=terms.pop("agency", body.consortium),
        endpoint=endpoint,
        kinds=ALL_KINDS if kinds is None else kinds,
        all_editions=editions is None,
        editions=editions or [],
        legal_basis="accordo di contitolarità, art. 4",
        by=body.administrator,
        at=at or timezone.now(),
        **terms,
    )
