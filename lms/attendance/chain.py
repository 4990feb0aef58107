"""The chain of a register: canonical text, hash, signature, and what is wrong with it. Pure.

Each entry's text names its register, its position and the hash of the entry before it; the signature is over
the hash. So a changed letter breaks a hash, a recomputed hash breaks a signature, a swapped entry contradicts
its own text, and a cut tail contradicts an anchor kept elsewhere.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FORMAT = "ponte-register/1"
ANCHOR_FORMAT = "ponte-anchor/1"
GENESIS = "0" * 64

GAP, CHANGED, MISPLACED, UNCHAINED, FORGED, CUT, UNANCHORED, CONTRADICTED, UNLIKE = (
    "gap",  # an entry is missing
    "changed",  # the text does not have its hash
    "misplaced",  # the text says another place or register
    "unchained",  # the text names another predecessor
    "forged",  # the signature does not hold, or its key is unknown
    "cut",  # an anchor knows later entries
    "unanchored",  # an entry that no anchor outside knows
    "contradicted",  # an anchor outside says another hash
    "unlike",  # a table beside the chain says something else
)


@dataclass(frozen=True)
class Link:
    """One stored entry, as it stands in the database."""

    position: int
    kind: str
    content: str
    previous_hash: str
    hash: str
    key_id: str
    signature: str


@dataclass(frozen=True)
class Anchor:
    """A head of the chain, written down outside the database."""

    register: str
    position: int
    hash: str
    key_id: str
    signature: str
    source: str = ""


@dataclass(frozen=True)
class Witness:
    """A token of a timestamp authority over one head; `holds`: its own signature does."""

    position: int
    hash: str
    holds: bool
    source: str


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong, at one position."""

    position: int
    code: str
    where: str = ""


_AFTER_BODY = ',"format":"'

#: Says whether a signature over a hash holds under a key; False for an unknown key.
Verifier = Callable[[str, str, str], bool]


def canonical(content: Mapping[str, Any]) -> str:
    """One text for one content: sorted names, no spaces, no floats."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def signed_bytes(hash_: str) -> bytes:
    """What is signed: the hash, under a name that keeps the signature from meaning anything else."""
    return f"{FORMAT}:{hash_}".encode()


def envelope(
    *,
    register: str,
    position: int,
    kind: str,
    previous_hash: str,
    written_at: str,
    written_by: Mapping[str, str] | None,
    body: Mapping[str, Any],
) -> str:
    """The canonical text of one entry."""
    return canonical(
        {
            "format": FORMAT,
            "register": register,
            "position": position,
            "kind": kind,
            "previous": previous_hash,
            "written_at": written_at,
            "written_by": written_by,
            "body": body,
        }
    )


def envelope_of(content: str) -> dict[str, Any]:
    """What an entry's text says of itself, without its body, which is long and comes first.

    Names are sorted, so "format" follows the body. A quote inside a text is escaped, so these very characters can
    only be that name; the last of them is the envelope's, since nothing after it can hold one.
    """
    start = content.rfind(_AFTER_BODY)
    if start < 0:
        raise ValueError("not an entry")
    return json.loads("{" + content[start + 1 :])


def anchor_from(data: Any, source: str) -> Anchor | None:
    """The anchor in parsed JSON, or None when it is something else."""
    if not isinstance(data, dict) or data.get("format") != ANCHOR_FORMAT:
        return None
    try:
        return Anchor(
            register=str(data["register"]),
            position=int(data["position"]),
            hash=str(data["hash"]),
            key_id=str(data["key_id"]),
            signature=str(data["signature"]),
            source=source,
        )
    except (KeyError, TypeError, ValueError):
        return None


def faults_in(register: str, links: Sequence[Link], verify: Verifier) -> list[Fault]:
    """What is wrong inside the chain, in order. A broken entry does not blame the ones after it twice."""
    faults = []
    previous = GENESIS
    expected = 1
    for link in sorted(links, key=lambda each: each.position):
        faults += [Fault(missing, GAP) for missing in range(expected, link.position)]
        expected = link.position + 1
        code = _fault_of(register, link, previous, verify)
        if code:
            faults.append(Fault(link.position, code))
        previous = link.hash
    return faults


def _fault_of(register: str, link: Link, previous: str, verify: Verifier) -> str:
    if digest(link.content) != link.hash:
        return CHANGED
    try:
        said = envelope_of(link.content)
        place = (said["register"], said["position"], said["kind"])
        before = said["previous"]
    except (ValueError, KeyError, TypeError):
        return CHANGED
    if not verify(link.key_id, link.hash, link.signature):
        return FORGED
    if place != (register, link.position, link.kind):
        return MISPLACED
    if before != previous or link.previous_hash != previous:
        return UNCHAINED
    return ""


def faults_of_witnesses(links: Iterable[Link], witnesses: Iterable[Witness]) -> list[Fault]:
    """What an authority's tokens say against the chain."""
    hashes = {link.position: link.hash for link in links}
    last = max(hashes, default=0)
    faults = []
    for witness in witnesses:
        if not witness.holds:
            faults.append(Fault(witness.position, FORGED, witness.source))
        elif witness.position > last:
            faults.append(Fault(last + 1, CUT, witness.source))
        elif hashes.get(witness.position, witness.hash) != witness.hash:
            faults.append(Fault(witness.position, CONTRADICTED, witness.source))
    return faults


def faults_against(
    register: str, links: Iterable[Link], anchors: Iterable[Anchor], verify: Verifier
) -> list[Fault]:
    """What anchors kept outside say against the chain. An anchor that is itself no good says nothing good of it."""
    hashes = {link.position: link.hash for link in links}
    last = max(hashes, default=0)
    faults = []
    for anchor in anchors:
        if anchor.register != register or not verify(anchor.key_id, anchor.hash, anchor.signature):
            faults.append(Fault(anchor.position, FORGED, anchor.source))
        elif anchor.position > last:
            faults.append(Fault(last + 1, CUT, anchor.source))
        elif hashes.get(anchor.position, anchor.hash) != anchor.hash:
            faults.append(Fault(anchor.position, CONTRADICTED, anchor.source))
    return faults
