"""Reading frameworks: by code, by words, as a tree."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from .folding import fold
from .models import Competency, Framework, FrameworkImport, Kind, Level, Relation

#: what a tree shows at once; the rest opens below a competence
BRANCHES = (Kind.AREA, Kind.PROFILE, Kind.COMPETENCE)
_RANK = {kind: number for number, kind in enumerate([Kind.COMPETENCE, Kind.PROFILE, Kind.AREA])}


def current(code: str) -> Framework:
    """The version in force of this framework. Raises Framework.DoesNotExist if it was never imported."""
    return Framework.objects.filter(code=code, superseded_by=None, ready=True).order_by("-version")[:1].get()


def in_force() -> QuerySet[Framework]:
    """The versions that count now, without those whose import has not come to its end."""
    return Framework.objects.filter(superseded_by=None, ready=True)


def all_versions() -> list[Framework]:
    """Every version that can be read, each with how many competencies it has (`size`). One query."""
    found = Framework.objects.filter(ready=True).select_related("superseded_by")
    return list(found.annotate(size=Count("competencies")).order_by("title", "-superseded_by", "-version"))


def competency_by_code(framework: str, code: str) -> Competency:
    """Of the version in force: "digcomp", "1.1". Areas and competences are found before statements."""
    found = Competency.objects.select_related("framework").filter(framework=current(framework), code=code)
    return found.order_by("position")[:1].get()


def level_by_code(framework: Framework, code: str) -> Level:
    return framework.levels.get(code=code)


def search(words: str, *, framework: Framework | None = None) -> QuerySet[Competency]:
    """Competencies whose code or words, in any of their languages, hold every word given; the exact code first.

    Of the framework given, whichever version it is, else of all versions in force. One query on the folded words,
    the same on SQLite and PostgreSQL.
    """
    found = Competency.objects.select_related("framework", "parent", "level")
    found = found.filter(framework=framework) if framework else found.filter(framework__in=in_force())
    asked = words.strip()
    for word in fold(asked).split():
        exact = Q(code__iexact=word) | Q(code__istartswith=f"{word}.")
        found = found.filter(exact if word.replace(".", "").isdigit() else exact | Q(words__contains=word))
    if not asked:
        return found
    rank = [When(code__iexact=asked, then=Value(-1))]
    rank += [When(kind=kind, then=Value(number)) for kind, number in _RANK.items()]
    order = Case(*rank, default=Value(len(_RANK)), output_field=IntegerField())
    return found.annotate(rank=order).order_by("rank", "framework__title", "position", "pk")


@dataclass
class Branch:
    """One competency and what stands under it."""

    competency: Competency
    children: list["Branch"] = field(default_factory=list)


def tree(
    framework: Framework,
    *,
    kinds: tuple[str, ...] = (Kind.AREA, Kind.COMPETENCE),
    below: Competency | None = None,
) -> list[Branch]:
    """The framework as a tree, in its own order: one query, whatever its size.

    `below` gives one area, profile or competence with all that stands under it, whatever its kind: then a query
    for each step down, five at the most.
    """
    if below is not None:
        return _below(below)
    branches: dict[int, Branch] = {}
    roots: list[Branch] = []
    for row in framework.competencies.filter(kind__in=kinds).select_related("level").order_by("position"):
        row.framework = framework
        branches[row.pk] = Branch(row)
        above = branches.get(row.parent_id)
        (above.children if above else roots).append(branches[row.pk])
    return roots


def _below(top: Competency) -> list[Branch]:
    roots: list[Branch] = []
    level = {top.pk: roots}
    for _step in range(5):
        rows = Competency.objects.filter(parent__in=level).select_related("level").order_by("position")
        below: dict[int, list[Branch]] = {}
        for row in rows:
            row.framework = top.framework
            branch = Branch(row)
            level[row.parent_id].append(branch)
            below[row.pk] = branch.children
        if not below:
            break
        level = below
    return roots


def trail(competency: Competency) -> list[Competency]:
    """What stands above, from the top down. A query for each step, three at the most in the frameworks we know."""
    above: list[Competency] = []
    here = competency
    while here.parent_id and len(above) < 6:
        here = Competency.objects.select_related("framework").get(pk=here.parent_id)
        above.insert(0, here)
    return above


def relations_of(competency: Competency) -> list[tuple[Relation, Competency, bool]]:
    """Every relation with the other end of it; True where it is read backwards. Two queries."""
    own = competency.relations.select_related("target__framework", "target__level")
    others = competency.related_from.select_related("subject__framework", "subject__level")
    return [(row, row.target, False) for row in own] + [(row, row.subject, True) for row in others]


def same_elsewhere(competency: Competency) -> list[Competency]:
    """The same code and kind in the other versions of the framework."""
    found = Competency.objects.filter(
        framework__code=competency.framework.code,
        framework__ready=True,
        kind=competency.kind,
        code=competency.code,
    )
    return list(found.exclude(pk=competency.pk).select_related("framework").order_by("framework__version"))


def roots_of(competencies: Iterable[Competency]) -> dict[int, Competency | None]:
    """The area of each competency, for grouping: its parent, or the parent's parent of a statement. One query."""
    rows = {row.pk: row for row in competencies}
    found = Competency.objects.filter(pk__in=rows).select_related("parent__parent")
    areas: dict[int, Competency | None] = {}
    for row in found:
        above = row.parent
        areas[row.pk] = above.parent if above is not None and above.parent is not None else above
    return areas


def imports() -> QuerySet[FrameworkImport]:
    """What was imported from the editor's page, newest first."""
    return FrameworkImport.objects.select_related("framework").order_by("-asked_at", "-id")
