"""A regional repertory of five CSV files: profiles, competences, abilities, knowledge, activities, and ADA codes.

An id that comes again with the same words under another parent is one thing in two places: it is kept once,
related to the other parent, and said. With other words it is kept beside the first under a code of its own, and
said too. What names a parent that is not there is left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..models import Kind, RelationKind
from .source import Node, NotAFramework, Problem, Source, rows

FILES = ("profili.csv", "competenze.csv", "abilita.csv", "conoscenze.csv", "attivita.csv")
ADA = re.compile(r"ADA\.\d{2}\.\d{2}\.\d{2,3}")
CALABRIA = {
    "code": "repertorio-calabria",
    "title": "Repertorio delle qualificazioni, Regione Calabria",
    "publisher": "Regione Calabria",
    "language": "it",
    "licence": "Copia pubblica di ananstr/OECD_labor_nlp (MIT)",
    "uri": "https://github.com/ananstr/OECD_labor_nlp",
}
EQF = {
    str(number): {"title": f"EQF {number}", "translations": {"it": {"title": f"Livello EQF {number}"}}}
    for number in range(1, 9)
}


@dataclass(frozen=True)
class _Table:
    """One file of things below a competence."""

    file: str
    kind: str
    key: str


_BELOW = (
    _Table("abilita.csv", Kind.ABILITY, "id_abilita"),
    _Table("conoscenze.csv", Kind.KNOWLEDGE, "id_conoscenza"),
    _Table("attivita.csv", Kind.ACTIVITY, "id_attivita"),
)


def read(files: Mapping[str, bytes], version: str) -> Source:
    """Raises NotAFramework if a file is absent or is another kind of file."""
    if missing := [name for name in FILES if name not in files]:
        raise NotAFramework(f"What was given lacks {', '.join(missing)}.")
    source = Source(CALABRIA | {"version": version}, levels=dict(EQF))
    _profiles(source, files["profili.csv"])
    columns = {"id_profilo", "id_competenza", "titolo", "descrizione", "risultato"}
    for place, row in rows("competenze.csv", files["competenze.csv"], columns, source.problems):
        title, description = _clean(row["titolo"]), _clean(row["descrizione"])
        _put(
            source,
            Node(
                Kind.COMPETENCE,
                row["id_competenza"].strip(),
                row["id_profilo"].strip(),
                title=title or description,
                description=description if description != title else "",
                result=_clean(row["risultato"]),
                place=("competenze.csv", place),
            ),
            Kind.PROFILE,
        )
    for table in _BELOW:
        columns = {"id_competenza", table.key, "descrizione"}
        for place, row in rows(table.file, files[table.file], columns, source.problems):
            node = Node(
                table.kind,
                row[table.key].strip(),
                row["id_competenza"].strip(),
                title=_clean(row["descrizione"]),
                place=(table.file, place),
            )
            _put(source, node, Kind.COMPETENCE)
    return source


def _profiles(source: Source, text: bytes) -> None:
    columns = {"id_profilo", "titolo", "descrizione", "liv_eqf", "settore"}
    for place, row in rows("profili.csv", text, columns, source.problems):
        sector, level = row["settore"].strip(), row["liv_eqf"].strip()
        if sector and (Kind.AREA, sector) not in source.nodes:
            source.nodes[Kind.AREA, sector] = Node(
                Kind.AREA,
                sector,
                title=f"Settore {sector}",
                translations={"en": {"title": f"Sector {sector}"}},
                place=("profili.csv", place),
            )
        node = Node(
            Kind.PROFILE,
            row["id_profilo"].strip(),
            sector,
            level=level if level in EQF else "",
            title=_clean(row["titolo"]),
            description=_clean(row["descrizione"]),
            place=("profili.csv", place),
        )
        if level and level not in EQF:
            _say(source, node, f"profile {node.code} has EQF level {level!r}: it is kept without a level")
        if _put(source, node, Kind.AREA):
            _activity_areas(source, node, row)


def _activity_areas(source: Source, profile: Node, row: Mapping[str, str]) -> None:
    for name, value in row.items():
        code = value.strip()
        if not name.startswith("ada_") or not code:
            continue
        if not ADA.fullmatch(code):
            _say(source, profile, f"{code!r} is no ADA code: profile {profile.code} is kept without it")
            continue
        # The titles of the ADA are not in these files, and the Atlante is not ours to copy: the code alone.
        source.nodes.setdefault((Kind.ADA, code), Node(Kind.ADA, code, title=code, place=profile.place))
        source.links[RelationKind.COVERS, (Kind.PROFILE, profile.code), (Kind.ADA, code)] = None


def _put(source: Source, node: Node, above: str) -> bool:
    """Takes a node in, or says why not, or where else it already stands."""
    what = f"{node.kind} {node.code}"
    if not node.code or not node.title:
        _say(source, node, f"{what} has no {'words' if node.code else 'code'}: left out")
        return False
    if node.parent and (above, node.parent) not in source.nodes:
        _say(source, node, f"{what} stands under {above} {node.parent}, which is absent: left out")
        return False
    known = source.nodes.get((node.kind, node.code))
    if known is None:
        source.nodes[node.kind, node.code] = node
        return True
    if (known.title, known.description) == (node.title, node.description):
        if known.parent == node.parent:
            _say(source, node, f"{what} comes a second time, word for word: kept once")
        else:
            link = (RelationKind.PART, (node.kind, node.code), (above, node.parent))
            source.links[link] = None
            _say(
                source,
                node,
                f"{what} comes again under {node.parent}: kept under {known.parent}, linked to both",
            )
        return False
    own = Node(**{**vars(node), "code": f"{node.code}/{node.parent}"})
    if (node.kind, own.code) in source.nodes:
        _say(source, node, f"{what} comes again under {node.parent} with other words: left out")
        return False
    source.nodes[node.kind, own.code] = own
    _say(source, node, f"{what} comes again with other words: kept as {own.code}")
    return True


def _clean(text: str) -> str:
    return " ".join(text.split())


def _say(source: Source, node: Node, sentence: str) -> None:
    source.problems.append(Problem(*node.place, sentence))
