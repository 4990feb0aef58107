"""From what was read to rows. Writing the same source twice changes nothing, and a writing that was cut off goes
on where it stood: every batch is one transaction, and only the last step makes the version ready.

A framework is never edited into a new version: a new version stands beside the old one, which then says by what it
is superseded. Keys (uuid) of what is already there stay, so goals and records keep pointing at it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import batched, groupby
from typing import Any

from django.db import transaction

from ..models import Competency, Framework, Kind, Level, Relation
from .source import Key, Node, Problem, Source

BATCH = 500
_ABOVE = {
    Kind.AREA: (Kind.AREA,),
    Kind.PROFILE: (Kind.AREA,),
    Kind.COMPETENCE: (Kind.AREA, Kind.PROFILE, Kind.COMPETENCE),
    Kind.STATEMENT: (Kind.COMPETENCE,),
    Kind.OUTCOME: (Kind.COMPETENCE,),
    Kind.ABILITY: (Kind.COMPETENCE,),
    Kind.KNOWLEDGE: (Kind.COMPETENCE,),
    Kind.ACTIVITY: (Kind.COMPETENCE, Kind.ADA),
    Kind.ADA: (Kind.AREA,),
}
#: parents are written before children, whatever the file says first
_ORDER = [
    Kind.AREA,
    Kind.PROFILE,
    Kind.ADA,
    Kind.COMPETENCE,
    Kind.STATEMENT,
    Kind.OUTCOME,
    Kind.ABILITY,
    Kind.KNOWLEDGE,
    Kind.ACTIVITY,
]
_WRITTEN = [
    "parent",
    "title",
    "description",
    "result",
    "level",
    "uri",
    "source",
    "translations",
    "position",
    "words",
]

Tell = Callable[["Report", int, int], None]


@dataclass
class Report:
    """What one writing did."""

    framework: Framework
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


def load(source: Source, tell: Tell = lambda report, done, of: None) -> Report:
    """Writes what was read: new rows and changed rows only. Safe to call twice, and after it was cut off.

    `tell(report, done, of)` is called within the transaction of each batch.
    """
    framework, _created = Framework.objects.get_or_create(
        code=source.framework["code"],
        version=source.framework["version"],
        defaults=source.framework | {"ready": False},
    )
    report = Report(framework, problems=list(source.problems))
    with transaction.atomic():
        levels = _load_levels(framework, source)
    known = {(row.kind, row.code): row for row in framework.competencies.all()}
    order = _in_order(source)
    total, done = len(order) + len(source.links), 0
    numbered = enumerate(order, start=1)
    for _step, keys in groupby(numbered, key=lambda item: (item[1][0], _depth(source, item[1]))):
        for batch in batched(keys, BATCH, strict=False):
            with transaction.atomic():
                _write(source, batch, known, levels, report)
                done += len(batch)
                tell(report, done, total)
    for links in batched(source.links, BATCH, strict=False):
        with transaction.atomic():
            _relate(links, known)
            done += len(links)
            tell(report, done, total)
    with transaction.atomic():
        _finish(framework)
    return report


def _write(
    source: Source,
    batch: Iterable[tuple[int, Key]],
    known: dict[Key, Competency],
    levels: dict[str, Level],
    report: Report,
) -> None:
    new, changed = [], []
    for position, key in batch:
        node = source.nodes[key]
        parent = next((known.get((above, node.parent)) for above in _parents(node, known)), None)
        if problem := _problem(node, parent):
            report.problems.append(Problem(*node.place, problem))
            continue
        wanted = {
            "parent_id": parent and parent.pk,
            "title": node.title[:500],
            "description": node.description,
            "result": node.result,
            "level_id": (found := levels.get(node.level)) and found.pk,
            "uri": node.uri,
            "source": node.source,
            "translations": node.translations,
            "position": position,
        }
        row = known.get(key)
        if row is None:
            row = Competency(framework=report.framework, kind=node.kind, code=node.code, **wanted)
            new.append(row)
        elif _differs(row, wanted):
            _set(row, wanted)
            changed.append(row)
        else:
            report.unchanged += 1
            continue
        row.words = row.folded()
        known[key] = row
    Competency.objects.bulk_create(new)
    Competency.objects.bulk_update(changed, _WRITTEN)
    report.created += len(new)
    report.updated += len(changed)


def _parents(node: Node, known: dict[Key, Competency]) -> list[str]:
    if not node.parent:
        return []
    return [kind for kind in _ABOVE[Kind(node.kind)] if (kind, node.parent) in known]


def _problem(node: Node, parent: Competency | None) -> str:
    if node.parent and parent is None:
        return f"{node.code} stands under {node.parent}, which is absent"
    if not node.title:
        return f"{node.kind} {node.code} has no title"
    return ""


def _relate(links: Iterable[tuple[str, Key, Key]], known: dict[Key, Competency]) -> None:
    rows = [
        Relation(kind=kind, subject=known[subject], target=known[target])
        for kind, subject, target in links
        if subject in known and target in known
    ]
    Relation.objects.bulk_create(rows, ignore_conflicts=True)


def _finish(framework: Framework) -> None:
    """From now on this version is offered; each older one says which follows it."""
    framework.ready = True
    Framework.objects.filter(pk=framework.pk).update(ready=True)
    versions = sorted(
        Framework.objects.select_for_update().filter(code=framework.code, ready=True),
        key=lambda row: natural(row.version),
    )
    for older, newer in zip(versions, [*versions[1:], None], strict=True):
        if older.superseded_by_id != (newer and newer.pk):
            older.superseded_by = newer
            older.save(update_fields=["superseded_by"])


def natural(text: str) -> list[tuple[int, int, str]]:
    """As people count: 3.9 before 3.10, and numbers before words."""
    return [
        (0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|[^\d.]+", text)
    ]


def _in_order(source: Source) -> list[Key]:
    """Parents before children, and as the framework counts: 1.2 before 1.10."""
    return sorted(
        source.nodes, key=lambda key: (_ORDER.index(Kind(key[0])), _depth(source, key), natural(key[1]))
    )


def _depth(source: Source, key: Key) -> int:
    """How many nodes of its own kind stand above (areas within areas); what goes round in a circle stops."""
    depth, seen = 0, {key}
    while (above := (key[0], source.nodes[key].parent)) in source.nodes and above not in seen:
        key, depth = above, depth + 1
        seen.add(key)
    return depth


def _load_levels(framework: Framework, source: Source) -> dict[str, Level]:
    known = {level.code: level for level in framework.levels.all()}
    for position, (code, given) in enumerate(source.levels.items(), start=1):
        wanted = {
            "title": given["title"],
            "description": given.get("description", ""),
            "translations": given.get("translations", {}),
            "position": position,
        }
        if code not in known:
            known[code] = Level.objects.create(framework=framework, code=code, **wanted)
        elif _differs(known[code], wanted):
            _set(known[code], wanted)
            known[code].save()
    return known


def _differs(row: Any, wanted: dict[str, Any]) -> bool:
    # A short file of ours never takes away the words that a full import brought.
    return any(value and getattr(row, name) != value for name, value in wanted.items())


def _set(row: Any, wanted: dict[str, Any]) -> None:
    for name, value in wanted.items():
        if value:
            setattr(row, name, value)
