"""A stranger's file, from bytes to what it says and whether its signature holds. Pure; run in a process of its own.

`python -m lms.competencies.credentials.reading` reads one request from standard input and writes one answer: see
sandbox.py. It knows public keys and contexts, has no database, no settings, no secrets and no network.
"""

import base64
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from . import baking, contexts, jose, multikey, plain_json, proofs, sealed_pdf

MAX_BYTES = 5 * 1024 * 1024
_TOKEN = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Known:
    """What is ours: the platform's DID, public keys by id, certificates of the seal (DER, base64)."""

    did: str
    keys: dict[str, str] = field(default_factory=dict)
    certificates: list[str] = field(default_factory=list)

    def is_ours(self, did: str) -> bool:
        return did == self.did or did.startswith(f"{self.did}:")


@dataclass(slots=True)
class Reading:
    """What a file turned out to be.

    `problem` is a code for what cannot be read at all; else `signature` is "ours", "theirs" (it holds, by a key that
    the file itself names), "broken" or "unknown" (no key to check it with), and `why` the reason in English.
    """

    kind: str = ""
    problem: str = ""
    signature: str = ""
    why: str = ""
    document: dict[str, Any] = field(default_factory=dict)
    #: of a PDF: the seal is ours, is intact, covers the whole file
    seal: dict[str, bool] | None = None


class _Unreadable(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read(data: bytes, known: Known) -> Reading:
    """Never raises for what a file holds: the reading says what is wrong."""
    found = Reading()
    try:
        _read(data, known, found)
    except (_Unreadable, plain_json.NotJson, baking.NotBaked, sealed_pdf.NotSealed) as error:
        found.problem = f"{found.kind}.{error.code}" if found.kind else error.code
    except (proofs.BadProof, jose.BadToken) as error:
        found.signature, found.why = "broken", str(error)
    except MemoryError:
        found.problem = "heavy"
    return found


def _read(data: bytes, known: Known, found: Reading) -> None:
    if not data.strip():
        raise _Unreadable("empty")
    if len(data) > MAX_BYTES:
        raise _Unreadable("size")
    found.kind, inside = _kind(data)
    if found.kind == "pdf":
        sealed = sealed_pdf.read(data, [base64.b64decode(text) for text in known.certificates])
        found.seal = {"ours": sealed.ours, "intact": sealed.intact, "whole": sealed.whole}
        if not sealed.credential:
            raise _Unreadable("none")
        inside = sealed.credential
    elif found.kind == "png":
        inside = baking.from_png(data)
    elif found.kind == "svg":
        inside = baking.from_svg(data)
    if _TOKEN.fullmatch(inside.encode().strip()):
        found.kind = found.kind or "jwt"
        _read_token(inside.strip(), known, found)
    else:
        found.kind = found.kind or "json"
        _read_document(plain_json.parse(inside), known, found)


def _kind(data: bytes) -> tuple[str, str]:
    """The kind of a file by how it begins, and its text when it is nothing but text."""
    if data.startswith(baking.PNG):
        return "png", ""
    if b"%PDF-" in data[:1024]:
        return "pdf", ""
    begins = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if begins.startswith(b"<") and b"<svg" in data:
        return "svg", ""
    if begins.startswith(b"{") or _TOKEN.fullmatch(data.strip()):
        try:
            return "", data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise _Unreadable("json.json") from None
    raise _Unreadable("format")


def _read_document(document: dict[str, Any], known: Known, found: Reading) -> None:
    found.document = document
    _check_shape(document)
    proof = document.get("proof")
    if isinstance(proof, list) and len(proof) == 1:
        proof = proof[0]
    if not isinstance(proof, dict):
        raise proofs.BadProof("no proof, or more than one")
    _check(
        document,
        str(proof.get("verificationMethod", "")),
        known,
        found,
        lambda key: proofs.verify(document, proof, key),
    )


def _read_token(token: str, known: Known, found: Reading) -> None:
    header, payload = jose.parts(token)
    found.document = jose.document_of(payload)
    _check_shape(found.document)
    kid = str(header.get("kid", ""))
    if kid.startswith("#"):
        kid = _issuer(found.document) + kid
    _check(found.document, kid, known, found, lambda key: jose.verify(token, key))


def _check(
    document: dict[str, Any], method: str, known: Known, found: Reading, verify: Callable[[Any], None]
) -> None:
    """Check the signature with the key that the document names, and say whose that is."""
    did, _, fragment = method.partition("#")
    if known.is_ours(_issuer(document)):
        if did != _issuer(document) or fragment not in known.keys:
            raise proofs.BadProof("the key is not one of the issuer's")
        verify(multikey.key_of(known.keys[fragment]))
        found.signature = "ours"
        return
    try:
        key = multikey.key_of(fragment or did.removeprefix("did:key:"))
    except ValueError:
        found.signature, found.why = "unknown", "the issuer's key is not in the file"
        return
    verify(key)
    found.signature = "theirs"


def _check_shape(document: dict[str, Any]) -> None:
    """Refuse what is no Open Badges 3.0 credential; the order gives the most telling reason first."""
    types = document.get("type")
    types = types if isinstance(types, list) else [types]
    if "VerifiableCredential" not in types or not {"OpenBadgeCredential", "AchievementCredential"} & {
        each for each in types if isinstance(each, str)
    }:
        raise _Unreadable("type")
    asked = document.get("@context")
    if not isinstance(asked, list) or not asked or asked[0] != contexts.CREDENTIALS:
        raise _Unreadable("context")
    if not all(_known_context(each) for each in _contexts_in(document)):
        raise _Unreadable("context")
    if not _issuer(document):
        raise _Unreadable("issuer")
    subject = document.get("credentialSubject")
    if not isinstance(subject, dict) or not isinstance(subject.get("achievement"), dict):
        raise _Unreadable("subject")
    if not isinstance(document.get("id"), str) or not isinstance(document.get("validFrom"), str):
        raise _Unreadable("subject")


def _known_context(asked: Any) -> bool:
    """Only addresses of contexts that are here: nothing inside a document redefines what its words mean."""
    asked = asked if isinstance(asked, list) else [asked]
    return all(isinstance(each, str) and each in contexts.FILES for each in asked)


def _contexts_in(document: dict[str, Any]) -> Iterator[Any]:
    """Every @context of the document: its own, and those of credentials inside it (endorsements)."""
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "@context" in value:
                yield value["@context"]
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _issuer(document: dict[str, Any]) -> str:
    issuer = document.get("issuer")
    found = issuer.get("id") if isinstance(issuer, dict) else issuer
    return found if isinstance(found, str) else ""


def _limit(megabytes: int, seconds: int) -> None:
    """From here on this process may use no more than this, and open and write nothing."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    request = json.loads(sys.stdin.buffer.readline())
    _limit(request["megabytes"], request["seconds"])
    answer = read(sys.stdin.buffer.read(), Known(**request["known"]))
    sys.stdout.write(json.dumps(asdict(answer)))


if __name__ == "__main__":
    main()
