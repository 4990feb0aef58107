"""A real coturn with the shipped configuration: whom it lets in, and where it leads nobody."""

import hashlib
import hmac
import os
import shutil
import socket
import struct
import subprocess
import time
from pathlib import Path

import pytest
from django.test import override_settings

from live.media import turn
from tests.site import free_port

ROOT = Path(__file__).resolve().parents[3]
SECRET = "a secret of this test"
COOKIE = 0x2112A442
ALLOCATE, PERMISSION = 0x0003, 0x0008
USERNAME, INTEGRITY, ERROR, PEER, REALM, NONCE, TRANSPORT = 0x06, 0x08, 0x09, 0x12, 0x14, 0x15, 0x19


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """The port of a coturn of this module, on loopback; only its own addresses differ from what is shipped."""
    if not shutil.which("turnserver"):
        assert os.environ.get("CI") != "true", "coturn is not installed"
        pytest.skip("coturn is not installed (Debian: apt-get install coturn)")
    folder, port = tmp_path_factory.mktemp("turn"), free_port()
    shipped = (ROOT / "deploy" / "coturn" / "turnserver.conf").read_text()
    file = folder / "turnserver.conf"
    file.write_text(
        shipped.replace("listening-port=3478", f"listening-port={port}").replace("tls-listening-port=443", "")
    )
    command = [
        "turnserver",
        "-c",
        str(file),
        "--realm=test",
        f"--static-auth-secret={SECRET}",
        "--listening-ip=127.0.0.1",
    ]
    command += [
        "--relay-ip=127.0.0.1",
        "--no-tls",
        "--no-dtls",
        f"--pidfile={folder}/pid",
        f"--userdb={folder}/db",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--log-file=stdout"], stdout=log, stderr=log, cwd=folder)
    try:
        for _ in range(100):
            if process.poll() is None and _answers(port):
                break
            assert process.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    try:
        return _ask(port, ALLOCATE, [(TRANSPORT, b"\x11\0\0\0")])[0] == 401
    except OSError:
        return False


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def _ask(port: int, kind: int, attributes: list, key: bytes = b"", wire: socket.socket | None = None):
    """One STUN request: (error code or 0, attributes of the answer). RFC 8489, RFC 8656."""
    own = wire or socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    own.settimeout(2)
    try:
        body = b"".join(_attribute(*each) for each in attributes)
        transaction = os.urandom(12)
        if key:
            head = struct.pack("!HHI", kind, len(body) + 24, COOKIE) + transaction
            body += _attribute(INTEGRITY, hmac.digest(key, head + body, hashlib.sha1))
        own.sendto(struct.pack("!HHI", kind, len(body), COOKIE) + transaction + body, ("127.0.0.1", port))
        answer = own.recv(2048)
    finally:
        if wire is None:
            own.close()
    found, at = {}, 20
    while at < len(answer):
        name, length = struct.unpack("!HH", answer[at : at + 4])
        found[name] = answer[at + 4 : at + 4 + length]
        at += 4 + length + (-length % 4)
    error = found.get(ERROR)
    return (error[2] * 100 + error[3] if error else 0), found


def _allocate(port: int, username: str, password: str, wire: socket.socket):
    """Ask for a relay with these credentials: (error code or 0, what signs further requests)."""
    wanted = (TRANSPORT, b"\x11\0\0\0")  # UDP
    _code, asked = _ask(port, ALLOCATE, [wanted], wire=wire)
    signed = [(USERNAME, username.encode()), (REALM, asked[REALM]), (NONCE, asked[NONCE])]
    realm = asked[REALM].decode()
    key = hashlib.md5(f"{username}:{realm}:{password}".encode(), usedforsecurity=False).digest()
    code, _answer = _ask(port, ALLOCATE, [wanted, *signed], key, wire)
    return code, signed, key


@pytest.fixture
def wire():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", 0))
        yield own


def _credentials(port: int, **settings) -> tuple[str, str]:
    with override_settings(
        LIVE_TURN_URLS=[f"turn:127.0.0.1:{port}?transport=udp"], LIVE_TURN_SECRET=SECRET, **settings
    ):
        (server,) = turn.servers_for("3f0c5cd4")
    return server["username"], server["credential"]


def test_credentials_of_one_join_open_a_relay(port, wire):
    code, signed, key = _allocate(port, *_credentials(port), wire)
    assert code == 0
    for inside in ("127.0.0.1", "10.1.2.3", "192.168.1.1", "172.20.0.1", "169.254.169.254"):
        peer = b"\0\1" + struct.pack("!H", 80 ^ (COOKIE >> 16))
        peer += bytes(a ^ b for a, b in zip(socket.inet_aton(inside), COOKIE.to_bytes(4, "big"), strict=True))
        refused, _ = _ask(port, PERMISSION, [(PEER, peer), *signed], key, wire)
        assert refused == 403, inside


@pytest.mark.parametrize("fault", ["forged", "expired", "another's"])
def test_whoever_was_given_none_gets_nothing(port, wire, fault):
    username, password = _credentials(port)
    if fault == "forged":
        password = password[:-4] + "AAA="
    elif fault == "expired":
        username, password = _credentials(port, LIVE_TURN_MINUTES=-1)
    else:
        username = username[:-1] + ("0" if username[-1] != "0" else "1")
    assert _allocate(port, username, password, wire)[0] == 401
