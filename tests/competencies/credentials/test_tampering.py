"""One byte changed anywhere, in any form: it never passes for what we gave out."""

import io
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from lms.competencies import actions, queries
from lms.competencies.credentials import baking, did, jose, multikey, picture, proofs
from lms.competencies.credentials.reading import read
from lms.competencies.models import Form
from tests.competencies import build
from tests.factories import NOW

#: Reading a PDF takes a hundred times as long as the rest.
EXAMPLES = {Form.JSON: 200, Form.TOKEN: 200, Form.PNG: 200, Form.SVG: 150, Form.PAPER: 100}


@pytest.mark.parametrize("form", EXAMPLES)
def test_no_changed_byte_passes(world, form):
    whole = bytes(actions.give_out(build.award(world.here), form, at=NOW).content)
    known = did.known()
    assert queries.verdict(read(whole, known), whole, at=NOW).standing == "valid"

    @settings(max_examples=EXAMPLES[form], suppress_health_check=list(HealthCheck))
    @given(at=st.integers(0, len(whole) - 1), change=st.integers(1, 255))
    def check(at, change):
        changed = whole[:at] + bytes([whole[at] ^ change]) + whole[at + 1 :]
        found = queries.verdict(read(changed, known), changed, at=NOW)
        assert found.problem or found.standing != "valid", f"byte {at} changed by {change}"

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
