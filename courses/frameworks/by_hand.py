"""Figures of the Puglia repertory (RRFP), copied by hand from their sheets: there is no public copy to import."""

from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from . import importers
from .importers.repertory import EQF
from .models import Competency, Kind, RelationKind

RRFP = {
    "code": "rrfp-puglia",
    "title": "Repertorio regionale delle figure professionali, Regione Puglia",
    "publisher": "Regione Puglia",
    "language": "it",
    "by_hand": True,
}


@transaction.atomic
def save_figure(figure: dict[str, Any], units: list[dict[str, Any]]) -> tuple[Competency, list[str]]:
    """Write one figure with its units as their sheet says them; the figure, and what could not be taken out.

    Safe to call twice. What is no longer on the sheet goes, unless a course or a record cites it: then it stays.
    """
    source = importers.Source(RRFP | {"version": figure["version"]}, levels=dict(EQF))
    read_in = figure["source"]
    top = (Kind.PROFILE, figure["code"])

    def put(kind: str, code: str, parent: str, title: str, **words: str) -> None:
        source.nodes[kind, code] = importers.Node(kind, code, parent, title=title, source=read_in, **words)

    put(
        Kind.PROFILE,
        figure["code"],
        "",
        figure["title"],
        level=figure["level"],
        description=figure["description"],
    )
    for code in figure["ada"]:
        put(Kind.ADA, code, "", code)
        source.links[RelationKind.COVERS, top, (Kind.ADA, code)] = None
    for unit in units:
        put(Kind.COMPETENCE, unit["code"], figure["code"], unit["title"], result=unit["result"])
        for kind, sign, text in (
            (Kind.ABILITY, "A", unit["abilities"]),
            (Kind.KNOWLEDGE, "C", unit["knowledge"]),
        ):
            for number, line in enumerate(filter(None, map(str.strip, text.splitlines())), start=1):
                put(kind, f"{unit['code']}.{sign}{number}", unit["code"], line)
    report = importers.load(source)
    row = report.framework.competencies.get(kind=Kind.PROFILE, code=figure["code"])
    return row, _take_out(row, set(source.nodes))


def _take_out(figure: Competency, wanted: set[tuple[str, str]]) -> list[str]:
    kept = []
    below = Competency.objects.filter(parent=figure) | Competency.objects.filter(parent__parent=figure)
    for row in below.order_by("-kind"):
        if (row.kind, row.code) in wanted or row.pk is None:
            continue
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError:
            kept.append(f"{row.code} {row.title}")
    return kept


def figure_data(figure: Competency) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the form shows of a figure that is there: the figure, its units."""
    ada = figure.relations.filter(kind=RelationKind.COVERS).select_related("target")
    first = {
        "version": figure.framework.version,
        "code": figure.code,
        "title": figure.title,
        "description": figure.description,
        "level": figure.level.code if figure.level else "",
        "ada": " ".join(relation.target.code for relation in ada),
        "source": figure.source,
    }
    units = []
    for unit in (
        figure.children.filter(kind=Kind.COMPETENCE).prefetch_related("children").order_by("position")
    ):
        below = sorted(unit.children.all(), key=lambda row: row.position)
        lines = {
            kind: "\n".join(row.title for row in below if row.kind == kind)
            for kind in (Kind.ABILITY, Kind.KNOWLEDGE)
        }
        units.append(
            {
                "code": unit.code,
                "title": unit.title,
                "result": unit.result,
                "abilities": lines[Kind.ABILITY],
                "knowledge": lines[Kind.KNOWLEDGE],
            }
        )
    return first, units


def figures() -> Any:
    """Every figure that was copied by hand, by repertory and title."""
    found = Competency.objects.filter(kind=Kind.PROFILE, framework__by_hand=True)
    return found.select_related("framework").order_by("framework__title", "framework__version", "title")
