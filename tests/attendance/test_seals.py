"""The seal on papers, by a test authority of our own: whole, changed, a stranger's, with the time of a real server."""

import io
import re
import subprocess
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives import serialization

from lms.attendance import papers
from lms.signing import seals
from tests.attendance import authority
from tests.factories import NOW

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")


@pytest.fixture
def sealing(settings, tmp_path):
    """Papers are sealed by a certificate of the test authority; keys in a folder of their own."""
    keys = tmp_path / "keys"
    keys.mkdir()
    settings.SIGNING_KEY_DIR = keys
    settings.SEAL_FILE = str(authority.write_seal(tmp_path))
    settings.SEAL_PASSPHRASE = authority.PASSPHRASE
    settings.TIMESTAMP_ROOTS = str(authority.write_roots(tmp_path))
    return settings


@pytest.fixture
def paper(world):
    from lms.attendance import actions

    register = actions.open_register(world.here.edition, by=world.here.training_director, at=NOW)
    return papers.register_pdf(register, at=NOW)


def test_a_sealed_paper_is_whole_and_dated_and_each_change_is_seen(sealing, paper):
    with authority.clock() as address:
        sealing.TIMESTAMP_URL = address
        sealed = seals.seal(paper, reason="Registro")
    assert sealed.startswith(paper), "the paper itself is not touched"
    said = seals.examine(sealed)
    assert (said.state, said.signer, said.timestamped) == (seals.WHOLE, "Ente di formazione Qui", True)
    middle = len(paper) // 2
    changed = sealed[:middle] + bytes([sealed[middle] ^ 1]) + sealed[middle + 1 :]
    assert seals.examine(changed).state in (seals.CHANGED, seals.UNREADABLE)
    assert seals.examine(paper).state == seals.UNSEALED
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        pdf.docinfo["/Title"] = "Un altro registro"
        out = io.BytesIO()
        pdf.save(out)
    assert seals.examine(out.getvalue()).state == seals.CHANGED
    for junk in (b"", b"%PDF-1.7 niente", b"x" * 100, sealed[:-400]):
        assert seals.examine(junk).state in (seals.UNREADABLE, seals.UNSEALED, seals.CHANGED)


def test_something_added_after_the_seal_is_seen(sealing, paper):
    from pyhanko.pdf_utils.generic import pdf_name, pdf_string
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    sealed = seals.seal(paper, reason="Registro")
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    writer.root[pdf_name("/Aggiunta")] = pdf_string("dopo")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    assert seals.examine(out.getvalue()).state == seals.CHANGED


def test_a_seal_of_somebody_else_is_not_ours_even_from_the_same_authority(sealing, paper, tmp_path):
    sealed = seals.seal(paper, reason="Registro")
    assert seals.examine(sealed).state == seals.WHOLE
    sealing.SIGNING_KEY_DIR = tmp_path / "others"
    sealing.SIGNING_KEY_DIR.mkdir()
    assert seals.examine(sealed).state == seals.STRANGER
    sealing.SEAL_FILE = str(authority.write_seal(tmp_path, "Ente finto"))
    forged = seals.seal(paper, reason="Registro")
    sealing.SIGNING_KEY_DIR = tmp_path / "keys"
    assert seals.examine(forged).state == seals.STRANGER


def test_without_an_answer_from_the_authority_the_paper_is_sealed_all_the_same(sealing, paper):
    with authority.clock(answers=False) as address:
        sealing.TIMESTAMP_URL = address
        said = seals.examine(seals.seal(paper, reason="Registro"))
    assert (said.state, said.timestamped) == (seals.WHOLE, False)


def test_a_timestamp_of_an_authority_that_is_not_believed_dates_nothing(sealing, paper, tmp_path):
    with authority.clock() as address:
        sealing.TIMESTAMP_URL = address
        sealed = seals.seal(paper, reason="Registro")
    assert seals.examine(sealed).timestamped
    sealing.TIMESTAMP_ROOTS = str(next(sealing.SIGNING_KEY_DIR.glob("seal-*.crt.pem")))
    assert not seals.examine(sealed).timestamped


def rules_broken(pdfa, data):
    """The rules of PDF/A-3b that a file breaks, by the checker that comes with pikepdf."""
    return {(each.rule, each.kind) for each in pdfa.validate_written(io.BytesIO(data), "3b").findings}


def test_the_seal_breaks_no_rule_of_the_archive_format_that_the_paper_kept(sealing, paper):
    """The checker knows level B only, and takes typst's own fonts and files for unknown: a difference, no verdict."""
    pdfa = pytest.importorskip("pikepdf.pdfa", exc_type=ImportError, reason="needs pikepdf's extra 'pdfa'")
    sealed = seals.seal(paper, reason="Registro")
    added = rules_broken(pdfa, sealed) - rules_broken(pdfa, paper)
    assert {kind for _rule, kind in added} <= {"unsupported"}, added


def test_the_seal_adds_a_field_that_the_archive_format_allows_and_nothing_else(sealing, paper):
    sealed = seals.seal(paper, reason="Registro")
    for claim in (rb"pdfaid:part>3<", rb"pdfaid:conformance>A<", rb"pdfuaid:part>1<"):
        assert re.search(claim, sealed)
    with pikepdf.open(io.BytesIO(paper)) as before, pikepdf.open(io.BytesIO(sealed)) as after:
        assert before.pdf_version == after.pdf_version == "1.7"
        assert set(after.Root.keys()) - set(before.Root.keys()) == {"/AcroForm", "/Extensions"}
        assert after.Root.Extensions.ESIC.BaseVersion == "/1.7", "PAdES is an extension of PDF 1.7"
        for name in before.Root:
            if name != "/Pages":
                assert same(before.Root[name], after.Root[name]), name
        form = after.Root.AcroForm
        assert form.SigFlags == 3
        assert "/XFA" not in form
        assert "/NeedAppearances" not in form
        (field,) = form.Fields
        assert list(map(float, field.Rect)) == [0, 0, 0, 0], (
            "nothing to see: no appearance, no tag is asked for"
        )
        assert field.F & 4, "printed"
        assert not field.F & (1 | 2 | 32), "not invisible, hidden or unseen"
        assert len(after.attachments) == len(before.attachments)
        for page in range(len(before.pages)):
            one, two = before.pages[page], after.pages[page]
            assert one.Contents.read_raw_bytes() == two.Contents.read_raw_bytes()


def same(one, two):
    return one.unparse(resolved=False) == two.unparse(resolved=False)


def test_a_key_on_a_device_seals_as_a_file_does(sealing, paper, tmp_path, monkeypatch):
    """A real PKCS#11 library, SoftHSM, with a token made for this test."""
    if not SOFTHSM.exists():
        pytest.skip("SoftHSM is not installed")
    import pkcs11
    from pkcs11.util import rsa as device_rsa
    from pkcs11.util import x509 as device_x509

    (tmp_path / "tokens").mkdir()
    conf = tmp_path / "softhsm2.conf"
    conf.write_text(
        f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    monkeypatch.setenv("SOFTHSM2_CONF", str(conf))
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "ponte", "--pin", "1234", "--so-pin", "4321"],
        check=True,
        capture_output=True,
    )
    token = pkcs11.lib(str(SOFTHSM)).get_token(token_label="ponte")
    with token.open(rw=True, user_pin="1234") as session:
        der = authority.seal_key().private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        named = {
            pkcs11.Attribute.LABEL: "sigillo",
            pkcs11.Attribute.ID: b"\x01",
            pkcs11.Attribute.TOKEN: True,
        }
        session.create_object(device_rsa.decode_rsa_private_key(der) | named)
        certificate = authority.seal_certificate().public_bytes(serialization.Encoding.DER)
        session.create_object(device_x509.decode_x509_certificate(certificate) | named)
    sealing.SEAL_FILE = ""
    sealing.SEAL_DEVICE, sealing.SEAL_DEVICE_TOKEN = str(SOFTHSM), "ponte"
    sealing.SEAL_DEVICE_LABEL, sealing.SEAL_DEVICE_PIN = "sigillo", "1234"
    said = seals.examine(seals.seal(paper, reason="Registro"))
    assert (said.state, said.signer) == (seals.WHOLE, "Ente di formazione Qui")


def test_for_trying_a_seal_is_made_once_and_says_so(settings, tmp_path, paper):
    settings.SIGNING_KEY_DIR = tmp_path
    first, second = (seals.examine(seals.seal(paper, reason="Registro")) for _ in range(2))
    assert first.state == second.state == seals.WHOLE
    assert "sigillo di prova" in first.signer
    assert len(list(tmp_path.glob("seal-*.crt.pem"))) == 1
    assert seals.published().startswith(b"-----BEGIN CERTIFICATE")
