"""A class over lines that lose 5 %, take 150 ms each way and carry 300 kbit/s: people still hear each other.

Through a relay of the test's own: shaping the kernel's traffic needs rights, and a module (netem) that not every kernel
has.
"""

import json
import socket
import subprocess
import sys

import pytest

from tests.live.media.browsers import EmbeddedEngine, voice_class, wait_until
from tests.live.media.test_voices import begin
from tests.site import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.slow, pytest.mark.alone]


def own_address() -> str:
    """The address by which this machine reaches others; browsers do not speak to loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return probe.getsockname()[0]


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class FarAway(EmbeddedEngine):
    """The embedded engine on loopback, and the bad line to it at the machine's own address."""

    def start(self) -> None:
        self.file.unlink(missing_ok=True)
        address, port = own_address(), str(free_udp_port())
        self.counted = self.folder / "line.json"
        self.line = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.live.media.bad_line",
                "--address",
                address,
                "--port",
                port,
                "--engine",
                "127.0.0.1",
                "--count",
                str(self.counted),
            ],
            cwd=ROOT,
        )
        self._run(
            [
                sys.executable,
                "-m",
                "live.media.forwarder",
                "--file",
                str(self.file),
                "--port",
                port,
                "--address",
                address,
                "--bind",
                "127.0.0.1",
            ]
        )
        wait_until(lambda: self.file.exists() and self.counted.exists())

    def stop(self) -> None:
        super().stop()
        self.line.terminate()
        self.line.wait(10)


def test_people_hear_each_other_over_a_bad_line(db, tmp_path):
    engine = FarAway(tmp_path)
    try:
        engine.start()
        with voice_class(tmp_path, engine, "Amina") as room:
            trainer, amina = room.enter("trainer", desk=True), room.enter("Amina")
            begin(trainer)
            trainer.hear("audio")
            trainer.speak()
            amina.hear("audio")
            wait_until(lambda: amina.heard() > 0.05, seconds=60)
            before = amina.counted("audio")
            energy, packets = amina.heard(), amina.packets("audio")
            wait_until(lambda: amina.packets("audio") > packets + 300, seconds=60)
            assert amina.heard() > energy + 0.1  # it goes on: ten seconds of sound later
            made_up, samples = (
                sum(one.get(name, 0) for one in amina.counted("audio"))
                - sum(one.get(name, 0) for one in before)
                for name in ("concealedSamples", "totalSamplesReceived")
            )
            assert made_up / samples < 0.25, (made_up, samples)
            amina.speak()
            wait_until(lambda: trainer.heard() > 0.05, seconds=60)
            assert all(row.closed_at is None for who in ("trainer", "Amina") for row in room.rows(who))
            assert not trainer.complaints + amina.complaints
        line = json.loads(engine.counted.read_text())
        assert line["taken"] > 1000
        assert 0.03 < line["lost"] / line["taken"] < 0.3, line
    finally:
        engine.stop()
