"""Registers as tables, in Italian, the language of the register: every connection and every credited minute."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone, translation

from lms.audit.exports import csv_text

from . import queries, rules
from .models import OutageKind, Register, RegisterPage
from .queries.closed import ClosedPage, WholeRegister, whole_register
from .queries.grids import reason_words, status_words
from .queries.sheets import Line, Sheet, Stay
from .queries.story import Story, story_from

HEADER = (
    "pagina",
    "lezione",
    "inizio previsto",
    "fine prevista",
    "inizio effettivo",
    "fine effettiva",
    "persona",
    "ruolo",
    "come",
    "entrata",
    "uscita",
    "dispositivo",
    "motivo dell'uscita",
    "secondi alla porta",
    "prima entrata",
    "ultima uscita",
    "secondi di presenza",
    "secondi tra riconnessioni",
    "secondi di tolleranza",
    "secondi persi per guasti",
    "secondi restituiti",
    "minuti della pagina",
    "minuti riconosciuti",
    "rettificati",
    "esito",
    "pause",
    "guasti",
    "tempo restituito",
    "giustificata",
    "recupera la lezione del",
    "allontanato",
    "conferme chieste",
    "conferme date",
    "lezione tenuta",
    "ispezione",
    "modalità",
    "iscrizione",
)
_STAFF = HEADER.index("lezione tenuta")  # what stands between the log and it is said of learners only
EVENTS_HEADER = ("pagina", "lezione", "che cosa", "dalle", "alle", "persona", "detto")
STUDY_HEADER = (
    "pagina",
    "persona",
    "modulo",
    "attività",
    "versione",
    "prima apertura",
    "ultima chiusura",
    "secondi attivi",
    "minuti nominali",
    "minuti riconosciuti",
    "tentativi",
    "risultato",
)
ROOM_WORDS = {
    "tablet": "firma sul tablet",
    "qr": "codice mostrato in aula",
    "trainer": "annotato dal docente",
}
VERDICTS = {
    "answered": "ha risposto",
    "late": "ha risposto in ritardo",
    "voice": "ha risposto a voce",
    "unanswered": "non ha risposto",
}
MODE_WORDS = {"online": "aula virtuale", "mixed": "aula mista", "presence": "presenza"}
ROLE_WORDS = {
    "learner": "allievo",
    "trainer": "docente",
    "tutor": "tutor",
    "director": "direttore della formazione",
    "inspector": "ispettore",
}


def iso(at: datetime | None) -> str:
    """Rome time with its offset, so that no reader has to guess: 2026-11-24T15:02:07+01:00."""
    return timezone.localtime(at).isoformat(timespec="seconds") if at else ""


def iso_text(moment: str) -> str:
    """The same from the text of an entry."""
    return iso(datetime.fromisoformat(moment)) if moment else ""


def table_rows(number: Any, held: Mapping[str, Any], sheet: Sheet, story: Story) -> Iterator[list[Any]]:
    """One row per connection or stay in the room; who has none has one row too. `held` has a class's title and mode."""
    actual = sheet.actual
    mode = MODE_WORDS.get(held["mode"], held["mode"])
    head = [
        number,
        held["title"],
        iso(sheet.scheduled.start),
        iso(sheet.scheduled.end),
        iso(actual.start if actual else None),
        iso(actual.end if actual else None),
    ]
    led, visited = _led(story), _visited(story)
    for person in sheet.staff:
        times = [iso(person.first_in), iso(person.last_out)]
        inspection = visited.get(person.person, "") if person.role == "inspector" else ""
        for stay in person.stays:
            yield [
                *head,
                person.name,
                ROLE_WORDS.get(person.role, person.role),
                *_log(stay),
                *times,
                *[""] * (_STAFF - 16),
                led.get(person.person, "") if person.role == "trainer" else "",
                inspection,
                mode,
                "",
            ]
    connected = {person.person for person in sheet.staff if person.role == "trainer"}
    for stretch in story.led_by:
        if stretch["person"] not in connected:  # led without one connection of their own: in the room
            connected.add(stretch["person"])
            blank = [""] * (_STAFF - 8)
            yield [
                *head,
                stretch["name"],
                ROLE_WORDS["trainer"],
                *blank,
                led[stretch["person"]],
                "",
                mode,
                "",
            ]
    confirmed = story.confirmations()
    for line in sheet.lines:
        asked, given = confirmed.get(line.enrolment, (0, 0))
        for log in [_log(stay) for stay in line.stays] or [[""] * 6]:
            yield [
                *head,
                line.name,
                ROLE_WORDS["learner"],
                *log,
                *_result_cells(line, sheet),
                asked,
                given,
                "",
                "",
                mode,
                line.enrolment,
            ]


def _led(story: Story) -> dict[str, str]:
    """When each trainer led the class, by person: "…/…", one after the other."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in story.led_by:
        found[each["person"]].append(f"{iso_text(each['from'])}/{iso_text(each['to'])}")
    return {person: " ".join(stretches) for person, stretches in found.items()}


def _visited(story: Story) -> dict[str, str]:
    """What each inspector's visit came to, by person."""
    return {each.get("person", ""): visit_words(each) for each in story.visits}


def visit_words(visit: Mapping[str, Any]) -> str:
    """Body, number of the report, whom they looked for and found, their note."""
    checks = visit["checks"]
    found = sum(check["outcome"] == "found" for check in checks)
    said = [visit["office"] or "ente non indicato"]
    if visit["minutes_number"]:
        said.append(f"verbale n. {visit['minutes_number']}")
    if checks:
        said.append(f"persone riscontrate {found} su {len(checks)}")
    return ", ".join(said) + (f": {visit['note']}" if visit["note"] else "")


def _log(stay: Stay) -> list[Any]:
    waited = rules.total(stay.waited) // timedelta(seconds=1)
    if stay.room:
        ended = ROOM_WORDS.get(stay.reason, "uscita non firmata")
        return [ROOM_WORDS[stay.room], iso(stay.opened), iso(stay.closed), "", ended, waited]
    return [
        "collegamento",
        iso(stay.opened),
        iso(stay.closed),
        stay.device,
        reason_words(stay.reason),
        waited,
    ]


def _result_cells(line: Line, sheet: Sheet) -> list[Any]:
    result = line.outcome
    return [
        iso(result.first_in),
        iso(result.last_out),
        result.attended_seconds,
        result.merged_seconds,
        result.tolerance_seconds,
        result.outage_seconds,
        result.outage_credit_seconds,
        result.minutes,
        line.minutes,
        "sì" if line.amended else "",
        status_words(line),
        _spans(sheet.breaks),
        _spans(sheet.failures.spans),
        _spans(line.given_back),
        "sì" if line.justified else "",
        iso(line.recovers.planned) if line.recovers else "",
        _spans(line.sent_out),
    ]


def _spans(spans: Iterable[rules.Span]) -> str:
    """ "2026-11-24T15:50:00+01:00/2026-11-24T16:00:00+01:00", one after the other."""
    return " ".join(f"{iso(span.start)}/{iso(span.end)}" for span in spans)


def class_table(session: Any) -> tuple[Sequence[str], list[list[Any]]]:
    """The log of one class, closed or not."""
    page = RegisterPage.objects.filter(session=session).select_related("register").first()
    with translation.override("it"):
        number = page.number if page and page.number else "non chiusa"
        held = {"title": session.title, "mode": session.mode}
        sheet = _excused_now(queries.sheet_of(session, page), queries.justified_in(session))
        return HEADER, list(table_rows(number, held, sheet, queries.story_of(session, page, sheet)))


def register_table(
    register: Register, whole: WholeRegister | None = None
) -> tuple[Sequence[str], list[list[Any]]]:
    """The log of every closed page of a class, in order."""
    whole = whole or whole_register(register)
    excused = queries.justified_by_class(register.edition_id)
    with translation.override("it"):
        return HEADER, [row for page in whole.pages for row in page_rows(page, excused)]


def page_rows(page: ClosedPage, excused: Mapping[str, Collection[str]]) -> Iterator[list[Any]]:
    """The log of one closed page; `excused`, by class, who has an accepted justification by now."""
    held = page.body["class"]
    sheet = _excused_now(page.sheet, excused.get(held["uuid"], ()))
    yield from table_rows(page.body["page"], held, sheet, story_from(page.body))


def _excused_now(sheet: Sheet, enrolments: Collection[str]) -> Sheet:
    """Most justifications are accepted after the page was closed; the log says what is known when it is made."""
    lines = tuple(replace(line, justified=line.enrolment in enrolments) for line in sheet.lines)
    return replace(sheet, lines=lines)


def events_table(whole: WholeRegister) -> tuple[Sequence[str], list[list[Any]]]:
    """What happened in every closed class beside coming and going, and every inspector's report, in order."""
    with translation.override("it"):
        rows = [row for page in whole.pages for row in event_rows(page)]
        rows += [_report_row("", "", each) for each in whole.reports if not each["page_id"]]
    return EVENTS_HEADER, rows


def event_rows(page: ClosedPage) -> Iterator[list[Any]]:
    """One row per stretch of leading, prompt and learner, failure, visit and learner looked for, report."""
    head = [page.body["page"], page.body["class"]["title"]]
    names = {line.enrolment: line.name for line in page.sheet.lines}
    story = story_from(page.body)
    for each in story.led_by:
        times = iso_text(each["from"]), iso_text(each["to"])
        yield [*head, "lezione tenuta", *times, each["name"], each["reason"]]
    for prompt in story.prompts:
        times = iso_text(prompt["asked_at"]), iso_text(prompt["deadline"])
        for answer in prompt["answers"]:
            said = VERDICTS[answer["verdict"]] + (f" ({iso_text(answer['at'])})" if "at" in answer else "")
            name = names.get(answer["enrolment"], answer["enrolment"])
            yield [*head, "conferma di presenza", *times, name, said]
    for each in story.outages:
        times = iso_text(each["from"]), iso_text(each["to"])
        decided = {None: "", True: ", tempo restituito", False: ", tempo non restituito"}[each["given_back"]]
        why = f" da {each['decided_by']}: {each['reason']}" if decided else ""
        said = f"{OutageKind(each['kind']).label}: {each['broke']} collegamenti interrotti{decided}{why}"
        yield [*head, "guasto", *times, "", said]
    for visit in story.visits:
        times = iso_text(visit["in"]), iso_text(visit["out"])
        yield [*head, "ispezione", *times, visit["name"], visit_words(visit)]
        for check in visit["checks"]:
            said = "presente" if check["outcome"] == "found" else "non trovato"
            yield [*head, "riscontro dell'ispettore", iso_text(check["at"]), "", check["name"], said]
    yield from (_report_row(head[0], head[1], each) for each in page.reports)


def _report_row(number: Any, title: str, said: Mapping[str, Any]) -> list[Any]:
    words = f"n. {said['number']} del {said['inspected_on']}, {said['office']}: {said['text']}"
    return [number, title, "verbale d'ispezione", iso(said["written_at"]), "", said["name"], words]


def study_table(whole: WholeRegister) -> tuple[Sequence[str], list[list[Any]]]:
    """Everybody's study on the closed pages of own study."""
    return STUDY_HEADER, [
        [
            page.body["page"],
            line["name"],
            each["module"],
            each["title"] or each["key"],
            ", ".join(map(str, each["revisions"])),
            iso_text(each["first_open"]),
            iso_text(each["last_close"]),
            each["seconds"],
            each["nominal_minutes"],
            each["minutes"],
            each["attempts"],
            each["result"],
        ]
        for page in whole.study
        for line in page.body["learners"]
        for each in line["activities"]
    ]


def log_csv(register: Register, whole: WholeRegister | None = None) -> str:
    """The log as the closing page names it by its hash, and as the PDF carries it."""
    return csv_text(*register_table(register, whole))
