#!/usr/bin/env python3
"""Verifica un registro in PDF senza rete e senza installare nulla. / Checks a register's PDF offline.

    python3 verifica_registro.py REGISTRO.pdf chiavi.json [--lang en]

chiavi.json si scarica dalla pagina di verifica della piattaforma, o si riceve per altra via. Servono solo Python 3.8
e, per il sigillo del documento, il comando openssl.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

WORDS = {
    "it": {
        "usage": "Uso: python3 verifica_registro.py REGISTRO.pdf chiavi.json [--lang en]",
        "unreadable": "Non riesco a leggere {0}: {1}",
        "no_entries": "Questo PDF non contiene le voci di un registro.",
        "text": "voce {0}: il testo non ha la sua impronta",
        "place": "voce {0}: il testo dice un altro posto o un altro registro",
        "previous": "voce {0}: non segue la voce precedente",
        "key": "voce {0}: chiave {1} sconosciuta",
        "signature": "voce {0}: la firma non è valida",
        "gap": "manca la voce {0}",
        "anchor": "l'ancora non concorda con l'ultima voce",
        "chain": "Catena: {0} voci, {1} pagine, testa {2}",
        "sealed": "Sigillo: valido, su ogni byte del documento",
        "no_seal": "il documento non porta un sigillo",
        "bad_seal": "il sigillo non è valido, o il documento è stato cambiato dopo",
        "openssl": "Sigillo: non verificato, perché manca il comando openssl (oppure apra il PDF con un lettore che "
        "mostra le firme)",
        "intact": "INTEGRO: {0}",
        "broken": "NON INTEGRO",
    },
    "en": {
        "usage": "Usage: python3 verifica_registro.py REGISTER.pdf keys.json [--lang en]",
        "unreadable": "Cannot read {0}: {1}",
        "no_entries": "This PDF does not hold the entries of a register.",
        "text": "entry {0}: its text does not have its hash",
        "place": "entry {0}: its text says another place or register",
        "previous": "entry {0}: it does not follow the entry before it",
        "key": "entry {0}: unknown key {1}",
        "signature": "entry {0}: its signature is not valid",
        "gap": "entry {0} is missing",
        "anchor": "the anchor does not agree with the last entry",
        "chain": "Chain: {0} entries, {1} pages, head {2}",
        "sealed": "Seal: valid, over every byte of the document",
        "no_seal": "the document carries no seal",
        "bad_seal": "the seal is not valid, or the document was changed after it",
        "openssl": "Seal: not checked, since the command openssl is missing (or open the PDF in a reader that shows "
        "signatures)",
        "intact": "INTACT: {0}",
        "broken": "NOT INTACT",
    },
}

# ---------------------------------------------------------------- Ed25519 (RFC 8032), only to verify
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _x_of(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _point(data):
    y = int.from_bytes(data, "little")
    sign = y >> 255
    y &= (1 << 255) - 1
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _add(one, two):
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _add(result, point)
        point = _add(point, point)
        number >>= 1
    return result


def _same(one, two):
    return (one[0] * two[2] - two[0] * one[2]) % P == 0 and (one[1] * two[2] - two[1] * one[2]) % P == 0


_BASE_Y = 4 * pow(5, P - 2, P) % P
_BASE_X = _x_of(_BASE_Y, 0)
BASE = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % P)


def signature_holds(public, message, signature):
    """Does this Ed25519 signature hold? All three are bytes."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, first = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or first is None or scalar >= Q:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    return _same(_times(scalar, BASE), _add(first, _times(int.from_bytes(digest, "little") % Q, key)))


# ------------------------------------------------------------------------------------ the document
def attachments(pdf):
    """The files inside a PDF of the platform."""
    for match in re.finditer(rb"/EmbeddedFile\b[^\x80-\xff]{0,400}?stream\r?\n", pdf, re.DOTALL):
        end = pdf.find(b"endstream", match.end())
        try:
            yield json.loads(zlib.decompressobj().decompress(pdf[match.end() : end]))
        except (zlib.error, ValueError):
            continue


def read(pdf):
    """The entries, and the anchor or None."""
    entries, anchor = [], None
    for data in attachments(pdf):
        if isinstance(data, list) and data and "content" in data[0]:
            entries = sorted(data, key=lambda each: each["position"])
        elif isinstance(data, dict) and data.get("format") == "ponte-anchor/1":
            anchor = data
    return entries, anchor


def check_chain(entries, anchor, keys, words):
    """What is wrong with the entries, as sentences. A page alone has only its own entries: they need not follow."""
    wrong = []
    whole = bool(anchor) and len(entries) == anchor["position"]
    before, expected, register = "0" * 64, 1, anchor["register"] if anchor else None
    for entry in entries:
        position = entry["position"]
        if whole and position != expected:
            wrong.append(words["gap"].format(expected))
        expected = position + 1
        if hashlib.sha256(entry["content"].encode()).hexdigest() != entry["hash"]:
            wrong.append(words["text"].format(position))
            before = entry["hash"]
            continue
        said = json.loads(entry["content"])
        register = register or said["register"]
        if (said["register"], said["position"]) != (register, position):
            wrong.append(words["place"].format(position))
        if whole and said["previous"] != before:
            wrong.append(words["previous"].format(position))
        if entry["key_id"] not in keys:
            wrong.append(words["key"].format(position, entry["key_id"]))
        elif not signed_by(keys, entry["key_id"], entry["hash"], entry["signature"]):
            wrong.append(words["signature"].format(position))
        before = entry["hash"]
    if anchor:
        agrees = not whole or anchor["hash"] == entries[-1]["hash"]
        if not agrees or not signed_by(keys, anchor["key_id"], anchor["hash"], anchor["signature"]):
            wrong.append(words["anchor"])
    return wrong


def signed_by(keys, key_id, digest, signature):
    try:
        public, signature = bytes.fromhex(keys[key_id]), bytes.fromhex(signature)
    except (KeyError, ValueError):
        return False
    return signature_holds(public, ("ponte-register/1:" + digest).encode(), signature)


def check_seal(pdf, certificates, words):
    """(sentence, whether it is a fault). The seal must be ours and cover every byte but itself."""
    ranges = re.findall(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", pdf)
    if not ranges:
        return words["no_seal"], True
    first, length, second, rest = map(int, ranges[-1])
    signature = re.sub(rb"[<>\s]", b"", pdf[first + length : second])
    if first != 0 or second + rest != len(pdf) or not re.fullmatch(rb"[0-9A-Fa-f]+", signature):
        return words["bad_seal"], True
    if not shutil.which("openssl"):
        return words["openssl"], False
    der = bytes.fromhex(signature.decode()).rstrip(b"\0") + b"\0" * 4
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("seal.der", "document", "certificates.pem")]
        files[0].write_bytes(der)
        files[1].write_bytes(pdf[:length] + pdf[second:])
        files[2].write_text("".join(certificates))
        command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(files[0])]
        command += ["-content", str(files[1]), "-certfile", str(files[2]), "-nointern", "-noverify"]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    return (words["sealed"], False) if done.returncode == 0 else (words["bad_seal"], True)


def main(arguments):
    words = WORDS["en" if arguments[-2:] == ["--lang", "en"] else "it"]
    if len(arguments) < 2 or arguments[0].startswith("-"):
        print(words["usage"])
        return 2
    try:
        pdf = Path(arguments[0]).read_bytes()
        published = json.loads(Path(arguments[1]).read_text())
        keys, certificates = published["ed25519"], published["certificates"]
    except (OSError, ValueError, KeyError) as error:
        print(words["unreadable"].format(" / ".join(arguments[:2]), error))
        return 2
    entries, anchor = read(pdf)
    wrong = check_chain(entries, anchor, keys, words) if entries else [words["no_entries"]]
    seal, at_fault = check_seal(pdf, certificates, words)
    if entries:
        pages = sum(
            '"kind":"page"' in e["content"][-600:] or '"kind":"study"' in e["content"][-600:] for e in entries
        )
        print(words["chain"].format(len(entries), pages, entries[-1]["hash"]))
    if at_fault:
        wrong.append(seal)
    else:
        print(seal)
    for sentence in wrong:
        print("  - " + sentence)
    print(
        words["broken"] if wrong else words["intact"].format(anchor["register"] if anchor else arguments[0])
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
