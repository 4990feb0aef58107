"""DigComp from the four CSV files of its data supplement, with our Italian titles."""

import re
from collections.abc import Mapping

from .core import read_own
from .source import Node, NotAFramework, Problem, Source, rows

FILES = ("core-framework.en.csv", "levels.en.csv", "statements.en.csv", "outcomes.en.csv")
COLUMNS = {"location", "context", "source", "target"}


def read(files: Mapping[str, bytes], version: str) -> Source:
    """Raises NotAFramework if a file is absent or is another kind of file."""
    if missing := [name for name in FILES if name not in files]:
        raise NotAFramework(f"What was given lacks {', '.join(missing)}.")
    ours = read_own("digcomp_core.json")
    source = Source(ours.framework | {"version": version})
    for name in FILES:
        seen: set[str] = set()
        for place, row in rows(name, files[name], COLUMNS, source.problems):
            location = row["location"]
            if location in seen:
                source.problems.append(Problem(name, place, f"{location} comes a second time"))
                continue
            seen.add(location)
            if problem := _take(source, location, row["source"].strip(), (name, place)):
                source.problems.append(Problem(name, place, problem))
    for code, level in source.levels.items():
        known = ours.levels.get(code, {})
        level["title"] = f"{level.get('name', '?')} ({code} of {len(source.levels)})"
        level["translations"] = known.get("translations", {})
    for key, node in source.nodes.items():
        if (known := ours.nodes.get(key)) and known.title == node.title:
            node.translations = known.translations
    return source


_AREA = re.compile(r"digcomp\.(area|competence)\.([\d.]+)\.(label|description)")
_LEVEL = re.compile(
    r"digcomp\.level\.(\d+)\.(four_level_name|eight_level_description|four_level_description|applies_to)"
)
_LEAF = re.compile(r"digcomp\.(statement|outcome)\.((?:CS|LO)(\d+\.\d+)\.\d+)")


def _take(source: Source, location: str, text: str, place: tuple[str, int]) -> str:
    """Puts one row into the source; the sentence of what is wrong with it, or nothing."""
    if not text:
        return f"{location or 'a row'} has no words"
    if match := _AREA.fullmatch(location):
        kind, code, what = match.groups()
        node = source.nodes.setdefault((kind, code), Node(kind, code, code.rpartition(".")[0], place=place))
        if what == "label":
            node.title = text
        else:
            node.description = text
    elif match := _LEVEL.fullmatch(location):
        code, what = match.groups()
        level = source.levels.setdefault(code, {"code": code})
        level.setdefault(
            {"four_level_name": "name", "eight_level_description": "description"}.get(what, what), text
        )
    elif match := _LEAF.fullmatch(location):
        kind, code, parent = match.groups()
        source.nodes[kind, code] = Node(kind, code, parent, title=text, place=place)
    else:
        return f"{location!r} is no area, competence, level, statement or outcome"
    return ""
