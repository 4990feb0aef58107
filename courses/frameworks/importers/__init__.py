"""Frameworks from files into rows: a source is read into plain nodes first, what is wrong in it is listed and
survived, then the nodes are written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import core, digcomp, repertory
from .source import Node, NotAFramework, Problem, Source
from .writing import Report, Tell, load

__all__ = [
    "FORMATS",
    "Node",
    "NotAFramework",
    "Problem",
    "Report",
    "Source",
    "files_in",
    "import_core",
    "import_digcomp",
    "load",
    "read_digcomp",
]

CORE = ("digcomp_core.json", "cefr.json", "lifecomp.json")


@dataclass(frozen=True)
class Format:
    """One form in which a framework arrives: its name, the files it needs, who reads them."""

    label: str | Promise
    files: tuple[str, ...]
    read: Callable[[Mapping[str, bytes], str], Source]
    code: str = ""
    version: str = ""


FORMATS = {
    "digcomp": Format(_("DigComp, data supplement"), digcomp.FILES, digcomp.read, "digcomp", "3.0"),
    "calabria": Format(
        _("Regional repertory (Calabria)"), repertory.FILES, repertory.read, "repertorio-calabria", "rev2"
    ),
    "ours": Format(_("One JSON file in our own form"), (), core.read),
}


def import_core() -> list[Report]:
    """Our own short files: DigComp's areas and competences, the CEFR, LifeComp. Safe to call twice.

    Where a version was already imported in full, nothing of it is taken away.
    """
    return [load(core.read_own(name)) for name in CORE]


def files_in(folder: Path, wanted: tuple[str, ...]) -> dict[str, bytes]:
    """Those of the wanted files that the folder has."""
    return {name: (folder / name).read_bytes() for name in wanted if (folder / name).is_file()}


def read_digcomp(folder: Path, version: str) -> Source:
    return digcomp.read(files_in(folder, digcomp.FILES), version)


def import_digcomp(
    folder: Path, *, version: str = "3.0", tell: Tell = lambda report, done, of: None
) -> Report:
    """DigComp from a folder with the four CSV files of its data supplement. Safe to call twice."""
    return load(read_digcomp(folder, version), tell)
