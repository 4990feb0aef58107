"""Credentials as VC-JWT (Open Badges 3.0, 8.2): the payload is the credential itself. Algorithm Ed25519 (RFC 9864)."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

ALGORITHM = "Ed25519"


class BadToken(ValueError):
    """Not a token of ours in form, or its signature does not hold; the text says which."""


class _HeldKey(OKPKey):
    """A key whose private half is held elsewhere, for joserfc: whoever is asked to sign calls `signature`."""

    signature: Callable[[bytes], bytes]

    def get_op_key(self, operation: Any) -> Any:
        return self if operation == "sign" else super().get_op_key(operation)

    def sign(self, data: bytes) -> bytes:
        return self.signature(data)


def sign(
    document: dict[str, Any], *, kid: str, key: Ed25519PublicKey, signature: Callable[[bytes], bytes]
) -> str:
    """The compact token. The same document and key give the same token."""
    payload = {
        **document,
        "iss": _id(document["issuer"]),
        "jti": document["id"],
        "nbf": _at(document["validFrom"]),
    }
    if subject := document["credentialSubject"].get("id"):
        payload["sub"] = subject
    if until := document.get("validUntil"):
        payload["exp"] = _at(until)
    held = _HeldKey.import_key(key)
    held.signature = signature
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": kid}
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return jws.serialize_compact(header, text.encode(), held, algorithms=[ALGORITHM])


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and payload, unchecked. Raises BadToken for what is not written in the one way it can be."""
    pieces = token.split(".")
    if len(pieces) != 3:
        raise BadToken("not three parts")
    try:
        for piece in pieces:
            if urlsafe_b64encode(urlsafe_b64decode(piece.encode())) != piece.encode():
                raise BadToken("written in another way than it was made")
        header, payload = (json.loads(urlsafe_b64decode(piece.encode())) for piece in pieces[:2])
    except (ValueError, RecursionError) as error:
        raise BadToken("not base64url of JSON") from error
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise BadToken("not base64url of JSON objects")
    return header, payload


def document_of(payload: dict[str, Any]) -> dict[str, Any]:
    """The credential in a payload. Raises BadToken when its claims say anything else than the credential."""
    document = {
        key: value for key, value in payload.items() if key not in {"iss", "jti", "nbf", "sub", "exp"}
    }
    subject = document.get("credentialSubject")
    wanted = {
        "iss": _id(document.get("issuer")),
        "jti": document.get("id"),
        "nbf": _at(document.get("validFrom")),
        "sub": _id(subject),
        "exp": _at(document.get("validUntil")),
    }
    for claim, value in wanted.items():
        if payload.get(claim) != value:
            raise BadToken(f"the claim {claim} says something else than the credential")
    return document


def verify(token: str, key: Ed25519PublicKey) -> None:
    """Raises BadToken unless this key signed this token."""
    try:
        jws.deserialize_compact(token, OKPKey.import_key(key), algorithms=[ALGORITHM])
    except (JoseError, ValueError) as error:
        raise BadToken("the signature does not fit the token") from error


def _id(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else value


def _at(moment: Any) -> int | None:
    if not isinstance(moment, str):
        return None
    try:
        return int(datetime.fromisoformat(moment).timestamp())
    except (ValueError, OverflowError):
        return None
