"""Data Integrity proofs, cryptosuite eddsa-rdfc-2022: made and checked. Pure, and never over the network."""

import hashlib
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pyld.jsonld import JsonLdError, JsonLdProcessor

from . import contexts, multikey

SUITE = "eddsa-rdfc-2022"
Document = dict[str, Any]


class BadProof(ValueError):
    """The proof does not hold, or the document is not one that a proof can be checked on; the text says which."""


def canonical(document: Document) -> str:
    """The document as RDF, canonical (RDFC-1.0), in N-Quads.

    Raises BadProof for a term that no context defines: it would not be signed, and whoever reads it would not know.
    """

    def dropped(term: Any) -> None:
        raise BadProof(f"undefined term: {str(term)[:80]}")

    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": contexts.loader}
    try:
        return JsonLdProcessor(on_property_dropped=dropped).normalize(document, options)
    except JsonLdError as error:
        raise BadProof(f"not JSON-LD: {error.type}") from error
    except UnicodeEncodeError as error:
        raise BadProof("half a character") from error


def hashes(document: Document, proof: Document) -> tuple[bytes, bytes]:
    """SHA-256 of the canonical proof options and of the canonical document, in the order in which they are signed."""
    unsigned = {key: value for key, value in document.items() if key != "proof"}
    options = {key: value for key, value in proof.items() if key != "proofValue"}
    options["@context"] = document.get("@context")
    return _digest(canonical(options)), _digest(canonical(unsigned))


def sign(document: Document, *, method: str, created: str, signature: Callable[[bytes], bytes]) -> Document:
    """The document with its proof. The same document, method and moment give the same proof."""
    proof = {
        "type": "DataIntegrityProof",
        "created": created,
        "verificationMethod": method,
        "cryptosuite": SUITE,
        "proofPurpose": "assertionMethod",
    }
    value = signature(b"".join(hashes(document, proof)))
    return {**document, "proof": {**proof, "proofValue": multikey.encode(value)}}


def verify(document: Document, proof: Document, key: Ed25519PublicKey) -> None:
    """Raises BadProof unless this proof of the document was made by this key."""
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") != SUITE:
        raise BadProof("another kind of proof")
    if proof.get("proofPurpose") != "assertionMethod":
        raise BadProof("a proof for another purpose")
    try:
        value = multikey.decode(str(proof.get("proofValue", "")), 64)
    except ValueError as error:
        raise BadProof("the proof value is no signature") from error
    try:
        key.verify(value, b"".join(hashes(document, proof)))
    except InvalidSignature as error:
        raise BadProof("the signature does not fit the document") from error


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
