"""A paper is checked: on the site, from the command line, and offline with the published keys and nothing else."""

import io
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from lms.attendance import actions, anchors, chain, checking, keys, offline, papers, queries
from lms.notifications.models import Notification
from lms.signing import seals
from tests.attendance import authority
from tests.attendance.test_seals import sealing  # noqa: F401
from tests.attendance.test_verification import ENTRY, codes, sql
from tests.factories import NOW

SCRIPT = Path(offline.__file__).parent / "verifica_registro.py"
AFTER = NOW + timedelta(days=9)


@pytest.fixture
def register(sealing, pages):  # noqa: F811
    return pages[0].register


@pytest.fixture
def paper(register):
    return papers.sealed(papers.register_pdf(register, at=AFTER), reason="Registro")


def offline_check(folder, pdf, *, published=None, lang="en"):
    """Run the published programme alone: no packages, no settings, only the file and the keys."""
    (folder / "r.pdf").write_bytes(pdf)
    (folder / "k.json").write_text(json.dumps(published or checking.published_keys()))
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), "r.pdf", "k.json", "--lang", lang],
        cwd=folder,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin"},
    )
    return done.returncode, done.stdout


def forged(pdf):
    """The paper with one minute changed in an attachment, saved anew: no seal survives that."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        name = next(name for name in opened.attachments if name.endswith("voci.json"))
        spec = opened.attachments[name].obj.EF.F
        spec.write(spec.read_bytes().replace(b'minutes\\":61', b'minutes\\":99'))
        out = io.BytesIO()
        opened.save(out, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def test_an_honest_paper_is_whole_on_the_site_and_offline(register, paper, tmp_path, capsys):
    said = checking.check_paper(paper)
    assert (said.state, said.code, said.seal.signer) == ("whole", register.code, "Ente di formazione Qui")
    assert (said.verdict.pages, said.verdict.entries) == (3, 4)
    code, words = offline_check(tmp_path, paper)
    assert code == 0, words
    assert f"INTACT: {register.code}" in words
    assert "Chain: 4 entries, 3 pages" in words
    call_command("register", "paper", str(tmp_path / "r.pdf"))
    assert f"WHOLE: {register.code}" in capsys.readouterr().out
    assert "INTEGRO" in offline_check(tmp_path, paper, lang="it")[1]


def test_the_paper_of_one_class_is_checked_as_well(register, pages, tmp_path):
    paper = papers.sealed(papers.class_pdf(pages[1].session, at=AFTER), reason="Pagina")
    assert checking.check_paper(paper).state == "whole"
    code, words = offline_check(tmp_path, paper)
    assert code == 0, words


def test_what_is_forged_is_not_whole_and_says_why(register, paper, sealing, tmp_path):  # noqa: F811
    plain = papers.register_pdf(register, at=AFTER)
    visible = paper.replace(b"/Author", b"/AuthOr", 1)
    again = forged(plain)
    for name, pdf, complaint in (
        ("a byte changed", visible, seals.CHANGED),
        ("without seal", plain, seals.UNSEALED),
        ("an attachment changed", again, checking.OTHER_ENTRIES),
        ("added to", paper + b"\n%%EOF\n", seals.UNREADABLE),
    ):
        said = checking.check_paper(pdf)
        assert said.state == "not_whole", name
        assert complaint in {each.code for each in said.complaints}, (name, said.complaints)
        assert offline_check(tmp_path, pdf)[0] == 1, name
    assert "its text does not have its hash" in offline_check(tmp_path, again)[1]
    sealing.SEAL_FILE = str(authority.write_seal(tmp_path, "Ente finto"))
    ours = {file.name: file.read_bytes() for file in Path(sealing.SIGNING_KEY_DIR).glob("seal-*")}
    stranger = seals.seal(plain, reason="Registro")
    for file in Path(sealing.SIGNING_KEY_DIR).glob("seal-*"):
        if file.name not in ours:
            file.unlink()
    said = checking.check_paper(stranger)
    assert (said.state, [each.code for each in said.complaints]) == ("not_whole", [seals.STRANGER])
    assert offline_check(tmp_path, stranger)[0] == 1


def test_a_row_altered_in_the_database_is_caught_by_a_paper_and_by_the_code(register, paper):
    sql(
        f"UPDATE {ENTRY} SET content = replace(content, %s, %s) WHERE position = 3",
        '"minutes":61',
        '"minutes":99',
    )
    for said in (checking.check_paper(paper), checking.check_code(register.code)):
        assert said.state == "not_whole"
        assert said.findings[0].fault.code == chain.CHANGED
        assert "2" in said.findings[0].where


def test_a_key_that_is_not_published_signs_nothing(register, paper, tmp_path):
    published = checking.published_keys()
    published["ed25519"] = dict.fromkeys(published["ed25519"], "00" * 32)
    code, words = offline_check(tmp_path, paper, published=published)
    assert code == 1
    assert "signature is not valid" in words


def test_other_files_and_codes_are_unknown(db, sealing):  # noqa: F811
    for pdf in (b"", b"una foto", b"%PDF-1.7 niente", b"%PDF-1.7 " + b"/EmbeddedFile stream\n" * 50):
        assert checking.check_paper(pdf).state == "unknown"
    assert checking.check_code("REG-NESSUNO").state == "unknown"


def test_the_offline_programme_agrees_with_the_library_on_signatures():
    from importlib.util import module_from_spec, spec_from_file_location

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    spec = spec_from_file_location("verifica", SCRIPT)
    programme = module_from_spec(spec)
    spec.loader.exec_module(programme)
    for n in range(8):
        key = Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)
        public, message = key.public_key().public_bytes_raw(), b"messaggio" * n
        signature = key.sign(message)
        assert programme.signature_holds(public, message, signature)
        assert not programme.signature_holds(public, message + b"!", signature)
        assert not programme.signature_holds(
            public, message, signature[:40] + bytes([signature[40] ^ 1]) + signature[41:]
        )


def test_directors_are_told_each_head_once_and_their_message_is_an_anchor(register, records, tmp_path):
    assert actions.tell_heads(at=AFTER) == 1
    assert actions.tell_heads(at=AFTER) == 0
    message = Notification.objects.get()
    kept = anchors.anchors_in(message.body.encode(), "messaggio")
    assert [(anchor.position, anchor.hash) for anchor in kept] == [queries.head_of(register)]
    sql(f"DELETE FROM {ENTRY} WHERE position = 4")
    for file in records.rglob("000004.json"):
        file.unlink()
    file = tmp_path / "messaggio.txt"
    file.write_text(message.body)
    with pytest.raises(CommandError, match="messaggio"):
        call_command("register", "verify", register.code, anchor=[file])


def test_an_authority_dates_the_head_and_its_token_finds_a_cut_tail(register, sealing, records):  # noqa: F811
    assert actions.stamp_heads() == 0, "none is configured"
    with authority.clock(answers=False) as address:
        sealing.TIMESTAMP_URL = address
        assert actions.stamp_heads() == 0
    with authority.clock() as address:
        sealing.TIMESTAMP_URL = address
        assert actions.stamp_heads() == 1
        assert actions.stamp_heads() == 0
    assert codes(register) == []
    assert queries.verify(register).timestamps == 1
    (token,) = records.rglob("000004.tsr")
    whole = token.read_bytes()
    token.write_bytes(whole[:-3] + bytes([whole[-3] ^ 1]) + whole[-2:])
    assert (4, chain.FORGED) in codes(register)
    token.write_bytes(whole)
    for file in records.rglob("000004.json"):
        file.unlink()
    sql(f"DELETE FROM {ENTRY} WHERE position = 4")
    sql(
        "UPDATE attendance_registerpage SET closed_at = NULL, closed_by_id = NULL, number = NULL WHERE number = 3"
    )
    assert codes(register) == [(4, chain.CUT)]
    assert storages["records"]


def test_a_token_over_something_else_contradicts(register, sealing, records):  # noqa: F811
    with authority.clock() as address:
        sealing.TIMESTAMP_URL = address
        actions.stamp_heads()
    (token,) = records.rglob("000004.tsr")
    token.rename(token.with_name("000003.tsr"))
    assert codes(register) == [(3, chain.CONTRADICTED)]


def test_every_key_is_published(settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path
    made = [keys.make_key(NOW + timedelta(days=n)) for n in range(2)]
    assert list(checking.published_keys()["ed25519"]) == made
