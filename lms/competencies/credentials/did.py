"""Who signs: did:web identifiers of the platform and of each agency, and the documents that list their keys.

An agency's credentials carry an issuer of its own, so that another day it can sign them itself, elsewhere; today all
its keys are the platform's. Decision: docs/decisions/0054-credentials.md.
"""

import base64
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings

from lms.signing import Ring, seals

from . import multikey
from .reading import Known

RING = Ring("credential")
_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
_AGENCIES = "enti"


def platform() -> str:
    host = settings.SITE_URL.partition("://")[2]
    return f"did:web:{quote(host, safe='')}"


def of_agency(uuid: UUID | str) -> str:
    return f"{platform()}:{_AGENCIES}:{uuid}"


def method(did: str, key_id: str) -> str:
    """The verification method by which a proof names a key."""
    return f"{did}#{key_id}"


def document(did: str) -> dict[str, Any]:
    """The DID document: every key whose public half is here, old ones too, because what they signed still counts."""
    methods = [
        {
            "id": method(did, key_id),
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": multikey.of_key(RING.held(key_id)),
        }
        for key_id in RING.ids() or [RING.current()]
    ]
    return {
        "@context": _CONTEXTS,
        "id": did,
        **({} if did == platform() else {"controller": platform()}),
        "verificationMethod": methods,
        "assertionMethod": [each["id"] for each in methods],
    }


def known() -> Known:
    """What a reader of strangers' files must know to tell what is ours."""
    return Known(
        did=platform(),
        keys={key_id: multikey.of_key(RING.held(key_id)) for key_id in RING.ids()},
        certificates=[base64.b64encode(der).decode() for der in seals.certificates()],
    )
