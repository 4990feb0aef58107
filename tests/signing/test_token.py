"""Keys in a real PKCS#11 token (SoftHSM): they sign there, and their private half is nowhere else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lms.signing import Ring

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so")


@pytest.fixture
def hsm(settings, tmp_path, monkeypatch):
    """A new token of its own, and no session of another."""
    module = next((path for path in MODULES if Path(path).exists()), None)
    if module is None or not shutil.which("softhsm2-util"):
        assert os.environ.get("CI") != "true", "SoftHSM is not installed (Debian: apt-get install softhsm2)"
        pytest.skip("SoftHSM is not installed")
    (tmp_path / "tokens").mkdir()
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    command = ["softhsm2-util", "--init-token", "--free", "--label", "ponte", "--so-pin", "12345678"]
    subprocess.run([*command, "--pin", "4321"], check=True, capture_output=True)
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    settings.SIGNING_PKCS11_MODULE = module
    settings.SIGNING_PKCS11_TOKEN, settings.SIGNING_PKCS11_PIN = "ponte", "4321"
    return tmp_path


SCRIPT = """
import django
django.setup()
from datetime import UTC, datetime
from lms.signing import NoKey, Ring, token
at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ring = Ring("credential")
key = ring.make(at)
assert ring.current() == key
assert ring.verify(key, b"text", ring.sign(b"text"))
assert ring.sign(b"text") == ring.sign(b"text")
files = sorted(file.name for file in ring.folder.iterdir())
assert files == [f"{key}.pub.pem", f"{key}.token"], files
token._open[__import__("os").getpid()].close()  # the card was pulled out and put back
assert ring.verify(key, b"again", ring.sign(b"again"))
(ring.folder / f"{key}.token").rename(ring.folder / f"{key[:-1]}z.token")
try:
    ring.sign(b"text")
except NoKey as missing:
    print(missing)
"""


def test_keys_stay_in_the_token(hsm, settings):
    """In a process of its own: the module reads where its tokens are once, when it is loaded."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "lms.settings.dev",
        "PONTE_DATA_DIR": str(hsm),
        "PONTE_SIGNING_KEY_DIR": str(hsm / "keys"),
        "PONTE_PKCS11_MODULE": settings.SIGNING_PKCS11_MODULE,
        "PONTE_PKCS11_TOKEN": "ponte",
        "PONTE_PKCS11_PIN": "4321",
    }
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "holds no key" in done.stdout
    # What was made there is checked here, without the token.
    settings.SIGNING_PKCS11_MODULE = ""
    assert len(Ring("credential").ids()) == 1
