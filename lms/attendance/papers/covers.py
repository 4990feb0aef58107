"""The cover of a register on paper."""

from typing import Any

from ..queries.closed import WholeRegister
from . import words

_STAFF = {
    "trainer": "docente",
    "tutor": "tutor",
    "director": "direttore della formazione",
    "inspector": "ispettore",
}
_HOURS = {"presence": "presenza", "online": "FAD sincrona", "own": "FAD asincrona", "stage": "stage"}
UNSAID = "non indicato"


def cover_rows(cover: dict[str, Any]) -> list[list[str]]:
    """What the cover says, line by line; what nobody wrote says that it is missing."""
    edition, platform, said = cover["edition"], cover["platform"], cover.get("particulars", {})
    body = [cover["body"]["name"], said.get("seat") or cover["body"]["seat"]]
    rows = [
        ["Registro", cover["register"]["code"]],
        ["Programma o avviso", cover["programme"]],
        ["CUP", cover["cup"]],
        ["Pratica", _with_day(said.get("protocol", ""), said.get("protocol_on", ""))],
        ["Regione", said.get("region", "")],
        ["Ente di formazione accreditato", ", ".join(part for part in body if part)],
        ["Codice fiscale o partita IVA", said.get("tax_code", "")],
        ["Codice di accreditamento", said.get("accreditation", "")],
        ["Legale rappresentante", said.get("representative", "")],
        ["Corso", f"{cover['course']['code']} {cover['course']['title']}".strip()],
        ["Edizione", f"{edition['code']} {edition['title']}"],
        ["Identificativo dell'attività", said.get("activity_id", "")],
        ["Figura RRFP e ADA", said.get("figure", "")],
        ["Monte ore", _hours(said.get("hours", {}))],
        ["Quota massima di FAD", _fad(cover.get("fad", {}))],
        ["Modalità", words.MODES.get(edition["mode"], edition["mode"])],
        ["Sede delle lezioni in presenza", edition["place"]],
        ["Periodo", f"dal {words.day(edition['first_day'])} al {words.day(edition['last_day'])}"],
        *[
            [title, _people(cover["staff"], role)]
            for title, role in (("Direttore", "director"), ("Docenti", "trainer"), ("Tutor", "tutor"))
        ],
        ["Piattaforma", f"{platform['name']} {platform['version']}, {platform['address']}"],
        ["Tempo", f"fuso orario {cover['time_zone']}; un'ora = {cover['hour_minutes']} minuti"],
    ]
    return [row if row[1] else [row[0], UNSAID] for row in rows]


def _people(staff: list[dict[str, Any]], role: str) -> str:
    return "; ".join(person["name"] for person in staff if person["role"] == role)


def _with_day(number: str, on: str) -> str:
    return f"n. {number}" + (f" del {words.day(on)}" if on else "") if number else ""


def _hours(said: dict[str, Any]) -> str:
    parts = {name: hours for name, hours in said.items() if hours is not None}
    if not parts:
        return ""
    each = ", ".join(f"{_HOURS[name]} {hours}" for name, hours in parts.items())
    return f"{sum(parts.values())} ore: {each}"


def _fad(said: dict[str, Any]) -> str:
    titles = {"fad_max_pct_theory": "della teoria", "fad_async_max_pct": "asincrona"}
    return "; ".join(
        f"{said[name]['value']} % {title} ({said[name]['source']})"
        for name, title in titles.items()
        if name in said and said[name]["value"] is not None
    )


def stamps(whole: WholeRegister) -> list[str]:
    """Every stamp in one sentence, the last one counting; one that came after a class began says so."""
    if not whole.stamps:
        return [words.NOT_STAMPED]
    said = []
    for n, each in enumerate(whole.stamps, start=1):
        sentence = words.stamp(each)
        if each["classes_begun"]:
            sentence += f" Registrata quando {each['classes_begun']} lezioni erano già iniziate."
        if n < len(whole.stamps):
            sentence += " Sostituita da quella che segue."
        said.append(sentence)
    return said


def earlier_covers(whole: WholeRegister) -> str:
    """How many times the cover was written again."""
    again = [entry for entry in whole.entries if entry.kind == "cover"]
    if not again:
        return ""
    return (
        f"Il frontespizio è stato aggiornato {len(again)} volte, l'ultima il {words.when(again[-1].written_at)}; "
        "le versioni precedenti sono nelle voci allegate."
    )
