"""Keys by purpose, in files: what signs, what still verifies, what never does."""

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
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


def test_a_key_retired_between_its_choice_and_its_signature_makes_way_for_the_next():
    ring = Ring("feed")
    asked = [ring.make(AT)]

    def signed(key_id: str) -> tuple[str, bytes]:
        if key_id == asked[0]:
            asked.append(ring.make(AT + timedelta(days=1)))
            (ring.folder / f"{key_id}.pem").unlink()
        return key_id, ring.sign(b"text", key_id)

    key_id, signature = ring.with_current(signed)
    assert key_id == asked[1]
    assert ring.verify(key_id, b"text", signature)


def test_whoever_signs_while_keys_change_never_fails():
    """Three threads sign while the keys are changed and retired."""
    ring, over = Ring("feed"), threading.Event()
    ring.make(AT)

    def sign_on() -> list[tuple[str, bytes]]:
        made = []
        while not over.is_set():
            made.append(ring.with_current(lambda key_id: (key_id, ring.sign(b"text", key_id))))
        return made

    with ThreadPoolExecutor(3) as pool:
        signers = [pool.submit(sign_on) for _ in range(3)]
        for day in range(1, 41):
            old = ring.current()
            ring.make(AT + timedelta(days=day))
            (ring.folder / f"{old}.pem").unlink()
        over.set()
        made = [each for signer in signers for each in signer.result()]
    assert len({key_id for key_id, _ in made}) > 1
    assert all(ring.verify(key_id, b"text", signature) for key_id, signature in set(made))
