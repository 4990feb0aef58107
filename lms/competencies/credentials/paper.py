"""The certificate on paper: a PDF/A-3a that carries the credential, under the seal.

In Italian, the language of the act. It is the one form that names the person; the codice fiscale is not printed.
"""

import io
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from lms.signing import seals

from .document import hours
from .sealed_pdf import ATTACHED

_PAPER = Path(__file__).with_name("papers") / "certificate.typ"

_TITLES = {
    "frequenza": (
        "Attestato di frequenza",
        "Rilasciato al termine di un percorso di formazione a distanza",
        "Si attesta che",
        "ha frequentato le ore richieste del corso",
        "Questo attestato dice che la persona ha frequentato il corso. Non attesta competenze.",
    ),
    "trasparenza_I": (
        "Attestato di messa in trasparenza delle competenze",
        "Attestazione di parte prima, D.Lgs. 16 gennaio 2013, n. 13",
        "Si attesta che",
        "ha mostrato di possedere la competenza",
        "Questo attestato ha il valore di una dichiarazione di parte (parte prima). Non sostituisce il documento di "
        "validazione (parte seconda) né il certificato di competenze (parte terza), che rilascia un ente titolato.",
    ),
}
_MODES = {
    "online": "formazione a distanza, in aula virtuale",
    "presence": "in presenza",
    "mixed": "mista, a distanza e in presenza",
    "own_time": "formazione a distanza, studio individuale",
}


def certificate(
    content: dict[str, Any],
    *,
    credential: str,
    person: str,
    born: date | None,
    by: str,
    address: str,
    at: datetime,
) -> tuple[bytes, str]:
    """The sealed PDF of one record, and the name of the certificate that sealed it; `credential` is put inside the file."""
    import typst  # heavy, and only papers need it

    title, subtitle, says, did, note = _TITLES[content["kind"]]
    level, course = content["level"], content["course"]
    data = {
        "title": title,
        "subtitle": subtitle,
        "says": says,
        "did": did,
        "note": note,
        "issuer": content["issuer"]["name"],
        "person": person,
        "born": _day(born) if born else "",
        "what": content["title"] if content["competency"] else course["title"],
        "about": content["description"] if content["competency"] else "",
        "sections": [
            {"title": name, "rows": [row for row in rows if row[1]]}
            for name, rows in (
                ("Competenza", _competency_rows(content, level)),
                ("Percorso", _course_rows(content, course)),
                ("Prove", [[test["title"], _test(test)] for test in content["assessment"]]),
                (
                    "Rilascio",
                    [
                        ["Ente che rilascia", content["issuer"]["name"]],
                        ["Riconosciuto da", by],
                        [
                            "Data",
                            _day(timezone.localtime(datetime.fromisoformat(content["valid_from"])).date()),
                        ],
                        ["Valido fino al", _until(content)],
                        ["Numero", content["record_id"].removeprefix("urn:uuid:")],
                    ],
                ),
            )
            if any(row[1] for row in rows)
        ],
        "address": address,
        "qr": qr(address),
        "seal": settings.SITE_NAME,
        "footer": f"{settings.SITE_NAME} · {content['record_id'].removeprefix('urn:uuid:')}",
        "attachments": [
            {
                "name": ATTACHED,
                "content": credential,
                "mime": "application/json",
                "description": "La stessa attestazione come credenziale Open Badges 3.0",
            }
        ],
    }
    made = typst.compile(
        str(_PAPER),
        root=str(_PAPER.parent),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-3a", "ua-1"],
        timestamp=int(at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no document")
    return seals.seal_by_name(made, reason=title)


def qr(address: str) -> str:
    """The square code of an address, as SVG."""
    import segno

    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue().decode()


def _competency_rows(content: dict[str, Any], level: dict[str, Any] | None) -> list[list[str]]:
    competency, framework = content["competency"], content["framework"]
    if not competency:
        return []
    return [
        ["Denominazione", content["title"]],
        ["Codice", competency["code"]],
        ["Repertorio", f"{framework['title']} {framework['version']}"],
        ["Livello", level["title"] if level else ""],
        ["Riferimento", competency["uri"]],
    ]


def _course_rows(content: dict[str, Any], course: dict[str, Any]) -> list[list[str]]:
    learning = content["learning"]
    return [
        ["Corso", f"{course['title']} ({course['code']})"],
        ["Edizione", course["edition"]],
        ["Apprendimento", "formale"],
        ["Modalità", _MODES.get(course["mode"], course["mode"])],
        ["Periodo", f"dal {_iso_day(course['starts_on'])} al {_iso_day(course['ends_on'])}"],
        ["Durata prevista", f"{_comma(learning['planned'])} ore"],
        ["Ore svolte", f"{_comma(learning['done'])} ore"],
    ]


def _test(test: dict[str, Any]) -> str:
    return f"{test['score']} su {test['max_score']}, il {_iso_day(test['date'])}"


def _comma(duration: str) -> str:
    return hours(duration).replace(".", ",")


def _until(content: dict[str, Any]) -> str:
    until = content.get("valid_until")
    return _day(timezone.localtime(datetime.fromisoformat(until)).date()) if until else ""


def _iso_day(text: str) -> str:
    return _day(date.fromisoformat(text))


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
