"""JSON from strangers: of bounded size and depth, each name once, nothing but JSON."""

import json
from typing import Any

MAX_BYTES = 512 * 1024
MAX_DEPTH = 32


class NotJson(ValueError):
    """The text is not JSON that can be trusted to mean one thing; `code` says why: json, deep, twice, size."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse(text: str | bytes) -> dict[str, Any]:
    """The object that the text holds. Raises NotJson."""
    if len(text) > MAX_BYTES:
        raise NotJson("size")
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        value = json.loads(text, object_pairs_hook=_each_once, parse_constant=_refuse)
    except RecursionError:
        raise NotJson("deep") from None
    except NotJson:
        raise
    except ValueError:
        raise NotJson("json") from None
    if not isinstance(value, dict):
        raise NotJson("json")
    _refuse_depth(value)
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotJson("twice")
    return found


def _refuse(constant: str) -> None:
    raise NotJson("json")


def _refuse_depth(value: Any) -> None:
    level = [value]
    for _depth in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise NotJson("deep")
