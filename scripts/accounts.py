"""The demo accounts that ./run prints, by role, and the one password they share."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

DEMO_ACCOUNTS = (
    ("amina", "beneficiaria", "lezioni, quiz, ore, aula"),
    ("docente", "docente", "classi di oggi, registro, corsi da scrivere"),
    ("tutor", "tutor", "presenze, lettere di attivazione"),
    ("direttore", "direzione della formazione", "revisione e pubblicazione dei corsi"),
    ("assistente", "assistente sociale", "le persone che segue"),
    ("cpi", "centro per l'impiego", "invii ai corsi"),
    ("agenzia", "agenzia per il lavoro", "invii ai corsi"),
    ("consorzio", "coordinamento del consorzio", "attestazioni ricevute, consegne"),
    ("ispettore", "ispettore", "registri, sola lettura"),
    ("dpo", "protezione dei dati", "chi ha letto o cambiato i dati di chi"),
    ("admin", "amministrazione", "tutto il sito e i suoi contenuti"),
)


def demo_password(data: Path) -> str:
    """PONTE_DEMO_PASSWORD, else one made for this data folder and kept there, readable by its owner only."""
    given = os.environ.get("PONTE_DEMO_PASSWORD", "").strip()
    file = data / "demo-password"
    if given:
        password = given
    elif file.exists() and (kept := file.read_text().strip()):
        return kept
    else:
        password = "-".join(secrets.token_hex(2) for _ in range(3))
    if not file.exists() or file.read_text().strip() != password:
        draft = file.with_suffix(".tmp")
        draft.touch(mode=0o600)
        draft.write_text(password + "\n")
        draft.replace(file)
    return password


def table() -> str:
    names = max(len(name) for name, _, _ in DEMO_ACCOUNTS)
    roles = max(len(role) for _, role, _ in DEMO_ACCOUNTS)
    return "\n".join(f"  {name:<{names}}  {role:<{roles}}  {what}" for name, role, what in DEMO_ACCOUNTS)
