"""People of one class in real Chromium.

with a_class(tmp_path) as (site, body, session):
    with opened(site, body, session, [body.trainer, body.beneficiary]) as room:
        phone = room.enter(body.beneficiary)
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests import factories as make
from tests.conftest import Body, build_body
from tests.site import Site, start_site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
DESK = {"viewport": {"width": 1280, "height": 800}}
PATIENCE = 60_000  # ms: a loaded machine is no fault of the page
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


@dataclass
class ClassInBrowsers:
    """A class that may begin, on a running site; `complaints` is what any page said on its console."""

    site: Site
    body: Body
    session: Any
    chromium: Any
    complaints: list[str] = field(default_factory=list)
    cookies: dict[int, dict[str, str]] = field(default_factory=dict)

    @property
    def room(self) -> str:
        return f"{self.site.url}/aula/{self.session.uuid}/"

    def tab(self, person: Any, **options: Any) -> Any:
        """A browser of this person, on a phone unless told otherwise."""
        context = self.chromium.new_context(locale="it-IT", **(options or PHONE))
        context.add_cookies(
            [
                {"name": name, "value": value, "url": self.site.url}
                for name, value in self.cookies[person.pk].items()
            ]
        )
        tab = context.new_page()
        tab.set_default_timeout(PATIENCE)
        tab.on("dialog", lambda dialog: self.complaints.append("a script of somebody else ran"))
        tab.on("pageerror", lambda error: self.complaints.append(f"{person}: {error}"))
        tab.on(
            "console",
            lambda said: self.complaints.append(f"{person}: {said.text}") if said.type == "error" else None,
        )
        return tab

    def enter(self, person: Any, **options: Any) -> Any:
        tab = self.tab(person, **options)
        tab.goto(self.room)
        in_class(tab)
        return tab


@contextmanager
def a_class(data_dir: Path, *, worker: bool = False) -> Iterator[tuple[Site, Body, Any]]:
    with start_site(data_dir, worker=worker) as site, site.database():
        body = build_body("Qui")
        session = make.session(body.edition, body.trainer, starts_at=timezone.now() - timedelta(minutes=2))
        yield site, body, session


@contextmanager
def opened(site: Site, body: Body, session: Any, people: list[Any]) -> Iterator[ClassInBrowsers]:
    """Chromium with everybody's cookies. Inside, the ORM is out of reach: read the database before or after."""
    from playwright.sync_api import sync_playwright

    with ExitStack() as stack:
        cookies = {person.pk: site.sign_in(person) for person in people}
        playwright = stack.enter_context(sync_playwright())
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        stack.callback(chromium.close)
        yield ClassInBrowsers(site, body, session, chromium, cookies=cookies)


def learner(body: Body, first_name: str, last_name: str) -> Any:
    person = make.person(first_name, last_name, role="beneficiary", agency=body.consortium)
    make.enrolment(person, body.edition)
    return person


def in_class(tab: Any) -> None:
    from playwright.sync_api import expect

    expect(tab.locator("[data-room=line-words]")).to_have_text("Sei in aula", timeout=PATIENCE)


def show(tab: Any, name: str) -> None:
    """Leave a picture of the page for whoever asked for one."""
    if folder := os.environ.get("PONTE_SCREENSHOTS"):
        tab.screenshot(path=f"{folder}/{name.replace(' ', '-')}.png", full_page=True)


def healthy(tab: Any, name: str = "") -> None:
    """No violation that axe knows, and nothing wider than the screen."""
    from axe_playwright_python.sync_playwright import Axe

    show(tab, name or "page")
    found = Axe().run(tab).response["violations"]
    assert not found, (name, [(each["id"], each["nodes"][0]["html"]) for each in found])
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
