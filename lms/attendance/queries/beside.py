"""The tables beside a register's chain, compared with what its entries say. Whatever differs was changed by hand.

What was still going on when a page was closed may have gone on (a connection, a stretch of study): that is not a
difference. What a page holds as ended must still be in its table, letter by letter; and a class whose page is closed
takes no further row, so one that its page does not hold was put there by hand. Names and tasks of people, titles of
courses and the like may change: a page keeps what they were.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ..chain import GAP, UNLIKE, Fault
from ..models import (
    Amendment,
    EntryKind,
    InspectionReport,
    PageSignature,
    Register,
    RegisterEntry,
    RegisterLine,
    RegisterPage,
    StudyPage,
    Vidimation,
)
from .beside_connections import unlike_connections, whole
from .beside_study import unlike_stretches
from .covers import particulars_json, particulars_of
from .facts import Known

# What differs, as a fault names it; the tables that a page seals have their own names in `facts`.
COVER, ENTRY, PAGE, TIMETABLE, MINUTES = (
    "cover",
    "entry",
    "page",
    "timetable",
    "minutes",
)
STUDY, STRETCHES, SIGNATURE, AMENDMENT, STAMP, REPORT, CLOSING = (
    "study",
    "stretches",
    "signature",
    "amendment",
    "stamp",
    "report",
    "closing",
)
Said = Mapping[str, Any]


def faults_beside(register: Register, entries: list[RegisterEntry]) -> list[Fault]:
    """What the tables say otherwise, at the entry that they contradict. The same queries whatever the pages."""
    register = Register.objects.select_related("edition").get(
        pk=register.pk
    )  # as it is now, whatever the caller holds
    said = {entry.position: json.loads(entry.content) for entry in entries}
    of_kind: dict[str, list[RegisterEntry]] = defaultdict(list)
    for entry in entries:
        of_kind[said[entry.position]["kind"]].append(entry)
    faults = [*_envelopes(register, said), *_cover(register, of_kind, said)]
    faults += _pages(register, of_kind, said)
    studied = of_kind[EntryKind.STUDY]
    faults += _rows(studied, said, _study_pages(register), STUDY, _study_agrees)
    faults += (Fault(position, UNLIKE, STRETCHES) for position in unlike_stretches(register, studied, said))
    for kind, rows, matter, agrees in _papers(register):
        faults += _rows(of_kind[kind], said, rows, matter, agrees)
    faults += _undecided(register, entries)
    faults += _closing(register, of_kind[EntryKind.CLOSING])
    faults += _facts(register, of_kind, said)
    return faults


def _envelopes(register: Register, said: Mapping[int, Said]) -> Iterator[Fault]:
    """The columns of an entry that repeat its text."""
    classes: dict[int, str] = {}  # position → the class that its text is about
    columns = register.entries.filter(position__in=said).order_by("position")
    for position, at, by, session in columns.values_list(
        "position", "written_at", "written_by__uuid", "page__session__uuid"
    ):
        text, body = said[position], said[position]["body"]
        about = body.get("class", "")
        if text["kind"] == EntryKind.SIGNATURE:
            about = classes.get(body["signs"]["position"], "")
        classes[position] = about = about["uuid"] if isinstance(about, dict) else about
        if (
            text["written_at"] != _text(at)
            or (text["written_by"] or {}).get("uuid", "") != str(by or "")
            or about != str(session or "")
        ):
            yield Fault(position, UNLIKE, ENTRY)


def _cover(
    register: Register, of_kind: Mapping[str, list[RegisterEntry]], said: Mapping[int, Said]
) -> Iterator[Fault]:
    """The register itself, as it was opened; the particulars, as its newest cover has them."""
    for entry in of_kind[EntryKind.OPENING]:
        body = said[entry.position]["body"]
        same = body["register"] == {"code": register.code, "uuid": str(register.uuid)}
        edition = body["edition"].get("uuid", "") in ("", str(register.edition.uuid))
        if not same or not edition or register.opened_at != entry.written_at:
            yield Fault(entry.position, UNLIKE, COVER)
    covers = [*of_kind[EntryKind.OPENING], *of_kind[EntryKind.COVER]]
    if covers:
        newest = max(covers, key=lambda entry: entry.position)
        particulars = said[newest.position]["body"].get("particulars")
        if particulars not in (None, particulars_json(particulars_of(register.edition))):
            yield Fault(newest.position, UNLIKE, COVER)


def _facts(
    register: Register, of_kind: Mapping[str, list[RegisterEntry]], said: Mapping[int, Said]
) -> Iterator[Fault]:
    """What the rows behind a page no longer are, table by table."""
    pages = RegisterPage.objects.filter(register=register, closed_at__isnull=False)
    known = Known(
        register.edition_id,
        {str(uuid): pk for uuid, pk in pages.values_list("session__uuid", "session")},
    )
    for entry in of_kind[EntryKind.PAGE]:
        for matter in known.unlike_class(said[entry.position]["body"], entry.written_at):
            yield Fault(entry.position, UNLIKE, matter)
    for entry in of_kind[EntryKind.STUDY]:
        for matter in known.unlike_study(said[entry.position]["body"]):
            yield Fault(entry.position, UNLIKE, matter)
    for entry in of_kind[EntryKind.CLOSING]:
        for matter in known.unlike_closing(said[entry.position]["body"], entry.written_at):
            yield Fault(entry.position, UNLIKE, matter)


# ------------------------------------------------------------------------------------- pages of classes


def _pages(
    register: Register, of_kind: Mapping[str, list[RegisterEntry]], said: Mapping[int, Said]
) -> list[Fault]:
    pages = {
        page.pk: page
        for page in RegisterPage.objects.filter(register=register)
        .select_related("register", "session__trainer")
        .prefetch_related("breaks")
    }
    faults, position_of = [], {}
    credited: dict[int, dict[str, list[Any]]] = {}
    for entry in of_kind[EntryKind.PAGE]:
        page = pages.get(entry.page_id) if entry.page_id else None
        if page is None or not _page_agrees(entry, page, said[entry.position]):
            faults.append(Fault(entry.position, UNLIKE, PAGE))
            continue
        if not _planned_agrees(page, said[entry.position]["body"]):
            faults.append(Fault(entry.position, UNLIKE, TIMETABLE))
        position_of[page.pk] = entry.position
        rows = said[entry.position]["body"]["learners"]
        credited[page.pk] = {
            row["enrolment"]: [row["minutes"], row["status"], row["first_in"], row["last_out"], False]
            for row in rows
        }
    for entry in of_kind[EntryKind.AMENDMENT]:
        if entry.page_id in credited:
            position_of[entry.page_id] = entry.position
            for change in said[entry.position]["body"]["changes"]:
                line = credited[entry.page_id].get(change["enrolment"])
                if line is None:  # the row of the entry says another page than its text
                    faults.append(Fault(entry.position, UNLIKE, AMENDMENT))
                else:
                    line[0], line[4] = change["minutes"], True
    lines: dict[int, dict[str, list[Any]]] = defaultdict(dict)
    for page_id, enrolment, minutes, status, first_in, last_out, amended in RegisterLine.objects.filter(
        page__register=register
    ).values_list("page_id", "enrolment__uuid", "minutes", "status", "first_in", "last_out", "amended"):
        lines[page_id][str(enrolment)] = [minutes, status, _text(first_in), _text(last_out), amended]
    faults += [
        Fault(position_of[page_id], UNLIKE, MINUTES)
        for page_id in credited
        if lines[page_id] != credited[page_id]
    ]
    stays = unlike_connections(register, of_kind[EntryKind.PAGE], said)
    faults += (Fault(position, UNLIKE, matter) for position, matter in stays)
    signed = {entry.page_id for entry in of_kind[EntryKind.PAGE]}
    known = max((entry.position for entries in of_kind.values() for entry in entries), default=0)
    if any(page.closed_at and page.pk not in signed for page in pages.values()):
        faults.append(Fault(known + 1, GAP))
    return faults


def _page_agrees(entry: RegisterEntry, page: RegisterPage, said: Said) -> bool:
    body, held = said["body"], said["body"]["class"]
    actual = whole(page.started_at, page.ended_at) if page.started_at and page.ended_at else None
    return (
        body["page"] == page.number
        and held["uuid"] == str(page.session.uuid)
        and held["topic"] == page.topic
        and held["incidents"] == page.incidents
        and held["actual"] == actual
        and sorted(held["breaks"])
        == sorted([_text(b.starts_at), _text(b.ends_at)] for b in page.breaks.all())
        and said["written_at"] == _text(entry.written_at)
        and page.closed_at == entry.written_at
        and page.closed_by_id == entry.written_by_id
    )


def _planned_agrees(page: RegisterPage, body: Said) -> bool:
    """The class as the timetable has it: one that has begun is neither moved nor renamed."""
    session, held = page.session, body["class"]
    return (
        session.edition_id == page.register.edition_id
        and session.cancelled_at is None
        and held["title"] == session.title
        and held["mode"] == session.mode
        and held["place"] == session.place
        and held["module"] == str(session.module_key or "")
        and held["recovery"] == session.recovery
        and held["scheduled"] == [_text(session.starts_at), _text(session.ends_at)]
        and body["trainer"]["uuid"] == str(session.trainer.uuid)
    )


# ---------------------------------------------------------------------------- rows that are one entry


def _study_pages(register: Register) -> Iterable[StudyPage]:
    return StudyPage.objects.filter(register=register).select_related("entry")


def _study_agrees(row: StudyPage, body: Said, entry: RegisterEntry) -> bool:
    return (
        body["page"] == row.number
        and body["study"]["since"] == _text(row.since)
        and body["study"]["until"] == _text(row.until)
        and (row.closed_at, row.closed_by_id) == (entry.written_at, entry.written_by_id)
    )


def _papers(
    register: Register,
) -> Iterator[tuple[str, Iterable[Any], str, Callable[[Any, Said, RegisterEntry], bool]]]:
    """Each table whose every row is one entry: its kind, its rows, its name in a fault, how they agree."""
    stamps = Vidimation.objects.filter(register=register).select_related("entry")
    yield EntryKind.VIDIMATION, stamps, STAMP, _stamp_agrees
    signatures = PageSignature.objects.filter(signed__register=register).select_related(
        "entry", "signer", "signed"
    )
    yield EntryKind.SIGNATURE, signatures, SIGNATURE, _signature_agrees
    reports = InspectionReport.objects.filter(register=register).select_related("entry")
    yield EntryKind.INSPECTION, reports, REPORT, _report_agrees
    amendments = Amendment.objects.filter(page__register=register, entry__isnull=False).select_related(
        "entry", "page__session", "proposed_by"
    )
    yield EntryKind.AMENDMENT, amendments.filter(state="entered"), AMENDMENT, _amendment_agrees
    yield EntryKind.REFUSAL, amendments.filter(state="rejected"), AMENDMENT, _amendment_agrees


def _rows(
    entries: list[RegisterEntry],
    said: Mapping[int, Said],
    rows: Iterable[Any],
    matter: str,
    agrees: Callable[[Any, Said, RegisterEntry], bool],
) -> Iterator[Fault]:
    """Every entry has its row and every row its entry, and they say the same."""
    by_entry = {row.entry_id: row for row in rows}
    for entry in entries:
        row = by_entry.pop(entry.pk, None)
        if row is None or not agrees(row, said[entry.position]["body"], entry):
            yield Fault(entry.position, UNLIKE, matter)
    for row in by_entry.values():
        if row.entry.position not in said:
            continue  # its entry itself is missing or changed, and that is said
        yield Fault(row.entry.position, UNLIKE, matter)


def _stamp_agrees(row: Vidimation, body: Said, entry: RegisterEntry) -> bool:
    names = ("kind", "office", "number", "protocol")
    return (
        all(body[name] == getattr(row, name) for name in names)
        and body["stamped_on"] == row.stamped_on.isoformat()
        and (row.recorded_at, row.recorded_by_id) == (entry.written_at, entry.written_by_id)
    )


def _signature_agrees(row: PageSignature, body: Said, entry: RegisterEntry) -> bool:
    return (
        body["role"] == row.role
        and body["signer"]["uuid"] == str(row.signer.uuid)
        and body["method"] == row.method
        and body["proved_at"] == _text(row.proved_at)
        and body["due_by"] == _text(row.due_by)
        and body["signs"]["position"] == row.signed.position
        and body["signs"]["hash"] == row.signed.hash
        and row.signed_at == entry.written_at
    )


def _report_agrees(row: InspectionReport, body: Said, entry: RegisterEntry) -> bool:
    names = ("number", "name", "office", "text")
    return (
        all(body[name] == getattr(row, name) for name in names)
        and body["inspected_on"] == row.inspected_on.isoformat()
        and row.page_id == entry.page_id
        and (row.written_at, row.written_by_id) == (entry.written_at, entry.written_by_id)
    )


def _amendment_agrees(row: Amendment, body: Said, entry: RegisterEntry) -> bool:
    asked = [{name: each[name] for name in ("enrolment", "minutes")} for each in body["changes"]]
    return (
        body["amendment"] == str(row.uuid)
        and body["reason"] == row.reason
        and asked == row.changes
        and row.page_id == entry.page_id
        and body["class"] == str(row.page.session.uuid)
        and body["proposed_by"]["uuid"] == str(row.proposed_by.uuid)
        and body["proposed_at"] == _text(row.proposed_at)
        and (row.decided_at, row.decided_by_id) == (entry.written_at, entry.written_by_id)
    )


def _undecided(register: Register, entries: Iterable[RegisterEntry]) -> Iterator[Fault]:
    """A rectification that says that it was decided on, without an entry: nobody ever decides so."""
    page_of = {entry.page_id: entry.position for entry in entries if entry.kind == EntryKind.PAGE}
    decided = Amendment.objects.filter(page__register=register, entry=None).exclude(state="proposed")
    for page in decided.values_list("page", flat=True):
        yield Fault(page_of.get(page, 1), UNLIKE, AMENDMENT)


def _closing(register: Register, entries: list[RegisterEntry]) -> Iterator[Fault]:
    for entry in entries:
        if (register.closed_at, register.closed_by_id) != (entry.written_at, entry.written_by_id):
            yield Fault(entry.position, UNLIKE, CLOSING)
    if register.closed_at and not entries:
        yield Fault(1, UNLIKE, CLOSING)


def _text(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""
