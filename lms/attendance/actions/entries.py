"""Writing one link of a register's chain, and its anchor outside."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from lms.errors import Refused

from .. import anchors, chain, keys
from ..models import Register, RegisterEntry, RegisterPage

log = structlog.get_logger(__name__)


def append_entry(
    register: Register,
    kind: str,
    body: Mapping[str, Any],
    *,
    by: Any,
    at: datetime,
    page: RegisterPage | None = None,
) -> RegisterEntry:
    """Chain, sign and store the next entry. The caller holds the register's lock, in a transaction.

    Its anchor is written after the commit; one that a crash keeps from being written is made up for by
    `write_missing_anchors`.
    """
    last = RegisterEntry.objects.filter(register=register).order_by("-position").first()
    position = last.position + 1 if last else 1
    previous_hash = last.hash if last else chain.GENESIS
    content = chain.envelope(
        register=register.code,
        position=position,
        kind=kind,
        previous_hash=previous_hash,
        written_at=at.astimezone(UTC).isoformat(),
        written_by={"uuid": str(by.uuid), "name": str(by)} if by else None,
        body=body,
    )
    hash_ = chain.digest(content)
    try:
        key_id, signature = keys.sign(hash_)
    except keys.NoKey as missing:
        log.exception("register.no_signing_key")
        raise Refused(
            "register.no_key",
            _("The register cannot be signed now. Nothing was written. Tell whoever runs the platform."),
            status=503,
        ) from missing
    entry = RegisterEntry.objects.create(
        register=register,
        position=position,
        kind=kind,
        page=page,
        content=content,
        previous_hash=previous_hash,
        hash=hash_,
        key_id=key_id,
        signature=signature,
        written_at=at,
        written_by=by,
    )
    transaction.on_commit(partial(anchors.write_anchor, entry))
    return entry


def refuse_closed_register(register: Register) -> None:
    if register.closed_at:
        raise Refused(
            "register.closed", _("This register is closed: no page is added to it. Propose a rectification.")
        )


def write_missing_anchors() -> int:
    """Write anchors that a crash between commit and file left out; returns how many.

    Only what follows an anchor that agrees with the chain: a chain that was cut or replaced gets none. Safe to
    call twice; an anchor is never written over.
    """
    written = 0
    for register in Register.objects.all():
        entries = list(register.entries.select_related("register").order_by("position"))
        kept = {anchor.position: anchor.hash for anchor in anchors.stored_anchors(register)}
        agreed = all(kept.get(entry.position, entry.hash) == entry.hash for entry in entries)
        if not agreed or max(kept, default=0) >= len(entries) or (not kept and len(entries) > 1):
            continue
        for entry in entries:
            if entry.position not in kept:
                written += anchors.write_anchor(entry)
    return written
