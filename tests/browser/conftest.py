"""Real Chromium against the product as ./run starts it, with the demo content.

The data folder is a copy of one that is prepared once a day for each state of the code. All browser tests
run in one xdist worker: two Chromium on two cores would measure each other.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import prepared
from tests.prepared import PASSWORD
from tests.site import ROOT, free_port

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups after this
def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        assert os.environ.get("CI") != "true", "Chromium is not installed"
        pytest.skip("Chromium is not installed")
    return found


@pytest.fixture(scope="session")
def demo_data() -> Path:
    """A data folder with the demo loaded."""
    return prepared.demo_data()


@dataclass
class Running:
    """The product under way: `url`, its data folder and what it printed."""

    url: str
    data: Path
    log: Path


@pytest.fixture(scope="session")
def product(demo_data, tmp_path_factory) -> Iterator[Running]:
    """`./run` on a copy of the demo data, on a free port, stopped by its process id."""
    data = tmp_path_factory.mktemp("product") / "data"
    shutil.copytree(demo_data, data)
    with running(data, {}) as product:
        yield product


@contextmanager
def running(data: Path, services: dict[str, str]) -> Iterator[Running]:
    """The product under way with this data folder; `services` names PostgreSQL and Redis, or nothing."""
    port = free_port()
    log = data.parent / "run.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "scripts.run", "--port", str(port), "--data", str(data)],
            cwd=ROOT,
            env=prepared.demo_environment(data) | services,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + 400
        while "Ponte is at" not in log.read_text():
            assert process.poll() is None, log.read_text()[-3000:]
            assert time.monotonic() < until, log.read_text()[-3000:]
            time.sleep(0.2)
        yield Running(f"http://localhost:{port}", data, log)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright's own loop runs in this thread: it must be gone before other tests use the ORM or a loop.
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at a device: one browser context, one page, and what its console complained of."""

    context: BrowserContext
    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def speak(self, language: str) -> None:
        """As the buttons of «Testo e lingua» do it."""
        self.context.add_cookies([{"name": "django_language", "value": language, "url": self.url}])

    def sign_in(self, name: str) -> "Person":
        """By the pages a person uses: the name first, then the password."""
        self.go("/accedi/")
        self.page.locator("input[name=login]").fill(name)
        password = self.page.locator("input[name=password]")
        if not password.is_visible():
            self.page.locator("form:has(input[name=login]) button[type=submit]").first.click()
        if not password.is_visible():
            self.page.get_by_role("link", name=re.compile("password", re.I)).first.click()
        password.fill(PASSWORD)
        self.page.locator("form:has(input[name=password]) button[type=submit]").first.click()
        self.page.wait_for_url(re.compile("/oggi/|/profilo/"))
        return self


@pytest.fixture
def at_device(browser, product, tmp_path) -> Iterator[Callable[..., Person]]:
    """`at_device("amina")` is Amina at a phone; `desk=True` at a desktop; `scripts=False` without JavaScript."""
    contexts: list[BrowserContext] = []

    def start(
        name: str = "", *, desk: bool = False, scripts: bool = True, language: str = "it", dark: bool = False
    ) -> Person:
        context = browser.new_context(
            viewport=DESK if desk else PHONE,
            java_script_enabled=scripts,
            locale="it-IT" if language == "it" else "en-GB",
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        page = context.new_page()
        person = Person(context, page, product.url)
        page.on("pageerror", lambda error: person.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: person.complaints.append(message.text) if message.type == "error" else None,
        )
        return person.sign_in(name) if name else person

    yield start
    for context in contexts:
        context.close()
