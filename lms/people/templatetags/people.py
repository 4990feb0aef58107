"""Two small helps for lists."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of(table: Mapping[Any, Any], key: Any) -> Any:
    """The value of a dict for a key that is a variable; nothing when it is absent."""
    return table.get(key, ())


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: str) -> str:
    """The query string of this page with some values changed and the page number left out."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query[name] = value
    return query.urlencode()
