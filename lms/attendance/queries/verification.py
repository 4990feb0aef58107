"""Is a register what was signed? Reads everything, changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from django.utils.translation import gettext as _

from .. import anchors, chain, keys, timestamps
from ..models import EntryKind, Register, RegisterEntry
from . import beside, beside_connections, facts
from .beside import faults_beside


@dataclass(frozen=True)
class Finding:
    """One fault with its words: `where` names the page or entry, `sentence` says what is wrong."""

    fault: chain.Fault
    where: str
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """What a check found, first things first."""

    register: Register
    entries: int
    pages: int
    anchors: int
    head: str
    timestamps: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        return not self.findings


def verify(register: Register, *, kept: Iterable[chain.Anchor] = ()) -> Verdict:
    """Check chain, signatures, the anchors of this installation and those that somebody `kept` elsewhere."""
    entries = list(RegisterEntry.objects.filter(register=register).order_by("position"))
    links = [
        chain.Link(e.position, e.kind, e.content, e.previous_hash, e.hash, e.key_id, e.signature)
        for e in entries
    ]
    stored, kept = anchors.stored_anchors(register), list(kept)
    faults = faults_of_chain(register.code, links, [*stored, *kept])
    stamped = timestamps.witnesses(register)
    faults += chain.faults_of_witnesses(links, stamped)
    anchored = {anchor.position for anchor in stored}
    faults += [chain.Fault(e.position, chain.UNANCHORED) for e in entries if e.position not in anchored]
    # What nobody signed may say anything, in any shape: it is not read any further.
    broken = {fault.position for fault in faults if fault.code in (chain.CHANGED, chain.FORGED)}
    faults += faults_beside(register, [e for e in entries if e.position not in broken])
    names = _names(entries)
    return Verdict(
        register=register,
        entries=len(entries),
        pages=sum(entry.kind in (EntryKind.PAGE, EntryKind.STUDY) for entry in entries),
        anchors=len(stored) + len(kept),
        timestamps=len(stamped),
        head=entries[-1].hash if entries else "",
        findings=[_finding(fault, names) for fault in _without_repeats(faults)],
    )


def faults_of_chain(code: str, links: list[chain.Link], known: Iterable[chain.Anchor]) -> list[chain.Fault]:
    """What hashes, signatures and the anchors `known` outside say against a chain.

    An anchor mostly repeats the signature of its entry, and is then not looked at twice.
    """
    holds = cache(keys.verify)
    return [*chain.faults_in(code, links, holds), *chain.faults_against(code, links, known, holds)]


def _without_repeats(faults: list[chain.Fault]) -> list[chain.Fault]:
    """In order, and each kind of fault once a position: three anchors that say the same say it once."""
    seen: dict[tuple[int, str, str], chain.Fault] = {}
    for fault in sorted(faults):
        matter = fault.where if fault.code == chain.UNLIKE else ""
        seen.setdefault((fault.position, fault.code, matter), fault)
    return list(seen.values())


def _names(entries: list[RegisterEntry]) -> dict[int, str]:
    """Position → how a person calls that entry. Pages are numbered as they were closed."""
    names: dict[int, str] = {}
    numbers: dict[int | None, int] = {None: 0}
    page = 0
    for entry in entries:
        if entry.kind in (EntryKind.PAGE, EntryKind.STUDY):
            page += 1
            names[entry.position] = _("page %(number)s") % {"number": page}
            if entry.page_id is not None:
                numbers[entry.page_id] = page
        elif entry.kind in (EntryKind.OPENING, EntryKind.COVER):
            names[entry.position] = _("cover")
        else:
            kind = str(EntryKind(entry.kind).label) if entry.kind in EntryKind.values else entry.kind
            said = {"kind": kind, "number": entry.position, "page": numbers.get(entry.page_id)}
            names[entry.position] = (
                _("%(kind)s of page %(page)s (entry %(number)s)")
                if said["page"]
                else _("%(kind)s (entry %(number)s)")
            ) % said
    return names


def _finding(fault: chain.Fault, names: dict[int, str]) -> Finding:
    sentence = {
        chain.GAP: _("It is missing."),
        chain.CHANGED: _("Its text was changed after it was signed."),
        chain.MISPLACED: _("It is not in its place: its own text says another one."),
        chain.UNCHAINED: _("It does not follow from the entry before it."),
        chain.FORGED: _("Its signature is not valid."),
        chain.CUT: _("The register was cut here: an anchor kept outside knows later entries."),
        chain.UNANCHORED: _("No anchor outside the database knows it."),
        chain.CONTRADICTED: _("An anchor kept outside says something else."),
        chain.UNLIKE: _unlike(fault.where),
    }[fault.code]
    where = names.get(fault.position) or _("entry %(number)s") % {"number": fault.position}
    if fault.where and fault.code != chain.UNLIKE:
        where = f"{where} ({fault.where})"
    return Finding(fault, where, sentence)


def _unlike(matter: str) -> str:
    """Which table beside the register says something else."""
    return {
        beside.COVER: _("The register, or the particulars of its cover, are not what the cover says."),
        beside.ENTRY: _("The row of this entry says another time, writer or class than its text."),
        beside.PAGE: _("The row of this page says something else: number, times, topic or breaks."),
        beside.TIMETABLE: _(
            "The timetable says something else of this class: title, times, place or trainer."
        ),
        beside.MINUTES: _("The minutes of somebody on this page were changed beside it."),
        beside_connections.CONNECTIONS: _(
            "A connection of this class was changed, removed or added after the closing."
        ),
        beside_connections.ROOM: _(
            "A signature in the room was changed, removed or added after the closing."
        ),
        **_of_facts(),
        beside.STUDY: _("The row of this page of own study says something else."),
        beside.STRETCHES: _("A stretch of study of this page was changed, removed or added."),
        beside.SIGNATURE: _("The row of this signature says something else, or is gone."),
        beside.AMENDMENT: _("The row of this rectification says something else, or is gone."),
        beside.STAMP: _("The row of this stamp says something else, or is gone."),
        beside.REPORT: _("The row of this report says something else, or is gone."),
        beside.CLOSING: _("The register says something else of its closing."),
    }.get(matter, _("A table beside the register says something else."))


def _of_facts() -> dict[str, str]:
    """The same for the tables that a page seals."""
    return {
        "learners": _("A row of this page is of somebody else, or is gone."),
        "room_notes": _("Who noted a signature in the room was changed after the closing."),
        "waiting": _("A wait at the door was changed, removed or added after the closing."),
        "removals": _("That somebody was sent out was changed, removed or added after the closing."),
        "prompts": _("A presence prompt was changed, removed or added after the closing."),
        "answers": _("An answer to a presence prompt was changed, removed or added after the closing."),
        "leading": _("A substitution of the trainer was changed, removed or added after the closing."),
        "outages": _("An outage was changed, removed or added after the closing."),
        "decisions": _("A decision on lost time was changed, removed or added after the closing."),
        "visits": _("An inspector's visit was changed, removed or added after the closing."),
        "checks": _("What an inspector checked was changed, removed or added after the closing."),
        "recoveries": _("A place in this recovery class was changed, removed or added after the closing."),
        facts.JUSTIFIED: _("The decision on an absence was changed, removed or added after the closing."),
        facts.POLICY: _("The attendance rules that held here were changed or removed."),
    }
