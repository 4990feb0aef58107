"""Timestamps of an RFC 3161 authority over heads of registers.

A token over a head stands beside its anchor as a file. Its imprint is the head's own hash, the SHA-256 of the entry's
text, so anybody can check it with that text alone: `openssl ts -verify -data entry.json -in 000004.tsr`.
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from lms.signing import timestamping

from . import anchors, chain
from .models import Register, RegisterEntry

log = structlog.get_logger(__name__)


def file_of(register: Register, position: int) -> str:
    return f"{anchors.folder_of(register)}/{position:06d}.tsr"


def stamp_head(entry: RegisterEntry) -> bool:
    """Ask the authority for a token over one head and keep it, unless one is kept. False when none could be had."""
    asked = timestamping.authority()
    store, name = storages["records"], file_of(entry.register, entry.position)
    if asked is None or store.exists(name):
        return False
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError

    try:
        token = asyncio.run(asked.async_timestamp(bytes.fromhex(entry.hash), "sha256"))
    except (TimestampRequestError, OSError, ValueError):
        log.exception("register.no_timestamp", register=entry.register.code, position=entry.position)
        return False
    return store.save(name, ContentFile(token.dump())) == name


@dataclass(frozen=True)
class Stamp:
    """One kept token: what it was put on, when, and whether its own signature holds."""

    position: int
    hash: str
    at: datetime | None
    holds: bool
    source: str


def stored_stamps(register: Register) -> list[Stamp]:
    """Every token kept for a register, in order."""
    store = storages["records"]
    try:
        _folders, names = store.listdir(anchors.folder_of(register))
    except FileNotFoundError:
        return []
    found = []
    for name in sorted(name for name in names if re.fullmatch(r"\d{6}\.tsr", name)):
        with store.open(f"{anchors.folder_of(register)}/{name}") as file:
            found.append(read_stamp(file.read(), int(name[:6]), name))
    return found


def read_stamp(token: bytes, position: int, source: str) -> Stamp:
    """What a token says. One that cannot be read holds nothing."""
    from asn1crypto import cms
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
    from pyhanko_certvalidator import ValidationContext

    try:
        signed = cms.ContentInfo.load(token)["content"]
        told = signed["encap_content_info"]["content"].parsed
        imprint = told["message_imprint"]["hashed_message"].native
        at = told["gen_time"].native
        believed = timestamping.roots()
        context = ValidationContext(
            trust_roots=believed or [each.chosen for each in signed["certificates"]],
            allow_fetching=False,
            moment=at,
        )
        said = asyncio.run(validate_tst_signed_data(signed, context, lambda _name: imprint))
    except (ValueError, TypeError, KeyError, AttributeError, SignatureValidationError):
        return Stamp(position, "", None, False, source)
    trusted = said.get("validation_path") is not None or not believed
    return Stamp(position, imprint.hex(), at, bool(said["intact"] and said["valid"] and trusted), source)


def witnesses(register: Register) -> list[chain.Witness]:
    """The kept tokens as the check wants them."""
    return [chain.Witness(s.position, s.hash, s.holds, s.source) for s in stored_stamps(register)]
