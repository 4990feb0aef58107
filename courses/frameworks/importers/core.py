"""Frameworks in our own form, one JSON file: those that ship with the project, and any that somebody writes so."""

import json
from collections.abc import Mapping
from pathlib import Path

from ..models import Kind, RelationKind
from .source import Node, NotAFramework, Problem, Source

HERE = Path(__file__).parents[1]


def read_own(name: str) -> Source:
    """One of the files of this package."""
    return read({name: (HERE / name).read_bytes()})


def read(files: Mapping[str, bytes], version: str = "") -> Source:
    """{"framework": {code, version, title, …}, "levels": […], "competencies": […], "relations": […]}.

    A relation is [kind, subject kind, subject code, target kind, target code]. `version` wins over the file's.
    """
    name, text = next(iter(files.items()), ("", b""))
    try:
        given = json.loads(text)
        source = Source({"language": "en"} | dict(given["framework"]))
        source.framework["code"], source.framework["title"]
        source.levels = {str(level["code"]): level for level in given.get("levels", ())}
        entries = list(given["competencies"])
    except (ValueError, KeyError, TypeError) as error:
        raise NotAFramework(
            f"{name or 'The file'} is not a framework in JSON: {error!r} is wrong."
        ) from error
    if version:
        source.framework["version"] = version
    for place, entry in enumerate(entries, start=1):
        _take_entry(source, name, place, entry)
    for place, link in enumerate(given.get("relations", ()), start=1):
        if len(link) == 5 and link[0] in RelationKind.values:
            source.links[link[0], (link[1], link[2]), (link[3], link[4])] = None
        else:
            source.problems.append(Problem(name, place, f"{link!r} is no relation"))
    return source


def _take_entry(source: Source, name: str, place: int, entry: dict) -> None:
    try:
        node = Node(**entry, place=(name, place))
    except TypeError as error:
        source.problems.append(Problem(name, place, f"a competency is not as it should be: {error}"))
        return
    if node.kind not in Kind.values:
        source.problems.append(Problem(name, place, f"{node.kind!r} is no kind of competency"))
    elif (node.kind, node.code) in source.nodes:
        source.problems.append(Problem(name, place, f"{node.kind} {node.code} comes a second time"))
    else:
        source.nodes[node.kind, node.code] = node
