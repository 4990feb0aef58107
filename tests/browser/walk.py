"""Walking through the product as a person does, from link to link, and looking at every kind of page once."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve

AXE = Axe()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: how many addresses of one kind are opened in search of links; only the first is looked at
FOLLOWED = 4
FILE = re.compile(r"\.(csv|pdf|ics|xlsx|json|zip|py)$")
LINK = re.compile(r'<a\s[^>]*href="(/[^"#]*)')


def violations(page) -> list[str]:
    found = AXE.run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [
        f"{item['id']}: {item['nodes'][0]['html'][:160]} (+{len(item['nodes']) - 1})"
        for item in found.response["violations"]
    ]


def kind_of(path: str) -> str:
    """The name of the address; pages of the tree are each a kind, and a file is none."""
    path = urlsplit(path).path
    try:
        name = resolve(path).view_name or ""
    except Resolver404:
        return ""
    if FILE.search(path):
        return ""
    return path if name == "wagtail_serve" else name


def faults_of(person) -> list[str]:
    """What is wrong with the page that this person has before them."""
    faults = violations(person.page)
    wide = person.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if wide > 0:
        faults.append(f"{wide} px wider than the window")
    return faults


@dataclass
class Walk:
    """What was seen so far, by whom, and what was wrong."""

    left_out: frozenset[str]
    seen: set[str] = field(default_factory=set)
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def walk(self, person, who: str, starts: list[str]) -> None:
        """From these addresses along every link to a kind of page that nobody has looked at yet."""
        opened: dict[str, int] = {}
        queue, known = list(starts), set(starts)
        while queue:
            path = queue.pop(0)
            kind = kind_of(path)
            if not kind or kind in self.left_out or path.startswith("/admin/"):
                continue
            opened[kind] = opened.get(kind, 0) + 1
            if opened[kind] > FOLLOWED:
                continue
            key = f"{kind} {who}" if kind == "dashboards:home" else kind
            if key in self.seen and key.startswith("/"):
                continue  # a public page says the same to everybody
            if key in self.seen:
                answer = person.context.request.get(person.url + path)
                html = f'{answer.text()}<a href="{urlsplit(answer.url).path}">'  # where a redirection led
            else:
                self.seen.add(key)
                html = self.look(person, who, path)
            for link in LINK.findall(html):
                link = link.replace("&amp;", "&")
                if link not in known:
                    known.add(link)
                    queue.append(link)

    def look(self, person, who: str, path: str) -> str:
        """One page in English in the dark and in Italian by day; its text."""
        faults = []
        for language, scheme in (("en", "dark"), ("it", "light")):
            person.speak(language)
            person.page.emulate_media(color_scheme=scheme)
            answer = person.page.goto(person.url + path)
            if answer.status != 200:
                faults.append(f"status {answer.status}")
            if person.page.locator("html").get_attribute("lang") != language:
                faults.append(f"not in {language}")
            faults += [f"{language}, {scheme}: {fault}" for fault in faults_of(person)]
        faults += person.complaints
        person.complaints.clear()
        if faults:
            self.wrong[f"{path} ({who or 'visitor'})"] = faults
        return answer.text()
