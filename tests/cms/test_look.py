"""Language, text size and contrast: chosen without scripts, from this site only, and never to another address."""

import pytest

from cms import brand

pytestmark = pytest.mark.django_db


def test_text_size_and_contrast_are_kept(client):
    answer = client.post("/aspetto/", {"size": "larger", "next": "/robots.txt"})
    assert answer.status_code == 302
    assert answer["Location"] == "/robots.txt"
    client.post("/aspetto/", {"contrast": "high", "next": "/"})
    words = client.get("/non-c-e/").content.decode()
    assert 'data-text="larger"' in words
    assert 'data-contrast="high"' in words


@pytest.mark.parametrize("value", ["x", '"><script>', "larger.high.more", ".", ""])
def test_a_strange_cookie_counts_as_nothing(client, value):
    client.cookies["ponte_look"] = value
    assert "script>alert" not in client.get("/non-c-e/").content.decode()
    assert 'data-contrast="normal"' in client.get("/non-c-e/").content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
@pytest.mark.parametrize("address", ["/lingua/", "/aspetto/"])
def test_it_never_leads_away(client, address, target):
    assert client.post(address, {"language": "en", "size": "large", "next": target})["Location"] == "/"


@pytest.mark.parametrize("address", ["/lingua/", "/aspetto/"])
def test_another_site_cannot_press_the_button(client, address):
    data = {"language": "en", "size": "large", "next": "/"}
    assert client.post(address, data, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post(address, data, headers={"origin": "https://evil.example"}).status_code == 403
    assert client.post(address, data, headers={"origin": "http://testserver"}).status_code == 302


def test_an_unknown_language_changes_nothing(client):
    assert not client.post("/lingua/", {"language": "../../x"}).cookies


def test_contrast_is_that_of_wcag():
    assert round(brand.contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(brand.contrast("#767676", "#ffffff"), 2) == 4.54
    assert brand.readable_accent(brand.DEFAULT_ACCENT)
    assert brand.contrast(brand.lightened_for_dark(brand.DEFAULT_ACCENT), brand.DARK_GROUND) >= 7


def test_nothing_but_a_colour_reaches_the_stylesheet():
    assert brand.accent_css("red;}body{display:none}") == ""
    assert brand.accent_css("") == ""
