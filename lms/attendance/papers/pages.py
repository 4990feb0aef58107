"""One page of a class on paper: facts, staff, learners, prompts, visits, rectifications, signatures, seal."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from .. import signing
from ..models import OutageKind, RegisterEntry
from ..queries.closed import ClosedPage, SignedEntry
from ..queries.frozen import body_of_entry
from ..queries.grids import status_words
from ..queries.sheets import Line, Sheet, Stay
from ..queries.story import Story, story_from
from ..tables import ROLE_WORDS, ROOM_WORDS
from . import words

_CUT = 6  # connections of one person that a row shows; all of them are in the log attached


def paper_page(page: ClosedPage, *, now: datetime) -> dict[str, Any]:
    """A closed page, as it was signed, with its rectifications beside it."""
    body, sheet, story = page.body, page.sheet, story_from(page.body)
    held = body["class"]
    said = json.loads(page.entry.content)
    late = words.late(body.get("closing", {}).get("minutes_late", 0))
    return {
        "title": f"Pagina {body['page']} · {held['title']}",
        "notes": _notes(body, late),
        "facts": _facts(sheet, held, body["trainer"]),
        **_happened(sheet, story),
        "visits": [*_visits(story.visits), *_reports(page.reports)],
        "amendments": [amendment_words(each) for each in page.amendments],
        "signatures": signature_rows(body, page.signatures, now),
        "seal": seal_of(page.entry, said, late),
    }


def draft_page(session: Any, sheet: Sheet, story: Story, trainer: str) -> dict[str, Any]:
    """A page that is not closed: what it would say now, without signature or seal."""
    held = {"mode": session.mode, "place": session.place, "topic": "", "incidents": "", "module_title": ""}
    return {
        "title": f"Pagina non chiusa · {session.title}",
        "notes": [],
        "facts": _facts(sheet, held, {"name": trainer}),
        **_happened(sheet, story),
        "visits": _visits(story.visits),
        "amendments": [],
        "signatures": [],
        "seal": None,
    }


def _happened(sheet: Sheet, story: Story) -> dict[str, Any]:
    confirmed = story.confirmations()
    return {
        "staff": [*_led_by(story.led_by), *_staff(sheet)],
        "learners": [
            learner_cells(n, line, *confirmed.get(line.enrolment, (0, 0)))
            for n, line in enumerate(sheet.lines, start=1)
        ],
        "summary": summary(sheet),
        "prompts": _prompts(story.prompts, {line.enrolment: line.name for line in sheet.lines}),
        "outages": _outages(story.outages),
    }


def _notes(body: Mapping[str, Any], late: str) -> list[str]:
    notes = []
    if "vidimation" in body:
        notes.append(words.stamp(body["vidimation"]))
    if late:
        notes.append(
            f"Pagina chiusa {late} rispetto al termine del {words.when_text(body['closing']['due_by'])}."
        )
    if body["class"].get("recovery"):
        notes.append("Lezione di recupero: riguarda solo chi vi era atteso.")
    return notes


def _facts(sheet: Sheet, held: Mapping[str, Any], trainer: Mapping[str, Any]) -> list[list[list[str]]]:
    actual, begins = sheet.actual, timezone.localtime(sheet.scheduled.start)
    ending = trainer.get("codice_fiscale_ends", "")
    name = trainer["name"] + (f" (C.F. …{ending})" if ending else "")
    where = " · ".join(
        part for part in (words.MODES.get(held["mode"], held["mode"]), held.get("place", "")) if part
    )
    return [
        [
            ["Data", f"{begins:%d/%m/%Y} (ora di Roma, UTC{begins:%:z})"],
            ["Orario previsto", words.spans([sheet.scheduled])],
            ["Orario effettivo", words.spans([actual]) if actual else "non tenuta"],
            ["Pause", words.spans(sheet.breaks) or "nessuna"],
            ["Modalità", where],
        ],
        [
            ["Docente", name],
            ["Modulo o unità formativa", held.get("module_title") or "non indicato"],
            ["Argomento svolto", held["topic"] or "non indicato"],
            ["Incidenti tecnici", held["incidents"] or "nessuno"],
            ["Aula", held.get("room") or "non indicata"],
        ],
    ]


def _led_by(stretches: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    return [
        [
            each["name"],
            "docente, ha tenuto la lezione" + (f" ({each['reason']})" if each["reason"] else ""),
            f"{words.clock_text(each['from'])}–{words.clock_text(each['to'])}",
        ]
        for each in stretches
    ]


def _staff(sheet: Sheet) -> list[list[str]]:
    return [
        [person.name, f"{ROLE_WORDS.get(person.role, person.role)}, collegamenti", _times(person.stays)]
        for person in sheet.staff
    ]


def learner_cells(n: int, line: Line, asked: int = 0, confirmed: int = 0) -> list[str]:
    result = line.outcome
    minutes = f"{line.minutes} (pagina: {result.minutes})" if line.amended else str(line.minutes)
    outcome = status_words(line)
    if line.justified and not line.minutes:
        outcome += ", giustificato"
    if line.sent_out:
        outcome += f", allontanato {words.out(line.sent_out)}"
    if asked:
        outcome += f", conferme di presenza {confirmed} su {asked}"
    if line.recovers:
        outcome += f", recupera la lezione del {words.day_of(line.recovers.planned)}"
    return [
        str(n),
        line.name,
        _times(line.stays) or "nessuno",
        words.clock(result.first_in),
        words.clock(result.last_out),
        str(gross_minutes(line)),
        str(result.attended_seconds // 60),
        str(line.waited_seconds),
        str(result.merged_seconds + result.tolerance_seconds),
        f"{result.outage_seconds} / {result.outage_credit_seconds}",
        minutes,
        outcome + (", rettificato" if line.amended else ""),
    ]


def gross_minutes(line: Line) -> int:
    """Minutes connected or in the room as they add up, overlaps and waiting included: beside what counts."""
    return sum((stay.span.length for stay in line.stays), timedelta()) // timedelta(minutes=1)


def _times(stays: Sequence[Stay]) -> str:
    shown = [
        f"{words.clock(stay.opened)}–{words.clock(stay.closed)}"
        + (f" ({ROOM_WORDS[stay.room]})" if stay.room else "")
        for stay in stays[:_CUT]
    ]
    more = len(stays) - _CUT
    return ", ".join(shown) + (f" e altri {more} nel log allegato" if more > 0 else "")


def summary(sheet: Sheet) -> str:
    return (
        f"Presenti {sheet.present}, assenti {sheet.absent}, minuti riconosciuti {sheet.minutes}. "
        f"Regole di presenza: versione {sheet.policy.version}."
    )


def _prompts(prompts: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> list[str]:
    said = []
    for each in prompts:
        of_verdict: dict[str, list[str]] = defaultdict(list)
        for answer in each["answers"]:
            of_verdict[answer["verdict"]].append(names.get(answer["enrolment"], answer["enrolment"]))
        answered = sum(len(people) for verdict, people in of_verdict.items() if verdict != "unanswered")
        exceptions = "".join(
            f" {title}: {', '.join(of_verdict[verdict])}."
            for verdict, title in words.NOT_PLAINLY_ANSWERED.items()
            if of_verdict[verdict]
        )
        said.append(
            f"Ore {words.clock_text(each['asked_at'])}, entro le {words.clock_text(each['deadline'])}: "
            f"{answered} risposte su {len(each['answers'])} persone in aula.{exceptions} "
            "Chi non risponde non perde minuti."
        )
    return said


def _visits(visits: Iterable[Mapping[str, Any]]) -> list[str]:
    said = []
    for each in visits:
        out = words.clock_text(each["out"]) or "ancora in aula alla chiusura"
        found = sum(check["outcome"] == "found" for check in each["checks"])
        number = f", verbale n. {each['minutes_number']}" if each["minutes_number"] else ""
        said.append(
            f"Ispettore {each['name']} ({each['office'] or 'ente non indicato'}): entrato alle "
            f"{words.clock_text(each['in'])}, uscito: {out}; persone riscontrate {found} su {len(each['checks'])}{number}."
            + (f" {each['note']}" if each["note"] else "")
        )
    return said


def _reports(reports: Iterable[Mapping[str, Any]]) -> list[str]:
    return [report_words(each) for each in reports]


def report_words(said: Mapping[str, Any]) -> str:
    return (
        f"Verbale n. {said['number']} del {words.day(said['inspected_on'])}, {said['name']} ({said['office']}), "
        f"scritto il {words.when(said['written_at'])}: {said['text']}"
    )


def _outages(outages: Iterable[Mapping[str, Any]]) -> list[str]:
    said = []
    for each in outages:
        end = words.clock_text(each["to"]) + ("" if each["over"] else " (nessuno è rientrato)")
        decided = ""
        if each["given_back"] is not None:
            answer = "tempo restituito" if each["given_back"] else "tempo non restituito"
            decided = f" {each['decided_by']}: {answer}, {each['reason']}."
        said.append(
            f"{OutageKind(each['kind']).label}, dalle {words.clock_text(each['from'])} alle {end}: "
            f"{each['broke']} collegamenti interrotti.{decided}"
        )
    return said


def amendment_words(entry: RegisterEntry) -> dict[str, str]:
    body = body_of_entry(entry)
    said = json.loads(entry.content)
    changes = "; ".join(f"{c['name']}: da {c['before']} a {c['minutes']} minuti" for c in body["changes"])
    confirmed = said["written_by"]["name"] if said["written_by"] else "sistema"
    return {
        "words": f"{changes}. Motivo: {body['reason']}. Proposta da {body['proposed_by']['name']} il "
        f"{words.when_text(body['proposed_at'])}, confermata da {confirmed} il {words.when(entry.written_at)}.",
        "hash": entry.hash,
    }


def signature_rows(
    body: Mapping[str, Any], signatures: Sequence[Mapping[str, Any]], now: datetime
) -> list[list[str]]:
    """Who signed, how and when; who is still awaited, and who let the time pass."""
    due = signing.due_from(body)
    if due is None:
        return []
    given = {each["role"]: each for each in signatures}
    rows = []
    for role in due.roles:
        each = given.get(role)
        if each:
            late = words.late(each["minutes_late"])
            method = words.METHODS.get(each["method"], each["method"])
            rows.append(
                [words.SIGNERS[role], each["signer"]["name"], words.when(each["written_at"]), method, late]
            )
        else:
            state = "firma mancante, termine scaduto" if now > due.until else "firma attesa"
            rows.append([words.SIGNERS[role], "", "", "", f"{state} (entro il {words.when(due.until)})"])
    return rows


def seal_of(entry: RegisterEntry, said: Mapping[str, Any], late: str = "") -> dict[str, str]:
    return {
        "who": said["written_by"]["name"] if said["written_by"] else "sistema",
        "when": words.when(entry.written_at) + (f" ({late})" if late else ""),
        "key": entry.key_id,
        "hash": entry.hash,
        "previous": entry.previous_hash,
        "signature": entry.signature,
    }


def study_page(page: SignedEntry, *, now: datetime) -> dict[str, Any]:
    """A page of own study."""
    body = page.body
    held = body["study"]
    since = words.when_text(held["since"]) or "l'inizio del corso"
    return {
        "title": f"Pagina {body['page']} · FAD asincrona",
        "period": f"Studio iniziato tra {since} e {words.when_text(held['until'])}. "
        "Minuti riconosciuti = il minore tra minuti attivi e durata nominale, su tutte le pagine insieme.",
        "rows": [
            [
                str(line["n"]),
                line["name"],
                each["module"],
                each["title"] or each["key"],
                ", ".join(map(str, each["revisions"])),
                words.when_text(each["first_open"])[:-6],
                words.when_text(each["last_close"])[:-6],
                str(each["seconds"] // 60),
                str(each["nominal_minutes"]),
                str(each["minutes"]),
                f"{each['attempts']} · {each['result']}" if each["attempts"] else "",
            ]
            for line in body["learners"]
            for each in line["activities"]
        ],
        "idle": [line["name"] for line in body["learners"] if not line["activities"]],
        "summary": f"Hanno studiato {body['totals']['studious']} persone su {body['totals']['learners']}, "
        f"minuti riconosciuti {body['totals']['minutes']}.",
        "signatures": signature_rows(body, page.signatures, now),
        "seal": seal_of(page.entry, json.loads(page.entry.content)),
    }
