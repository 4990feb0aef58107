"""Real Chromium in a class of a real site, with fake microphones and cameras; and the engines as processes."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from lms.attendance.models import Connection
from tests import factories as make
from tests.browser.conftest import ARGUMENTS, DESK, PHONE, chromium
from tests.conftest import build_body
from tests.site import ROOT, Site, free_port, start_site

JANUS_SECRET = "only-for-tests"
#: every connection that the page makes, and what its browser counts of them
COUNT = """
  window.connections = [];
  const Real = RTCPeerConnection;
  window.RTCPeerConnection = function (...all) { const one = new Real(...all); connections.push(one); return one; };
  window.RTCPeerConnection.prototype = Real.prototype;
  window.counted = async () => {
    const all = [];
    for (const one of connections) if (one.connectionState === "connected")
      for (const report of (await one.getStats()).values())
        if (["inbound-rtp", "outbound-rtp"].includes(report.type)) all.push({...report});
    return all;
  };
"""
#: a browser that goes on sending whatever the page asks
OBSTINATE = """
  MediaStreamTrack.prototype.stop = () => {};
  const replace = RTCRtpSender.prototype.replaceTrack;
  RTCRtpSender.prototype.replaceTrack = function (track) { return track ? replace.call(this, track) : Promise.resolve(); };
"""


class Engine:
    """One media engine as a process that can be killed and started again. `env` is what the site needs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen | None = None
        self.env: dict[str, str] = {}

    def start(self) -> None:
        raise NotImplementedError

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def _run(self, command: list[str]) -> None:
        with (self.folder / "engine.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | self.env, stdout=log, stderr=log
            )


class EmbeddedEngine(Engine):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.env = {"PONTE_MEDIA_ENGINE": "embedded", "PONTE_DATA_DIR": str(folder)}
        self.file = folder / "media.json"

    def start(self) -> None:
        self.file.unlink(missing_ok=True)
        self._run([sys.executable, "-m", "scripts.media"])
        wait_until(self.file.exists)


class JanusEngine(Engine):
    """Debian's janus with the configuration that is shipped, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        if not shutil.which("janus"):
            assert os.environ.get("CI") != "true", "janus is not installed"
            pytest.skip("janus is not installed (Debian: apt-get install janus)")
        self.port = free_port()
        self.env = {
            "PONTE_MEDIA_ENGINE": "janus",
            "PONTE_JANUS_URL": f"http://127.0.0.1:{self.port}/janus",
            "PONTE_JANUS_SECRET": JANUS_SECRET,
        }
        for file in (ROOT / "deploy" / "janus").glob("*.jcfg"):
            text = file.read_text().replace("JANUS_SECRET", JANUS_SECRET).replace("8088", str(self.port))
            (folder / file.name).write_text(text)

    def start(self) -> None:
        self._run(["janus", f"--configs-folder={self.folder}"])
        import httpx

        def answers() -> bool:
            try:
                return httpx.get(self.env["PONTE_JANUS_URL"] + "/info", timeout=2, trust_env=False).is_success
            except httpx.HTTPError:
                return False

        wait_until(answers)


ENGINES: dict[str, Callable[[Path], Engine]] = {"embedded": EmbeddedEngine, "janus": JanusEngine}


@contextmanager
def engine_process(name: str, folder: Path) -> Iterator[Engine]:
    folder.mkdir(parents=True, exist_ok=True)
    engine = ENGINES[name](folder)
    try:
        engine.start()
        yield engine
    finally:
        engine.stop()


def wait_until(true: Callable[[], Any], seconds: float = 30) -> Any:
    until = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.1)
    return found


class Participant:
    """One person's browser in the class."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.context, self.page = context, page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def part(self, name: str) -> Any:
        return self.page.locator(f'[data-room="{name}"]')

    def hear(self, profile: str = "video") -> None:
        """Enter by the large button, with this choice."""
        self.part("voice-enter").click()
        self.page.locator(f'[name="profile"][value="{profile}"]').check()
        self.part("voice-go").click()

    def speak(self) -> None:
        self.part("mic").click()
        expect(self.part("mic")).to_have_attribute("data-state", "on", timeout=20_000)

    def counted(self, kind: str, way: str = "inbound-rtp") -> list[dict]:
        return [one for one in self.page.evaluate("counted()") if one["kind"] == kind and one["type"] == way]

    def heard(self) -> float:
        """How much sound its browser decoded."""
        return sum(one.get("totalAudioEnergy", 0) for one in self.counted("audio"))

    def packets(self, kind: str, way: str = "inbound-rtp") -> int:
        counts = {"inbound-rtp": "packetsReceived", "outbound-rtp": "packetsSent"}
        return sum(one.get(counts[way], 0) for one in self.counted(kind, way))

    def frames(self) -> int:
        return sum(one.get("framesDecoded", 0) for one in self.counted("video"))


class VoiceClass:
    """A class under way: its site, its people, the browser that opens their windows."""

    def __init__(self, site: Site, browser: Browser, learners: tuple[str, ...]) -> None:
        self.site, self.browser = site, browser
        self.body = build_body("Qui")
        self.session = make.session(
            self.body.edition, self.body.trainer, starts_at=timezone.now() - timedelta(minutes=5), minutes=120
        )
        self.people = {"trainer": self.body.trainer, "inspector": self.body.people["inspector"]}
        for name in learners:
            self.people[name] = make.person(name, "Prova", role="beneficiary", agency=self.body.consortium)
            make.enrolment(self.people[name], self.body.edition)

    def enter(
        self, name: str, *, desk: bool = False, obstinate: bool = False, language: str = "it"
    ) -> Participant:
        context = self.browser.new_context(
            viewport=DESK if desk else PHONE, locale="it-IT" if language == "it" else "en-GB"
        )
        context.add_init_script(COUNT + (OBSTINATE if obstinate else ""))
        cookies = self.site.sign_in(self.people[name])
        context.add_cookies([{"name": k, "value": v, "url": self.site.url} for k, v in cookies.items()])
        one = Participant(context, context.new_page())
        one.page.goto(f"{self.site.url}/aula/{self.session.uuid}/")
        expect(one.part("line")).to_have_attribute("data-state", "on", timeout=30_000)
        return one

    def rows(self, name: str) -> list[Connection]:
        return list(Connection.objects.filter(session=self.session, person=self.people[name]))


@contextmanager
def voice_class(
    tmp_path: Path,
    engine: Engine,
    *learners: str,
    env: dict[str, str] | None = None,
    arguments: list[str] | None = None,
) -> Iterator[VoiceClass]:
    """Everything of a class with voice. Playwright comes last and goes first: its loop is in this thread."""
    with (
        start_site(engine.folder, engine.env | (env or {})) as site,
        site.database(),
        sync_playwright() as play,
        _orm_beside_a_loop(),
    ):
        browser = play.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS, *(arguments or [])])
        room = VoiceClass(site, browser, learners)
        try:
            yield room
        finally:
            browser.close()


@contextmanager
def _orm_beside_a_loop() -> Iterator[None]:
    """Playwright's synchronous way runs a loop in this thread, where Django would refuse its ORM.

    Beside a loop Django keeps connections of their own: without a fresh one, this class would write into the
    database of the class before.
    """
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before
