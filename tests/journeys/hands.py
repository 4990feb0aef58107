"""A person at a browser without scripts: opens pages, follows links, fills the forms that are there."""

import re
from typing import Any

import httpx
from lxml import html


class Hands:
    """`page` is what is on the screen. A form or link that is not there is an AssertionError, as for a person."""

    def __init__(self, url: str, cookies: dict[str, str] | None = None) -> None:
        self.http = httpx.Client(
            base_url=url, cookies=cookies or {}, follow_redirects=True, timeout=60, verify=False
        )
        self.url = url
        self.page: Any = None
        self.answer: httpx.Response

    def open(self, path: str, *, status: int = 200) -> "Hands":
        return self._show(self.http.get(path), status)

    def _show(self, answer: httpx.Response, status: int) -> "Hands":
        self.answer = answer
        assert answer.status_code == status, f"{answer.url}: {answer.status_code}\n{self._words(answer)}"
        self.page = html.fromstring(answer.text) if answer.text.strip() else None
        return self

    @staticmethod
    def _words(answer: httpx.Response) -> str:
        if "html" not in answer.headers.get("content-type", ""):
            return answer.text[:800]
        main = html.fromstring(answer.text).xpath("//main|//body")[0]
        return re.sub(r"\s+", " ", main.text_content())[:800]

    @property
    def path(self) -> str:
        return self.answer.url.path

    @property
    def words(self) -> str:
        """What a person reads on the page, in one line."""
        return re.sub(r"\s+", " ", self.page.xpath("//main|//body")[0].text_content())

    def follow(self, words: str) -> "Hands":
        """Press the first link whose words contain these."""
        links = [
            link for link in self.page.xpath("//a[@href]") if words in " ".join(link.text_content().split())
        ]
        assert links, f"no link «{words}» on {self.path}: {self.words[:800]}"
        return self.open(links[0].get("href"))

    def form(self, action: str) -> Any:
        """The first form in the page's main part whose address contains `action`, or is the page itself."""
        forms = [
            form
            for form in self.page.xpath("//main//form[translate(@method, 'POST', 'post')='post']")
            if action in (form.get("action") or self.path)
        ]
        assert forms, f"no form to «{action}» on {self.path}: {self.words[:800]}"
        return forms[0]

    def send(
        self, action: str, *, status: int = 200, button: tuple[str, str] | None = None, **given: Any
    ) -> "Hands":
        """Fill the form and press its button. A field that the form lacks cannot be filled."""
        form = self.form(action)
        data: dict[str, Any] = {}
        for name, value in form.form_values():
            data.setdefault(name, []).append(value)
        for name, value in given.items():
            assert name in form.fields, f"no field {name}: {list(form.fields.keys())}"
            data[name] = value
        if button:
            data[button[0]] = button[1]
        target = form.get("action") or str(self.answer.url)
        headers = {"Referer": str(self.answer.url)}
        return self._show(self.http.post(target, data=data, headers=headers), status)
