"""Strangers' PDF files: is the seal ours and whole, and which credential do they carry. Pure."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

ATTACHED = "credenziale.json"
_MAX_ATTACHMENTS = 50


class NotSealed(ValueError):
    """The file is no PDF with a signature; `code` says why: broken, none, locked."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was found: whether a seal of ours is whole and covers the file as it is, and the attached credential."""

    ours: bool
    intact: bool
    whole: bool
    credential: str


def read(data: bytes, certificates: Iterable[bytes]) -> Sealed:
    """Raises NotSealed. `certificates` are ours, in DER: no other chain is followed and nothing is fetched."""
    from asn1crypto import x509
    from pyhanko.pdf_utils.reader import PdfFileReader

    known = [x509.Certificate.load(der) for der in certificates]
    try:
        reader = PdfFileReader(io.BytesIO(data))
        if reader.encrypted:
            raise NotSealed("locked")
        signatures = reader.embedded_signatures
        attached = _attached(reader)
        if not signatures:
            raise NotSealed("none")
        ours, intact, whole = _seal(signatures[0], known)
    except (NotSealed, MemoryError):
        raise
    except Exception:
        # Whatever the parser meets that its authors did not think of: the file is not one that we made.
        raise NotSealed("broken") from None
    return Sealed(ours=ours, intact=intact, whole=whole and len(signatures) == 1, credential=attached)


def _seal(signature: Any, known: list[Any]) -> tuple[bool, bool, bool]:
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    ours = any(signature.signer_cert.dump() == certificate.dump() for certificate in known)
    context = ValidationContext(trust_roots=known, allow_fetching=False)
    status = validate_pdf_signature(signature, signer_validation_context=context)
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return ours, bool(status.intact and status.valid), whole


def _attached(reader: Any) -> str:
    """The credential among the attached files, or nothing."""
    names = reader.root.get("/Names", {}).get("/EmbeddedFiles", {}).get("/Names", [])
    for number in range(0, min(len(names), 2 * _MAX_ATTACHMENTS) - 1, 2):
        if str(names[number]) == ATTACHED:
            return bytes(names[number + 1]["/EF"]["/F"].data).decode()
    return ""
