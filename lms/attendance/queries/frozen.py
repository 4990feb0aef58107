"""A closed page: its sheet to and from the signed entry, with what was added to it afterwards."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import prefetch_related_objects

from courses.queries import outline
from lms.enrolments.queries import class_url, recovered_in
from lms.people.queries import codice_fiscale_ending

from .. import rules, signing
from ..models import EntryKind, RegisterEntry, RegisterPage
from .absences import justified_in
from .covers import vidimation_json
from .outages import Outages, outage_from
from .sheets import Line, Missed, Sheet, StaffLine, Stay, live_sheet, name_of
from .story import Story, story_from, story_now


def body_of(
    page: RegisterPage, sheet: Sheet, *, number: int, at: datetime, due: signing.Due
) -> dict[str, Any]:
    """What a page's entry says: everybody, absentees too, and every connection and stay in the room."""
    session = page.session
    excused, missed = justified_in(session), recovered_in(session)
    in_time_until = closing_deadline(page, sheet.policy)
    return {
        "page": number,
        "closing": {
            "due_by": _moment(in_time_until),
            "minutes_late": signing.lateness(in_time_until, at) if in_time_until else 0,
        },
        "signatures": due.as_json(),
        "vidimation": vidimation_json(page.register),
        "class": {
            "uuid": str(session.uuid),
            "title": session.title,
            "mode": session.mode,
            "module": str(session.module_key or ""),
            "module_title": module_title(session),
            "recovery": session.recovery,
            "room": class_url(session),
            "place": session.place,
            "scheduled": _span_json(sheet.scheduled),
            "actual": _span_json(sheet.actual) if sheet.actual else None,
            "breaks": [_span_json(pause) for pause in sheet.breaks],
            "topic": page.topic,
            "incidents": page.incidents,
            "time_zone": "Europe/Rome",
        },
        "trainer": {
            "uuid": str(session.trainer.uuid),
            "name": name_of(session.trainer),
            "codice_fiscale_ends": codice_fiscale_ending(session.trainer),
        },
        "policy": {"version": sheet.policy.version, "parameters": sheet.parameters},
        "staff": [
            {"person": s.person, "name": s.name, "role": s.role, "connections": _stays_json(s.stays)}
            for s in sheet.staff
        ],
        "learners": [
            {
                "n": n,
                **_line_json(line),
                "justified": line.enrolment in excused,
                "recovers": _missed_json(missed.get(line.enrolment)),
            }
            for n, line in enumerate(sheet.lines, start=1)
        ],
        **story_now(session, page, sheet).as_json(),
        "totals": {"present": sheet.present, "absent": sheet.absent, "minutes": sheet.minutes},
    }


def _line_json(line: Line) -> dict[str, Any]:
    result = line.outcome
    return {
        "enrolment": line.enrolment,
        "person": line.person,
        "name": line.name,
        "connections": _stays_json(line.stays),
        "first_in": _moment(result.first_in),
        "last_out": _moment(result.last_out),
        "attended_seconds": result.attended_seconds,
        "merged_seconds": result.merged_seconds,
        "tolerance_seconds": result.tolerance_seconds,
        "outage_seconds": result.outage_seconds,
        "outage_credit_seconds": result.outage_credit_seconds,
        "minutes": result.minutes,
        "status": result.status,
        "excluded": result.excluded,
        "waited_seconds": line.waited_seconds,
        "sent_out": [_span_json(span) for span in line.sent_out],
        "given_back": [_span_json(span) for span in line.given_back],
    }


def _missed_json(session: Any) -> dict[str, str] | None:
    if session is None:
        return None
    return {"class": str(session.uuid), "title": session.title, "planned": session.starts_at.isoformat()}


def _stays_json(stays: Sequence[Stay]) -> list[dict[str, Any]]:
    return [
        {
            "in": stay.opened.isoformat(),
            "out": stay.closed.isoformat(),
            "device": stay.device,
            "reason": stay.reason,
            "server": stay.server,
            "waiting": [_span_json(span) for span in stay.waited],
            "id": stay.uuid,
            "room": stay.room,
        }
        for stay in stays
    ]


def closing_deadline(page: RegisterPage, policy: rules.Policy) -> datetime | None:
    """Until when closing the page is in time; None while the class has not ended."""
    return page.ended_at + timedelta(hours=policy.page_close_hours) if page.ended_at else None


def module_title(session: Any) -> str:
    """The module (unità formativa) of a class, as its course names it now."""
    if not session.module_key:
        return ""
    module = outline(session.edition.course).module(session.module_key)
    return module.title if module else ""


def _span_json(span: rules.Span) -> list[str]:
    return [span.start.isoformat(), span.end.isoformat()]


def _moment(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _read_moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _read_missed(said: dict[str, str] | None) -> Missed | None:
    if not said:
        return None
    return Missed(said["class"], said["title"], datetime.fromisoformat(said["planned"]))


def _read_span(pair: Sequence[str]) -> rules.Span:
    return rules.Span.of(datetime.fromisoformat(pair[0]), datetime.fromisoformat(pair[1]))


def _read_stays(rows: Sequence[dict[str, Any]]) -> tuple[Stay, ...]:
    return tuple(
        Stay(
            datetime.fromisoformat(row["in"]),
            datetime.fromisoformat(row["out"]),
            row["device"],
            row["reason"],
            row["server"],
            tuple(_read_span(pair) for pair in row.get("waiting", ())),
            row.get("id", ""),
            row.get("room", ""),
        )
        for row in rows
    )


def frozen_sheet(body: dict[str, Any]) -> Sheet:
    """The sheet that a page's entry holds."""
    held = body["class"]
    parameters = body["policy"]["parameters"]
    lines = tuple(
        Line(
            enrolment=row["enrolment"],
            person=row["person"],
            name=row["name"],
            stays=_read_stays(row["connections"]),
            outcome=rules.Outcome(
                status=row["status"],
                minutes=row["minutes"],
                attended_seconds=row["attended_seconds"],
                merged_seconds=row["merged_seconds"],
                tolerance_seconds=row["tolerance_seconds"],
                outage_seconds=row.get("outage_seconds", 0),
                outage_credit_seconds=row.get("outage_credit_seconds", 0),
                first_in=_read_moment(row["first_in"]),
                last_out=_read_moment(row["last_out"]),
                excluded=row["excluded"],
            ),
            minutes=row["minutes"],
            sent_out=tuple(_read_span(pair) for pair in row.get("sent_out", ())),
            justified=row.get("justified", False),
            recovers=_read_missed(row.get("recovers")),
            given_back=tuple(_read_span(pair) for pair in row.get("given_back", ())),
        )
        for row in body["learners"]
    )
    staff = tuple(
        StaffLine(row["person"], row["name"], row["role"], _read_stays(row["connections"]))
        for row in body["staff"]
    )
    return Sheet(
        policy=rules.policy_from(parameters, body["policy"]["version"]),
        scheduled=_read_span(held["scheduled"]),
        actual=_read_span(held["actual"]) if held["actual"] else None,
        breaks=tuple(_read_span(pair) for pair in held["breaks"]),
        lines=lines,
        staff=staff,
        closed=True,
        parameters=parameters,
        failures=Outages(tuple(outage_from(each) for each in body.get("outages", ())), ()),
    )


def amended_sheet(sheet: Sheet, changes: Sequence[Sequence[dict[str, Any]]]) -> Sheet:
    """The sheet with rectifications laid over it, oldest first."""
    minutes = {change["enrolment"]: change["minutes"] for each in changes for change in each}
    lines = tuple(
        replace(line, minutes=minutes[line.enrolment], amended=True) if line.enrolment in minutes else line
        for line in sheet.lines
    )
    return replace(sheet, lines=lines)


def body_of_entry(entry: RegisterEntry) -> dict[str, Any]:
    return json.loads(entry.content)["body"]


def sheet_of(session: Any, page: RegisterPage | None = None) -> Sheet:
    """The sheet of one class as it stands: frozen and rectified when closed, computed when not.

    A caller that has the page of the class saves a query.
    """
    page = page or RegisterPage.objects.filter(session=session).first()
    if page is None or page.closed_at is None:
        return live_sheet(session, page)
    return amended_sheet(frozen_sheet(_body_of_page(page)), _entered_changes(page))


def story_of(session: Any, page: RegisterPage | None, sheet: Sheet) -> Story:
    """What else is said of one class: as its page was signed when it is closed, as it is known now when it is not."""
    if page is None or page.closed_at is None:
        return story_now(session, page, sheet)
    return story_from(_body_of_page(page))


def _body_of_page(page: RegisterPage) -> dict[str, Any]:
    prefetch_related_objects([page], "entries")
    return body_of_entry(next(entry for entry in page.entries.all() if entry.kind == EntryKind.PAGE))


def _entered_changes(page: RegisterPage) -> list[list[dict[str, Any]]]:
    entered = sorted(
        (entry for entry in page.entries.all() if entry.kind == EntryKind.AMENDMENT),
        key=lambda entry: entry.position,
    )
    return [body_of_entry(entry)["changes"] for entry in entered]
