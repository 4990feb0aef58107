"""What a source says, read into plain nodes, with what is wrong in it listed and survived."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field


class NotAFramework(Exception):
    """The folder or file is not what was promised; the message says what is missing."""


@dataclass(frozen=True)
class Problem:
    """One row that could not be used as it stands: where, and what was done, in a sentence."""

    file: str
    row: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}: {self.sentence}"


@dataclass
class Node:
    """One competency as read: its parent is named by code. `place` is where it was read (file, row)."""

    kind: str
    code: str
    parent: str = ""
    level: str = ""
    title: str = ""
    description: str = ""
    result: str = ""
    uri: str = ""
    source: str = ""
    translations: dict = field(default_factory=dict)
    place: tuple[str, int] = ("", 0)


#: kind and code of a node
Key = tuple[str, str]


@dataclass
class Source:
    """One version of one framework as read from files, with what was wrong in them.

    A link is (kind of relation, subject, target).
    """

    framework: dict
    levels: dict[str, dict] = field(default_factory=dict)
    nodes: dict[Key, Node] = field(default_factory=dict)
    links: dict[tuple[str, Key, Key], None] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def rows(
    name: str, text: bytes, columns: set[str], problems: list[Problem]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file in UTF-8 with their line numbers; short and long ones are listed as problems."""
    try:
        lines = io.StringIO(text.decode("utf-8-sig"), newline="")
    except UnicodeDecodeError as error:
        raise NotAFramework(f"{name} is not UTF-8 text.") from error
    reader = csv.DictReader(lines)
    if not set(reader.fieldnames or ()) >= columns:
        raise NotAFramework(f"{name} lacks the columns {', '.join(sorted(columns))}.")
    try:
        for row in reader:
            if None in row or None in row.values():
                wanted = len(reader.fieldnames or ())
                problems.append(
                    Problem(
                        name, reader.line_num, f"it has not the {_count(wanted)} columns of the first row"
                    )
                )
            else:
                yield reader.line_num, row
    except csv.Error as error:
        raise NotAFramework(f"{name}, row {reader.line_num}, cannot be read: {error}.") from error


def _count(number: int) -> str:
    return {2: "two", 3: "three", 4: "four", 5: "five"}.get(number, str(number))
