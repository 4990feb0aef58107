"""The stylesheets: readable in every light, no area paints over another, nothing is inline."""

import re
from collections import defaultdict

import pytest
from django.conf import settings

from cms.brand import contrast

CSS = settings.BASE_DIR / "static" / "css"
WORDS = ("ink", "ink-soft", "accent", "accent-strong", "success", "warning", "danger", "info")
GROUNDS = ("ground", "surface", "surface-quiet")
TONES = ("success", "warning", "danger", "info")


def tokens(kind: str) -> dict[str, str]:
    text = (CSS / "tokens.css").read_text("utf-8")
    block = {
        "light": r":root \{(.*?)\}",
        "dark by device": r":root:not\(\[data-theme=\"light\"\]\) \{(.*?)\}",
        "dark by hand": r":root\[data-theme=\"dark\"\] \{(.*?)\}",
    }[kind]
    found = re.search(block, text, re.DOTALL)
    assert found, kind
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6});", found.group(1)))


@pytest.mark.parametrize("kind", ["light", "dark by device", "dark by hand"])
def test_every_pair_that_carries_words_can_be_read(kind):
    colour = tokens(kind)
    pairs = [(word, ground) for word in WORDS for ground in GROUNDS]
    pairs += [(tone, f"{tone}-soft") for tone in TONES] + [("ink", f"{tone}-soft") for tone in TONES]
    pairs += [
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
        ("accent-strong", "accent-soft"),
        ("ink", "sun-soft"),
    ]
    weak = [
        (a, b, round(contrast(colour[a], colour[b]), 2))
        for a, b in pairs
        if contrast(colour[a], colour[b]) < 4.5
    ]
    assert not weak
    edges = [("line-strong", ground) for ground in GROUNDS] + [("focus", ground) for ground in GROUNDS]
    weak = [(a, b) for a, b in edges if contrast(colour[a], colour[b]) < 3]
    assert not weak


def test_both_ways_to_dark_are_the_same():
    assert tokens("dark by device") == tokens("dark by hand")


#: files that may speak of each other's classes: the ground, and the components
GROUND = {"base.css", "layout.css", "tokens.css", "fonts.css"}


def test_no_area_paints_over_another():
    """All files are one stylesheet in the browser: a bare class belongs to one area."""
    owners = defaultdict(set)
    for file in CSS.glob("*.css"):
        if file.name in GROUND or file.name.startswith("admin"):
            continue
        text = re.sub(r"/\*.*?\*/", "", file.read_text("utf-8"), flags=re.DOTALL)
        for selectors in re.findall(r"([^{}]+)\{", text):
            for selector in selectors.split(","):
                if alone := re.fullmatch(r"\.([a-z][a-z0-9_-]*)", selector.strip()):
                    owners[alone.group(1)].add(file.name)
    shared = {name: sorted(files) for name, files in owners.items() if len(files) > 1}
    assert not shared


def test_no_template_carries_its_own_style_or_script():
    """The content policy would refuse them: they would only seem to work in a test."""
    wrong = []
    for room in ("cms", "courses", "lms", "live"):
        for file in (settings.BASE_DIR / room).rglob("*.html"):
            if {"wagtailadmin", "admin"} & set(file.parts):
                continue
            text = file.read_text("utf-8")
            if re.search(
                r"<style|\sstyle=\"|<script(?![^>]*(src=|application/(ld\+)?json))|\son[a-z]+=\"", text
            ):
                wrong.append(str(file.relative_to(settings.BASE_DIR)))
    assert not wrong
