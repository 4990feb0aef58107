"""Keys by purpose, in files: what signs, what still verifies, what never does."""

import stat
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from lms.signing import NoKey, Ring

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"


def test_an_older_key_still_verifies_and_the_newest_signs():
    ring = Ring("credential")
    old = ring.make(AT)
    signature = ring.sign(b"text")
    new = ring.make(AT + timedelta(days=1))
    assert ring.current() == new
    assert ring.ids() == [old, new]
    (ring.folder / f"{old}.pem").unlink()  # retired: its public half stays
    assert ring.verify(old, b"text", signature)
    assert not ring.verify(new, b"text", signature)
    assert not ring.verify(old, b"texT", signature)
    (ring.folder / f"{old}.pub.pem").unlink()  # withdrawn
    assert not ring.verify(old, b"text", signature)


def test_the_same_bytes_get_the_same_signature():
    ring = Ring("credential")
    ring.make(AT)
    assert ring.sign(b"text") == ring.sign(b"text")
    assert ring.verify(ring.current(), b"text", ring.sign(b"text"))


def test_no_key_serves_two_purposes():
    register, credential = Ring("register"), Ring("credential")
    key = register.make(AT)
    signature = register.sign(b"text")
    assert credential.public(key) is None
    assert not credential.verify(key, b"text", signature)
    assert not register.verify(f"../{key}", b"text", signature)
    assert credential.current() != key


def test_only_the_owner_reads_them():
    ring = Ring("credential")
    key = ring.make(AT)
    assert stat.S_IMODE((ring.folder / f"{key}.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE(ring.folder.stat().st_mode) == 0o700


def test_where_keys_are_not_made_by_themselves_a_sentence_says_how(settings):
    settings.SIGNING_KEY_MADE_ON_FIRST_USE = False
    with pytest.raises(NoKey, match="signing_key credential"):
        Ring("credential").current()
    call_command("signing_key", "credential")
    assert Ring("credential").current().startswith("credential-")
