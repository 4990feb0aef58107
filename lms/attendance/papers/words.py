"""Words and dates of the paper register, in Italian."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from .. import rules
from ..queries.sheets import FOR_GOOD

MODES = {
    "online": "aula virtuale (FAD sincrona)",
    "presence": "presenza",
    "mixed": "aula mista",
    "own_time": "FAD asincrona",
}
SIGNERS = {"trainer": "Docente", "tutor": "Tutor", "director": "Direttore della formazione"}
METHODS = {"password": "password ripetuta", "app": "codice dell'app di autenticazione"}
NOT_STAMPED = (
    "REGISTRO NON VIDIMATO. Nessuna vidimazione, né un suo equivalente elettronico, è stata registrata prima "
    "dell'inizio delle lezioni."
)
#: What is named person by person under a prompt; who simply answered is counted.
NOT_PLAINLY_ANSWERED = {
    "late": "Hanno risposto in ritardo",
    "voice": "Hanno risposto a voce",
    "unanswered": "Non hanno risposto",
}


def clock(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%H:%M:%S}" if at else ""


def when(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%d/%m/%Y %H:%M:%S %z}" if at else ""


def when_text(moment: str) -> str:
    return when(datetime.fromisoformat(moment)) if moment else ""


def clock_text(moment: str) -> str:
    return clock(datetime.fromisoformat(moment)) if moment else ""


def day(text: str) -> str:
    return f"{date.fromisoformat(text):%d/%m/%Y}" if text else ""


def day_of(at: datetime) -> str:
    return f"{timezone.localtime(at):%d/%m/%Y}"


def spans(pairs: Any) -> str:
    return ", ".join(f"{clock(span.start)}–{clock(span.end)}" for span in pairs)


def out(pairs: Any) -> str:
    """When somebody was sent out; without an end, who was not let in again."""
    return ", ".join(
        f"dalle {clock(span.start)}" if span.length >= FOR_GOOD else spans([span]) for span in pairs
    )


def late(minutes: int) -> str:
    """ "in ritardo di 1 h 5 min", or "" in time."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    return "in ritardo di " + (f"{hours} h {rest} min" if hours else f"{rest} min")


def stamp(said: Mapping[str, Any] | None) -> str:
    """The stamp of a register in one sentence; without one, that there is none."""
    if not said:
        return NOT_STAMPED
    kind = "Vidimazione" if said["kind"] == "office" else "Equivalente elettronico della vidimazione"
    return f"{kind}: {said['office']}, n. {said['number']} del {day(said['stamped_on'])}, protocollo {said['protocol']}."


def hours(minutes: int) -> str:
    return rules.hours_text(minutes)
