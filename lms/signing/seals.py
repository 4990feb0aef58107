"""The seal of the body on a PDF: a PAdES signature, with the time of an authority where one is configured.

The key is in a PKCS#12 file or in a PKCS#11 device. RSA, 3072 bits by default: with an elliptic key the signature
writes a newer version into the file, which PDF/A-3 does not allow. Every certificate that ever sealed is kept beside
the keys, and is published: whoever has it checks a paper without a network.
"""

import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

from . import timestamping

log = structlog.get_logger(__name__)
FIELD = "Sigillo"
_MADE = "seal.p12"
_PUBLISHED = "seal-*.crt.pem"
_YEARS = 10

WHOLE, UNSEALED, CHANGED, STRANGER, UNREADABLE = "whole", "unsealed", "changed", "stranger", "unreadable"


@dataclass(frozen=True)
class Seal:
    """What the seal of a PDF says: `state` is WHOLE only for our certificate over every byte of the file."""

    state: str
    signer: str = ""
    sealed_at: datetime | None = None
    timestamped: bool = False


def configured() -> bool:
    """Can papers be sealed here?"""
    return bool(
        settings.SEAL_FILE
        or settings.SEAL_DEVICE
        or settings.SIGNING_KEY_MADE_ON_FIRST_USE
        or _made_file().is_file()
    )


def seal(pdf: bytes, *, reason: str) -> bytes:
    """The same paper with its seal at the end. The bytes that were there stay as they are."""
    return seal_by_name(pdf, reason=reason)[0]


def seal_by_name(pdf: bytes, *, reason: str) -> tuple[bytes, str]:
    """The sealed paper, and the name under which the certificate that sealed it is kept."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError

    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=reason,
        location=settings.SITE_URL,
    )

    def sealed(signer: Any, timestamper: Any) -> bytes:
        out = signers.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer, timestamper=timestamper
        )
        return out.getvalue()

    with _signer() as signer:
        name = _publish(signer)
        try:
            return sealed(signer, timestamping.authority()), name
        except TimestampRequestError:
            log.exception("seal.without_time")
            return sealed(signer, None), name


@contextmanager
def _signer() -> Iterator[Any]:
    """The key that seals: from the device, from the configured file, or the one made here for trying."""
    from pyhanko.sign.signers import SimpleSigner

    if settings.SEAL_DEVICE:
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

        with open_pkcs11_session(
            settings.SEAL_DEVICE,
            token_criteria=TokenCriteria(label=settings.SEAL_DEVICE_TOKEN),
            user_pin=settings.SEAL_DEVICE_PIN or None,
        ) as session:
            yield PKCS11Signer(session, cert_label=settings.SEAL_DEVICE_LABEL, other_certs_to_pull=())
        return
    file = Path(settings.SEAL_FILE) if settings.SEAL_FILE else _made_file()
    if not settings.SEAL_FILE and not file.is_file():
        make_seal(datetime.now(UTC))
    signer = SimpleSigner.load_pkcs12_data(
        file.read_bytes(), other_certs=[], passphrase=settings.SEAL_PASSPHRASE.encode() or None
    )
    if signer is None:
        raise ValueError("the seal cannot be opened: look at its file and passphrase")
    yield signer


def _made_file() -> Path:
    return Path(settings.SIGNING_KEY_DIR) / _MADE


def make_seal(at: datetime) -> Path:
    """Make a key and a certificate that says of itself that it is for trying. Nobody outside knows it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import pkcs12

    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name(
        [x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{settings.SITE_NAME} (sigillo di prova)")]
    )
    usage = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    data = pkcs12.serialize_key_and_certificates(
        b"seal", key, certificate, None, serialization.NoEncryption()
    )
    _write(_made_file(), data, private=True)
    return _made_file()


def _publish(signer: Any) -> str:
    """Keep the certificate that seals, for ever: later ones do not undo what it sealed. Its name."""
    certificate = signer.signing_cert
    name = f"seal-{certificate.sha256.hex()[:16]}"
    file = _kept(name)
    if file.exists():
        return name
    try:
        _write(file, _pem(certificate))
    except OSError:
        log.exception("seal.not_published", file=str(file))
    return name


def _kept(name: str) -> Path:
    return Path(settings.SIGNING_KEY_DIR) / f"{name}.crt.pem"


def is_known(name: str) -> bool:
    """Is the certificate of this name kept? Whoever takes it away withdraws what it sealed."""
    return _kept(name).is_file()


def _pem(certificate: Any) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    return x509.load_der_x509_certificate(certificate.dump()).public_bytes(Encoding.PEM)


def _write(file: Path, data: bytes, *, private: bool = False) -> None:
    """Whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
    if not private:
        Path(draft).chmod(0o644)
    Path(draft).replace(file)


def published() -> bytes:
    """Every certificate that sealed a paper here, as PEM."""
    return b"".join(file.read_bytes() for file in sorted(Path(settings.SIGNING_KEY_DIR).glob(_PUBLISHED)))


def certificates() -> list[bytes]:
    """The same certificates in DER."""
    return [
        certificate.dump()
        for file in sorted(Path(settings.SIGNING_KEY_DIR).glob(_PUBLISHED))
        for certificate in timestamping.certificates_in(file)
    ]


def examine(pdf: bytes) -> Seal:
    """What the seal of a paper is worth. Never raises for a bad file."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.errors import SignatureValidationError

    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        return _examined(found[-1]) if found else Seal(UNSEALED)
    except SignatureValidationError:
        return Seal(CHANGED)
    except (PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return Seal(UNREADABLE)


def _examined(found: Any) -> Seal:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    ours = {hashlib.sha256(der).digest() for der in certificates()}
    signer = found.signer_cert
    # Ours is the very certificate: not one that the same authority gave to somebody else, nor one still in date.
    context = ValidationContext(
        trust_roots=[signer], allow_fetching=False, moment=signer.not_valid_before + timedelta(days=1)
    )
    times = ValidationContext(trust_roots=timestamping.roots(), allow_fetching=False)
    said = validate_pdf_signature(found, context, times, skip_diff=True)
    name = signer.subject.native.get("common_name", "")
    whole = said.intact and said.valid and said.coverage == SignatureCoverageLevel.ENTIRE_FILE
    stamp = said.timestamp_validity
    dated = bool(stamp and stamp.intact and stamp.valid and (stamp.trusted or not settings.TIMESTAMP_ROOTS))
    time = stamp.timestamp if stamp else said.signer_reported_dt
    if not whole:
        return Seal(CHANGED, name, time)
    if signer.sha256 not in ours:
        return Seal(STRANGER, name, time)
    return Seal(WHOLE, name, time, timestamped=dated)
