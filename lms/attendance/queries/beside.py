"""The tables beside a register's chain, compared with what its entries say. Whatever differs was changed by hand.

Facts may grow after a page was closed (a connection that was still open, a stretch of study that goes on): that is
not a difference. What a page holds as ended must still be in its table, letter by letter.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ..chain import GAP, UNLIKE, Fault
from ..models import (
    Amendment,
    Connection,
    EntryKind,
    InspectionReport,
    PageSignature,
    Register,
    RegisterEntry,
    RegisterLine,
    RegisterPage,
    RoomStay,
    StudyInterval,
    StudyPage,
    Vidimation,
)
from ..rules import Span

# What differs, as a fault names it.
COVER, PAGE, MINUTES, CONNECTIONS, ROOM, STUDY, STRETCHES, SIGNATURE, AMENDMENT, STAMP, REPORT, CLOSING = (
    "cover",
    "page",
    "minutes",
    "connections",
    "room",
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
    register = Register.objects.get(pk=register.pk)  # as it is now, whatever the caller holds
    said = {entry.position: json.loads(entry.content) for entry in entries}
    of_kind: dict[str, list[RegisterEntry]] = defaultdict(list)
    for entry in entries:
        of_kind[entry.kind].append(entry)
    faults: list[Fault] = []
    for entry in of_kind[EntryKind.OPENING]:
        if said[entry.position]["body"]["register"] != {"code": register.code, "uuid": str(register.uuid)}:
            faults.append(Fault(entry.position, UNLIKE, COVER))
    faults += _pages(register, of_kind, said)
    faults += _study(register, of_kind[EntryKind.STUDY], said)
    for kind, rows, matter, agrees in _papers(register):
        faults += _rows(of_kind[kind], said, rows, matter, agrees)
    faults += _closing(register, of_kind[EntryKind.CLOSING])
    return faults


# ------------------------------------------------------------------------------------- pages of classes


def _pages(
    register: Register, of_kind: Mapping[str, list[RegisterEntry]], said: Mapping[int, Said]
) -> list[Fault]:
    pages = {
        page.pk: page
        for page in RegisterPage.objects.filter(register=register)
        .select_related("session")
        .prefetch_related("breaks")
    }
    faults, position_of = [], {}
    credited: dict[int, dict[str, list[Any]]] = {}
    for entry in of_kind[EntryKind.PAGE]:
        page = pages.get(entry.page_id) if entry.page_id else None
        if page is None or not _page_agrees(entry, page, said[entry.position]):
            faults.append(Fault(entry.position, UNLIKE, PAGE))
            continue
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
                line = credited[entry.page_id][change["enrolment"]]
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
    faults += _evidence(register, of_kind[EntryKind.PAGE], said)
    signed = {entry.page_id for entry in of_kind[EntryKind.PAGE]}
    known = max((entry.position for entries in of_kind.values() for entry in entries), default=0)
    if any(page.closed_at and page.pk not in signed for page in pages.values()):
        faults.append(Fault(known + 1, GAP))
    return faults


def _page_agrees(entry: RegisterEntry, page: RegisterPage, said: Said) -> bool:
    body, held = said["body"], said["body"]["class"]
    actual = _whole(page.started_at, page.ended_at) if page.started_at and page.ended_at else None
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
    )


def _evidence(
    register: Register, entries: Iterable[RegisterEntry], said: Mapping[int, Said]
) -> Iterator[Fault]:
    """Connections and stays in the room that a page holds and their tables do not, or not so."""
    sessions = RegisterPage.objects.filter(register=register).values("session")
    connections = {
        str(uuid): (str(enrolment or ""), *_whole(opened, closed or opened), reason, device)
        for uuid, enrolment, opened, closed, reason, device in Connection.objects.filter(
            session__in=sessions
        ).values_list("uuid", "enrolment__uuid", "opened_at", "closed_at", "reason", "device")
    }
    rooms = {
        str(uuid): (str(enrolment), *_whole(entered, left or entered), means)
        for uuid, enrolment, entered, left, means in RoomStay.objects.filter(
            session__in=sessions
        ).values_list("uuid", "enrolment__uuid", "entered_at", "left_at", "entered_by")
    }
    for entry in entries:
        body = said[entry.position]["body"]
        online, room = True, True
        for row in [*body["learners"], *body["staff"]]:
            for stay in row["connections"]:
                if not stay.get("id"):
                    continue  # written before entries named their rows
                if stay["room"]:
                    room = room and _stay_holds(stay, row, rooms)
                else:
                    online = online and _connection_holds(stay, row, connections)
        if not online:
            yield Fault(entry.position, UNLIKE, CONNECTIONS)
        if not room:
            yield Fault(entry.position, UNLIKE, ROOM)


def _connection_holds(stay: Said, row: Said, known: Mapping[str, tuple[str, ...]]) -> bool:
    now = known.get(stay["id"])
    if now is None or now[0] != row.get("enrolment", "") or now[1] != stay["in"] or now[4] != stay["device"]:
        return False
    return not stay["reason"] or (now[2] == stay["out"] and now[3] == stay["reason"])


def _stay_holds(stay: Said, row: Said, known: Mapping[str, tuple[str, ...]]) -> bool:
    now = known.get(stay["id"])
    if now is None or now[0] != row["enrolment"] or now[1] != stay["in"] or now[3] != stay["room"]:
        return False
    return now[2] == stay["out"]


# --------------------------------------------------------------------------------- pages of own study


def _study(register: Register, entries: list[RegisterEntry], said: Mapping[int, Said]) -> Iterator[Fault]:
    rows = StudyPage.objects.filter(register=register).select_related("entry")
    yield from _rows(entries, said, rows, STUDY, _study_agrees)
    newest: dict[str, tuple[int, str, Said]] = {}
    for entry in entries:
        for row in said[entry.position]["body"]["learners"]:
            for each in row["activities"]:
                for stretch in each["stretches"]:
                    newest[stretch["id"]] = (entry.position, row["enrolment"], stretch)
    known = {
        str(uuid): (str(enrolment), _text(began), seconds)
        for uuid, enrolment, began, seconds in StudyInterval.objects.filter(
            enrolment__edition=register.edition_id
        ).values_list("uuid", "enrolment__uuid", "started_at", "seconds")
    }
    touched = set()
    for position, enrolment, stretch in newest.values():
        now = known.get(stretch["id"])
        grown = now is not None and now[2] > stretch["seconds"]
        same = now is not None and now[2] == stretch["seconds"]
        holds = (
            now is not None
            and now[:2] == (enrolment, stretch["from"])
            and (same or (grown and stretch["open"]))
        )
        if not holds:
            touched.add(position)
    yield from (Fault(position, UNLIKE, STRETCHES) for position in sorted(touched))


def _study_agrees(row: StudyPage, body: Said, entry: RegisterEntry) -> bool:
    return (
        body["page"] == row.number
        and body["study"]["since"] == _text(row.since)
        and body["study"]["until"] == _text(row.until)
        and row.closed_at == entry.written_at
    )


# ---------------------------------------------------------------------------- rows that are one entry


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
        "entry"
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
    )


def _amendment_agrees(row: Amendment, body: Said, entry: RegisterEntry) -> bool:
    asked = [{"enrolment": each["enrolment"], "minutes": each["minutes"]} for each in body["changes"]]
    return (
        body["amendment"] == str(row.uuid)
        and body["reason"] == row.reason
        and asked == [{"enrolment": each["enrolment"], "minutes": each["minutes"]} for each in row.changes]
        and row.page_id == entry.page_id
        and row.decided_at == entry.written_at
    )


def _closing(register: Register, entries: list[RegisterEntry]) -> Iterator[Fault]:
    for entry in entries:
        if register.closed_at != entry.written_at:
            yield Fault(entry.position, UNLIKE, CLOSING)
    if register.closed_at and not entries:
        yield Fault(1, UNLIKE, CLOSING)


def _text(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def _whole(start: datetime, end: datetime) -> list[str]:
    """A stretch as a page holds it: in whole seconds."""
    span = Span.inside(start, end)
    return [span.start.isoformat(), span.end.isoformat()]
