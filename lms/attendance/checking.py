"""The check that anybody may ask for, with a code or with a paper: is it whole? The answer names no person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from lms.signing import seals

from . import anchors, keys
from .models import Register, RegisterEntry
from .queries.verification import Finding, Verdict, verify

WHOLE, NOT_WHOLE, UNKNOWN = "whole", "not_whole", "unknown"


NO_REGISTER, OTHER_ENTRIES = "no_register", "other_entries"


class Complaint(NamedTuple):
    """One thing that is wrong with a paper or a code, beside what is wrong with the register itself."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Checked:
    """What a check found. Of the register only its code, its numbers and its moments are told."""

    state: str
    code: str = ""
    verdict: Verdict | None = None
    last_written_at: datetime | None = None
    closed_at: datetime | None = None
    seal: seals.Seal | None = None
    complaints: tuple[Complaint, ...] = ()

    @property
    def findings(self) -> list[Finding]:
        return self.verdict.findings if self.verdict else []


def published_keys() -> dict[str, Any]:
    """What whoever checks offline needs: every public key of the chain, every certificate of the seal."""
    pem = seals.published().decode()
    certificates = [
        part + "-----END CERTIFICATE-----\n" for part in pem.split("-----END CERTIFICATE-----\n") if part
    ]
    return {"format": "ponte-keys/1", "ed25519": keys.published(), "certificates": certificates}


def check_code(code: str) -> Checked:
    """The register with this code, as it stands in the database."""
    register = Register.objects.filter(code=code.strip()).first()
    if register is None:
        nowhere = Complaint(NO_REGISTER, _("There is no register with this code here."))
        return Checked(UNKNOWN, code.strip()[:50], complaints=(nowhere,))
    return _of_register(register, verify(register))


def check_paper(pdf: bytes) -> Checked:
    """A register on paper, or a page of one: its seal, its anchor and its entries against the register itself."""
    seal = seals.examine(pdf)
    files = anchors.attachments_of(pdf) if pdf.startswith(b"%PDF") else []
    kept = anchors.anchors_in(pdf, _("this document")) if files else []
    if len({anchor.register for anchor in kept}) != 1:
        nothing = Complaint(NO_REGISTER, _("This file carries no register of ours."))
        return Checked(UNKNOWN, seal=seal, complaints=(*_about_seal(seal), nothing))
    register = Register.objects.filter(code=kept[0].register).first()
    if register is None:
        nowhere = Complaint(
            NO_REGISTER, _("There is no register %(code)s here.") % {"code": kept[0].register}
        )
        return Checked(NOT_WHOLE, kept[0].register, seal=seal, complaints=(*_about_seal(seal), nowhere))
    complaints = list(_about_seal(seal))
    if not _same_entries(register, anchors.parsed_entries(files)):
        complaints.append(
            Complaint(OTHER_ENTRIES, _("The entries inside this document are not those of the register."))
        )
    return _of_register(register, verify(register, kept=kept), seal, tuple(complaints))


def _of_register(
    register: Register,
    verdict: Verdict,
    seal: seals.Seal | None = None,
    complaints: tuple[Complaint, ...] = (),
) -> Checked:
    last = register.entries.order_by("-position").values_list("written_at", flat=True).first()
    return Checked(
        state=WHOLE if verdict.intact and not complaints else NOT_WHOLE,
        code=register.code,
        verdict=verdict,
        last_written_at=last,
        closed_at=register.closed_at,
        seal=seal,
        complaints=complaints,
    )


def _about_seal(seal: seals.Seal) -> tuple[Complaint, ...]:
    sentence = {
        seals.UNSEALED: _("It carries no seal: what is printed on it may have been changed."),
        seals.CHANGED: _("It was changed after it was sealed, or its seal is broken."),
        seals.STRANGER: _("Its seal is not ours: somebody else made this document."),
        seals.UNREADABLE: _("It cannot be read as a document: it is damaged, or something else."),
    }.get(seal.state)
    return (Complaint(seal.state, sentence),) if sentence else ()


def _same_entries(register: Register, read: Sequence[Mapping[str, Any]]) -> bool:
    """Does each entry of the paper stand in the register, letter by letter? A paper without entries says nothing."""
    positions = [position for each in read if isinstance(position := each.get("position"), int)]
    if len(positions) != len(read):
        return False
    kept = RegisterEntry.objects.filter(register=register, position__in=positions)
    known = {row.position: (row.content, row.hash, row.signature) for row in kept}
    return bool(read) and all(
        known.get(each["position"]) == (each.get("content"), each.get("hash"), each.get("signature"))
        for each in read
    )
