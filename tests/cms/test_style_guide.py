"""/stile/ shows everything, to editors only, in both languages and both lights."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission

from cms import icons, style_guide

pytestmark = pytest.mark.django_db


def editor(world):
    """A trainer who writes in Wagtail."""
    permission = Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    world.here.trainer.user_permissions.add(permission)
    return world.here.trainer


def test_it_is_for_who_works_on_the_site(client, world):
    assert client.get("/stile/").status_code == 404
    client.force_login(world.here.beneficiary)
    assert client.get("/stile/").status_code == 404
    client.force_login(editor(world))
    assert client.get("/stile/").status_code == 200


@pytest.mark.parametrize(("language", "word"), [("it", "Guida di stile"), ("en", "Style guide")])
@pytest.mark.parametrize("theme", ["light", "dark", "", "x"])
def test_every_component_in_both_languages_and_lights(client, world, language, word, theme):
    client.force_login(editor(world))
    page = client.get(f"/stile/?lang={language}&theme={theme}").content.decode()
    assert word in page
    assert f'<html lang="{language}"' in page
    assert (f'data-theme="{theme}"' in page) is (theme in {"light", "dark"})
    for name in style_guide.COMPONENTS:
        assert f'id="{name}"' in page
        assert f"components/{name}.css" in page


def test_every_icon_that_a_template_asks_for_is_drawn():
    wanted: dict[str, str] = {}
    for room in ("cms", "courses", "lms", "live"):
        for file in (settings.BASE_DIR / room).rglob("*.html"):
            if "wagtailadmin" in file.parts:
                continue
            text = file.read_text("utf-8")
            for name in re.findall(r"{% icon \"([a-z0-9-]+)\"", text) + re.findall(
                r"icon=\"([a-z0-9-]+)\"", text
            ):
                wanted[name] = str(file)
    missing = {name: file for name, file in wanted.items() if name not in icons.drawings()}
    assert not missing
