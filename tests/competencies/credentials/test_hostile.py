"""Files made to hurt: each ends in one clear sentence, in bounded time and memory, in a process of its own."""

import html
import json
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lms.competencies.credentials import baking, contexts, plain_json, reading, sandbox
from lms.competencies.credentials.reading import MAX_BYTES, Known

KNOWN = Known("did:web:ponte.example")


@pytest.fixture(autouse=True)
def little(monkeypatch):
    """The same limits, reached sooner."""
    monkeypatch.setattr(sandbox, "SECONDS", 2)
    monkeypatch.setattr(sandbox, "MEGABYTES", 400)


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    made = baking.PNG
    for kind, body in [(b"IHDR", bytes(13)), *chunks, (b"IEND", b"")]:
        made += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return made


def bomb(size: int) -> bytes:
    """That many zeros, compressed a thousand times."""
    packer = zlib.compressobj(9)
    part = bytes(1 << 20)
    return b"".join(packer.compress(part) for _ in range(size >> 20)) + packer.flush()


def pdf_with(stream: bytes) -> bytes:
    """A PDF whose cross-reference stream inflates without end."""
    body = (
        b"%PDF-1.7\n1 0 obj\n<< /Type /XRef /Size 2 /W [1 4 2] /Root 2 0 R /Filter /FlateDecode /Length "
        + str(len(stream)).encode()
        + b" >>\nstream\n"
        + stream
        + b"\nendstream\nendobj\n"
    )
    return body + b"startxref\n9\n%%EOF\n"


def poison(size: int) -> bytes:
    """A credential in which every nameless node points at every other: its canonical form takes for ever."""
    profiles = [
        {"id": f"_:b{one}", "type": ["Profile"], "parentOrg": {"id": f"_:b{other}", "type": ["Profile"]}}
        for one in range(size)
        for other in range(size)
        if one != other
    ]
    document = {
        "@context": [contexts.CREDENTIALS, contexts.OPEN_BADGES],
        "id": "urn:uuid:76266c5b-fee1-4067-a13a-bd08b8b4bdb9",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:key:x", "type": ["Profile"]},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "achievement": {"id": "urn:x:y", "type": ["Achievement"], "related": profiles},
        },
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "proofPurpose": "assertionMethod",
            "verificationMethod": "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi",
            "proofValue": "z5x9aCBYovW3CQCbKdNyhEm7ffYSw1YpEdPywQJoNbzDD2gkzQDKJ1sYKJaWvqZtkMtSbz35HcbgXVEDYHxCzgkCr",
        },
    }
    return json.dumps(document).encode()


FILES = {
    "nothing": (b" \n", "empty"),
    "too big": (b"%PDF-1.7" + bytes(MAX_BYTES), "size"),
    "a photograph": (b"\xff\xd8\xff\xe0" + bytes(1000), "format"),
    "a screenshot": (png((b"IDAT", b"x")), "png.none"),
    "a cut picture": (png((b"IDAT", b"x"))[:-20], "png.broken"),
    "a chunk of four thousand million bytes": (baking.PNG + b"\xff\xff\xff\xffIDAT", "png.broken"),
    "a bomb in a picture": (
        png((b"iTXt", b"openbadgecredential\0\1\0\0\0" + bomb(1 << 30))),
        "png.size",
    ),
    "two credentials": (png(*[(b"iTXt", b"openbadgecredential\0\0\0\0\0{}")] * 2), "png.several"),
    "deep JSON": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "json.size"),
    "deep JSON, small": (b'{"a":' * 40_000 + b"1" + b"}" * 40_000, "json.deep"),
    "not so deep JSON": (b'{"a":' * 40 + b"1" + b"}" * 40, "json.deep"),
    "a name twice": (b'{"a":1,"a":2}', "json.twice"),
    "no number": (b'{"a":NaN}', "json.json"),
    "a list": (b'{"type":["VerifiableCredential"]}', "json.type"),
    "laughing XML": (
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><svg>&b;</svg>',
        "svg.broken",
    ),
    "a drawing": (b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>', "svg.none"),
    "deep XML": (b"<svg>" + b"<g>" * 200_000 + b"</g>" * 200_000 + b"</svg>", "svg.none"),
    "no PDF": (b"%PDF-1.7 hello", "pdf.broken"),
    "a bomb in a PDF": (pdf_with(bomb(1 << 30)), "pdf.broken"),
    "poison": (poison(40), "heavy"),
}


#: What needs the limits of the other process; the rest is refused by the reader itself, here.
HEAVY = {"a bomb in a picture", "a bomb in a PDF", "deep XML", "poison"}


@pytest.mark.parametrize("name", FILES)
def test_each_hostile_file_is_refused_for_its_reason(name):
    data, problem = FILES[name]
    reader = sandbox.read if name in HEAVY else reading.read
    assert reader(data, KNOWN).problem == problem


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_page_says_it_in_one_sentence(client, db, language):
    url = reverse("verification:index")
    for name in ("a screenshot", "no PDF"):
        answer = client.post(
            url, {"file": SimpleUploadedFile(name, FILES[name][0])}, headers={"accept-language": language}
        )
        assert answer.status_code == 400, name
        assert 20 < len(answer.context["problem"]) < 300
        assert answer.context["problem"] in html.unescape(answer.text)


def test_a_body_that_is_too_big_is_not_even_read(client, db):
    answer = client.post(
        reverse("verification:index"), {"file": SimpleUploadedFile("x.pdf", bytes(MAX_BYTES + 100_000))}
    )
    assert answer.status_code == 413
    assert "5 MB" in answer.text


def test_the_reader_gets_no_secret_of_this_process(monkeypatch):
    """Its environment is empty: what it may be made to tell is only the file."""
    seen = {}

    def run(command, **options):
        seen.update(options)
        raise sandbox.subprocess.TimeoutExpired(command, 1)

    monkeypatch.setenv("PONTE_SECRET_KEY", "very secret")
    monkeypatch.setattr(sandbox.subprocess, "run", run)
    assert sandbox.read(b"{}", KNOWN).problem == "heavy"
    assert seen["env"] == {"PYTHONDONTWRITEBYTECODE": "1"}


def test_depth_and_size_stand_where_they_are_said():
    inside = plain_json.MAX_DEPTH
    assert plain_json.parse('{"a":' * inside + "1" + "}" * inside)
    with pytest.raises(plain_json.NotJson):
        plain_json.parse('{"a":' * (inside + 1) + "1" + "}" * (inside + 1))
