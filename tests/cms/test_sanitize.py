"""The three doors of cms.sanitize: nothing runs, and what people meant survives."""

import re
from html.parser import HTMLParser

import pytest
from django.template import Context, Template
from wagtail.models import Site
from wagtail.rich_text import expand_db_html

from cms import sanitize
from tests.cms.xss_corpus import VECTORS

ALLOWED = sanitize._RICH_TAGS
# What a browser takes for a scheme, after it has thrown away blanks and control characters (URL standard).
SCHEME = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.-]*):")
ADDRESSES = {"href", "src", "srcset", "poster", "action", "formaction", "data", "cite", "background", "ping"}


class Danger(HTMLParser):
    """Reads HTML as a browser would roughly read it and keeps what could run."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in ALLOWED:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            address = "".join((value or "").split()).replace("\x00", "").lower()
            if name.startswith(("on", "data-", "hx-")) or name in {
                "style",
                "id",
                "name",
                "command",
                "srcdoc",
                "ping",
            }:
                self.found.append(f"{tag}[{name}]")
            scheme = SCHEME.match(address)
            if name in ADDRESSES and scheme and scheme.group(1) not in sanitize.PROTOCOLS:
                self.found.append(f"{tag}[{name}={value}]")

    def handle_comment(self, data):
        self.found.append("comment")

    def handle_decl(self, decl):
        self.found.append("declaration")


def dangers(html: str) -> list[str]:
    reader = Danger()
    reader.feed(html)
    reader.close()
    return reader.found


def test_the_reader_of_dangers_sees_them():
    for html in ("<p onclick=x>", "<a href='java\nscript:x'>", "<script>", "<!-- x -->"):
        assert dangers(html)
    assert not dangers('<p>a <a href="/x?y:z">b</a> <a href="mailto:a@b.it">c</a></p>')


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_runs(vector):
    assert dangers(sanitize.rich_text(vector)) == []
    assert dangers(sanitize.user_html(vector)) == []
    assert dangers(str(sanitize.plain_html(sanitize.plain(vector)))) == []


@pytest.mark.parametrize("vector", VECTORS)
def test_cleaning_twice_changes_nothing(vector):
    for door in (sanitize.rich_text, sanitize.user_html):
        once = str(door(vector))
        assert str(door(once)) == once


@pytest.mark.parametrize(
    "text", ["a < b & <3", "3 > 2 && 1 < 2", "Tom & Jerry", "<-- guarda", 'dice "ciao"', "l'aula"]
)
def test_what_was_typed_is_shown_as_typed(text):
    kept = sanitize.plain(text)
    assert kept == text
    shown = Template("{{ text }}").render(Context({"text": kept}))
    assert HTMLText.of(shown) == text
    assert HTMLText.of(str(sanitize.plain_html(kept))) == text


class HTMLText(HTMLParser):
    """The words that a reader sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data):
        self.words.append(data)

    @classmethod
    def of(cls, html: str) -> str:
        reader = cls()
        reader.feed(html)
        reader.close()
        return "".join(reader.words)


def test_plain_leaves_out_what_no_keyboard_types():
    assert sanitize.plain("a\x00b\x1b[31mc\u202egnp.exe") == "ab[31mcgnp.exe"
    assert sanitize.plain("  due\r\nrighe  ") == "due\nrighe"
    assert sanitize.plain("troppo   lungo", one_line=True, limit=8) == "troppo l"
    assert sanitize.plain("") == ""


def test_plain_makes_links_and_keeps_lines():
    shown = str(sanitize.plain_html("vedi https://example.org/a?b=1&c=2\ne scrivi a x@example.org"))
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener">' in shown
    assert "<br>" in shown
    assert "mailto:x@example.org" in shown
    assert "javascript" not in str(sanitize.plain_html("javascript:alert(1) www.example.org")).split("<a")[1]


def test_user_html_keeps_the_words_and_their_form():
    given = '<h2>Titolo</h2><p>Un <b>testo</b> con <a href="https://example.org">un link</a>.</p><ul><li>uno</li></ul>'
    kept = sanitize.user_html(given)
    for part in ("<h2>Titolo</h2>", "<b>testo</b>", 'href="https://example.org"', "<li>uno</li>", "nofollow"):
        assert part in kept
    assert "<img" not in sanitize.user_html('<img src="https://evil.example/pixel.gif">ciao')


@pytest.mark.django_db
def test_links_inside_the_site_and_images_still_render():
    root = Site.objects.get(is_default_site=True).root_page
    stored = f'<p><a linktype="page" id="{root.pk}">qui</a> <a href="tel:0801">chiama</a></p>'
    shown = sanitize.rich_text(expand_db_html(stored))
    assert f'<a href="{root.url}">qui</a>' in shown
    assert 'href="tel:0801"' in shown
    image = '<img alt="Una mano" class="richtext-image left" height="90" src="/media/images/a.webp" width="120" loading="lazy">'
    for part in (
        'alt="Una mano"',
        'class="richtext-image left"',
        'src="/media/images/a.webp"',
        'width="120"',
    ):
        assert part in sanitize.rich_text(image)
    assert "linktype" not in shown


@pytest.mark.django_db
def test_the_filter_is_the_way_to_a_page():
    shown = Template("{% load ponte %}{{ html|safe_richtext }}").render(
        Context({"html": "<p>ciao <b>a</b><script>x</script></p>"})
    )
    assert shown == '<div class="prose"><p>ciao <b>a</b></p></div>'
    assert Template("{% load ponte %}{{ html|safe_richtext }}").render(Context({"html": ""})) == ""


def test_tables_and_media_of_an_editor_stay():
    table = '<table><thead><tr><th scope="col">A</th></tr></thead><tbody><tr><td colspan="2">b</td></tr></tbody></table>'
    assert str(sanitize.rich_text(table)) == table
    audio = '<audio controls="" src="/impara/suono.mp3"></audio>'
    assert "controls" in sanitize.rich_text(audio)
    assert "/impara/suono.mp3" in sanitize.rich_text(audio)
