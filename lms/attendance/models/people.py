"""The one way in which these models point at a person."""

from typing import Any

from django.conf import settings
from django.db import models


def person(**options: Any) -> Any:
    """A protected key to a person: no record loses whom it is about."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)
