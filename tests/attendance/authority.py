"""A test authority: a root, a certificate that seals, and a real RFC 3161 server on this machine."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

PASSPHRASE = "per-le-prove"


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(subject, public, issuer, signing_key, *, ca=False, time=False):
    now = datetime.now(UTC)
    names = (
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "encipher_only",
        "decipher_only",
    )
    usage = dict.fromkeys(names, False) | {
        "digital_signature": not ca,
        "content_commitment": not ca,
        "key_cert_sign": ca,
        "crl_sign": ca,
    }
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False
        )
    )
    if time:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
    return builder.sign(signing_key, hashes.SHA256())


@cache
def _keys():
    """Made once a session: RSA keys take their time."""
    return {
        name: rsa.generate_private_key(public_exponent=65537, key_size=3072)
        for name in ("root", "seal", "time")
    }


@cache
def root():
    key = _keys()["root"]
    return _certificate("Autorità di prova", key.public_key(), "Autorità di prova", key, ca=True)


@cache
def seal_certificate(subject="Ente di formazione Qui"):
    return _certificate(subject, _keys()["seal"].public_key(), "Autorità di prova", _keys()["root"])


@cache
def _time_certificate():
    key = _keys()["time"]
    return _certificate(
        "Orologio di prova", key.public_key(), "Autorità di prova", _keys()["root"], time=True
    )


def write_seal(folder: Path, subject="Ente di formazione Qui") -> Path:
    """A PKCS#12 file with key, certificate and root."""
    file = folder / "sigillo.p12"
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"sigillo",
            _keys()["seal"],
            seal_certificate(subject),
            [root()],
            serialization.BestAvailableEncryption(PASSPHRASE.encode()),
        )
    )
    return file


def seal_key():
    return _keys()["seal"]


def write_roots(folder: Path) -> Path:
    file = folder / "radici.pem"
    file.write_bytes(root().public_bytes(serialization.Encoding.PEM))
    return file


@contextmanager
def clock(*, answers=True):
    """A timestamp authority over HTTP; its address. Without `answers` it is there and broken."""
    key = asn1_keys.PrivateKeyInfo.load(
        _keys()["time"].private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    certificate = asn1_x509.Certificate.load(_time_certificate().public_bytes(serialization.Encoding.DER))
    stamper = DummyTimeStamper(certificate, key)

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            if not answers:
                self.send_error(503)
                return
            reply = stamper.request_tsa_response(tsp.TimeStampReq.load(asked)).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
