"""One byte changed anywhere, in any form: it never passes for what we gave out.

Two things are asked of every changed file. The verdict is not "valid" where a byte was flipped: none of our forms has a
byte that says nothing (JSON is written without blanks, base64url and base58 in the one way they can be, and a picture or
a paper is compared as a whole). And where the verdict names a record of ours, it is the one that the file was made of,
word for word. What says the same in other bytes (blanks, escapes, a mark of the encoding) may be valid, and only JSON
and tokens have that: see test_the_same_words_written_otherwise_are_valid.
"""

import html
import io
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from lms.competencies import actions, queries
from lms.competencies.credentials import baking, did, jose, multikey, picture, proofs
from lms.competencies.credentials.reading import read
from lms.competencies.models import Form
from lms.competencies.views import limits
from tests.competencies import build
from tests.factories import NOW

#: Reading a PDF takes a hundred times as long as the rest.
EXAMPLES = {Form.JSON: 150, Form.TOKEN: 200, Form.PNG: 200, Form.SVG: 150, Form.PAPER: 80}
#: Sent to the page itself, each opened in a process of its own.
SENT = 3


def flipped(whole: bytes, at: int, bits: int) -> bytes:
    return whole[:at] + bytes([whole[at] ^ bits]) + whole[at + 1 :]


def judged(data: bytes, known, record):
    """The verdict, which names no other record and no other words than those we gave out."""
    found = queries.verdict(read(data, known), data, at=NOW)
    if found.record is not None:
        assert found.record == record
        given = {form: bytes(queries.given_out(record, form).content).decode() for form in held(record)}
        ours = [
            jose.document_of(jose.parts(text)[1]) if form == Form.TOKEN else json.loads(text)
            for form, text in given.items()
        ]
        assert found.reading.document in ours
    return found


def held(record) -> list[Form]:
    return [form for form in (Form.JSON, Form.TOKEN) if queries.given_out(record, form)]


@pytest.mark.parametrize("form", EXAMPLES)
def test_no_changed_byte_passes(world, form):
    record = build.award(world.here)
    whole = bytes(actions.give_out(record, form, at=NOW).content)
    known = did.known()
    assert judged(whole, known, record).standing == "valid"

    @settings(max_examples=EXAMPLES[form], suppress_health_check=list(HealthCheck))
    @given(at=st.integers(0, len(whole) - 1), bits=st.integers(1, 255))
    def check(at, bits):
        found = judged(flipped(whole, at, bits), known, record)
        assert found.problem or found.standing != "valid", f"byte {at} changed by {bits}"

    check()


@pytest.mark.parametrize("form", [Form.JSON, Form.TOKEN, Form.PNG, Form.SVG])
def test_no_bit_at_either_end_passes(world, form):
    """Where signatures, lengths and paddings stand; the last sign of base64url has bits that stand for nothing."""
    record = build.award(world.here)
    whole = bytes(actions.give_out(record, form, at=NOW).content)
    known = did.known()
    for at in [*range(24), *range(len(whole) - 48, len(whole))]:
        for bit in range(8):
            found = judged(flipped(whole, at, 1 << bit), known, record)
            assert found.problem or found.standing != "valid", (at, bit)


@pytest.mark.slow
@pytest.mark.parametrize("form", [Form.JSON, Form.TOKEN])
def test_no_byte_at_all_passes(world, form):
    """Each byte of the two forms that are not compared as a whole."""
    record = build.award(world.here)
    whole = bytes(actions.give_out(record, form, at=NOW).content)
    known = did.known()
    for at in range(len(whole)):
        found = judged(flipped(whole, at, 1 << at % 8), known, record)
        assert found.problem or found.standing != "valid", at


@pytest.mark.parametrize("form", EXAMPLES)
def test_the_page_calls_no_changed_file_valid(world, form, monkeypatch):
    """The same through the upload of /verifica/, as anybody would try it."""
    monkeypatch.setitem(limits.LIMITS, "verify_file", "1000/m/ip")
    record = build.award(world.here)
    whole = bytes(actions.give_out(record, form, at=NOW).content)

    def page(data: bytes) -> str:
        answer = Client().post("/verifica/", {"file": SimpleUploadedFile("attestato", data)})
        assert answer.status_code in {200, 400, 404}
        return html.unescape(answer.text)

    said = "Questo attestato è valido"
    assert said in page(whole)

    @settings(max_examples=SENT, suppress_health_check=list(HealthCheck))
    @given(at=st.integers(0, len(whole) - 1), bits=st.integers(1, 255))
    def check(at, bits):
        assert said not in page(flipped(whole, at, bits)), f"byte {at} changed by {bits}"

    check()


def test_the_same_words_written_otherwise_are_valid(world):
    """Blanks between the members, escapes of letters, their order, a mark of the encoding: the words are ours, and shown
    is our record. In a picture or a paper even that is another file."""
    record = build.award(world.here)
    genuine = json.loads(bytes(actions.give_out(record, Form.JSON, at=NOW).content))
    token = bytes(actions.give_out(record, Form.TOKEN, at=NOW).content)
    svg = bytes(actions.give_out(record, Form.SVG, at=NOW).content)
    paper = bytes(actions.give_out(record, Form.PAPER, at=NOW).content)
    known = did.known()
    for same in (
        json.dumps(genuine, indent=2).encode(),
        json.dumps(genuine, sort_keys=True, ensure_ascii=True).encode(),
        b"\xef\xbb\xbf" + json.dumps(genuine).encode() + b"\r\n",
        token + b"\n",
    ):
        found = judged(same, known, record)
        assert (found.standing, found.record) == ("valid", record), same[:60]
    for other, note in ((svg + b"\n", queries.WRAPPER), (paper + b"\n", queries.ADDED)):
        found = judged(other, known, record)
        assert (found.standing, found.note) == ("altered", note)


@pytest.mark.parametrize("form", [Form.JSON, Form.TOKEN, Form.PNG])
def test_no_byte_put_in_or_taken_out_passes_with_other_words(world, form):
    record = build.award(world.here)
    whole = bytes(actions.give_out(record, form, at=NOW).content)
    known = did.known()

    @settings(max_examples=80, suppress_health_check=list(HealthCheck))
    @given(at=st.integers(0, len(whole)), more=st.binary(max_size=2), gone=st.integers(0, 2))
    def check(at, more, gone):
        changed = whole[:at] + more + whole[at + gone :]
        found = judged(changed, known, record)
        if changed != whole and found.standing == "valid" and not found.problem:
            assert form in {Form.JSON, Form.TOKEN}
            assert len(changed.translate(None, b" \t\r\n")) == len(whole.translate(None, b" \t\r\n"))

    check()


def test_members_that_no_signature_covers_are_seen(world):
    """A word that no context defines is not in the canonical form: the signature holds, the document is refused."""
    whole = bytes(actions.give_out(build.award(world.here), Form.JSON, at=NOW).content)
    for more in (b'"mark":"10 cum laude",', b'"credentialSchema":[],', b'"refreshService":[],'):
        changed = whole.replace(b"{", b"{" + more, 1)
        found = queries.verdict(read(changed, did.known()), changed, at=NOW)
        assert found.standing == "altered", more


def test_a_forger_with_a_key_of_their_own_is_not_us(world):
    """Our issuer's name with somebody else's signature, under every kind of name for the key."""
    record = build.award(world.here)
    genuine = json.loads(bytes(actions.give_out(record, Form.JSON, at=NOW).content))
    document = {name: value for name, value in genuine.items() if name != "proof"} | {"name": "Medicina"}
    key = Ed25519PrivateKey.generate()
    text = multikey.of_key(key.public_key())
    issuer = genuine["issuer"]["id"]
    for method in (
        f"did:key:{text}",
        f"{issuer}#{text}",
        f"did:key:{text}#{text}",
        f"{did.platform()}#{text}",
    ):
        forged = json.dumps(
            proofs.sign(document, method=method, created="2026-11-24T10:00:00Z", signature=key.sign)
        ).encode()
        assert queries.verdict(read(forged, did.known()), forged, at=NOW).standing == "altered", method
        token = jose.sign(document, kid=method, key=key.public_key(), signature=key.sign).encode()
        assert queries.verdict(read(token, did.known()), token, at=NOW).standing == "altered", method


def test_a_genuine_credential_in_another_picture_is_told_apart(world):
    record, other = build.award(world.here, "1.1"), build.award(world.here, "1.2")
    credential = bytes(actions.give_out(record, Form.JSON, at=NOW).content).decode()
    drawn = picture.draw(json.loads(other.content), "png")
    wrapped = baking.bake_png(drawn, credential)
    found = queries.verdict(read(wrapped, did.known()), wrapped, at=NOW)
    assert (found.standing, found.note, found.record) == ("altered", queries.WRAPPER, record)


def test_a_paper_with_something_added_is_told_apart(world):
    record = build.award(world.here)
    paper = bytes(actions.give_out(record, Form.PAPER, at=NOW).content)
    writer, out = IncrementalPdfFileWriter(io.BytesIO(paper)), io.BytesIO()
    writer.root["/Lang"] = writer.root.get("/Lang")
    writer.update_root()
    writer.write(out)
    changed = out.getvalue()
    assert changed.startswith(paper)
    assert len(changed) > len(paper)
    found = queries.verdict(read(changed, did.known()), changed, at=NOW)
    assert (found.standing, found.note) == ("altered", queries.ADDED)
