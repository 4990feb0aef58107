"""Every string that a person can read has its Italian; English is the words in the code themselves."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = sorted(
    folder.relative_to(ROOT).as_posix()
    for room in ("cms", "courses", "lms", "live")
    for folder in (ROOT / room, *(ROOT / room).iterdir())
    if (folder / "apps.py").exists()
)


def extracted(app: str, workplace: Path) -> Path:
    """The app's catalogue as makemessages writes it today, in a copy."""
    copy = workplace / Path(app).name
    others = {Path(name).name for name in APPS if name.startswith(f"{app}/")}

    def leave_out(_folder: str, names: list[str]) -> set[str]:
        return {name for name in names if name in others or name in {"migrations", "__pycache__"}}

    shutil.copytree(ROOT / app, copy, ignore=leave_out)
    (copy / "locale").mkdir(exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "it", "--no-location", "--no-obsolete"],
        cwd=copy,
        check=True,
        capture_output=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "", "PYTHONPATH": ""},
    )
    return copy / "locale" / "it" / "LC_MESSAGES" / "django.po"


@pytest.mark.parametrize("app", APPS)
def test_italian_is_complete(app, tmp_path):
    if not shutil.which("xgettext"):
        assert os.environ.get("CI") != "true", "gettext is not installed"
        pytest.skip("gettext is not installed")
    catalogue_file = extracted(app, tmp_path)
    if not catalogue_file.exists():
        return  # an app without words
    with catalogue_file.open("rb") as source:
        catalogue = read_po(source, locale="it")
    wanting = [
        message.id
        for message in catalogue
        if message.id
        and (
            message.fuzzy
            or not (all(message.string) if isinstance(message.string, (tuple, list)) else message.string)
        )
    ]
    assert not wanting, f"{app}: {wanting}"


@pytest.mark.parametrize("app", APPS)
def test_placeholders_survive_translation(app):
    catalogue_file = ROOT / app / "locale" / "it" / "LC_MESSAGES" / "django.po"
    if not catalogue_file.exists():
        return
    with catalogue_file.open("rb") as source:
        catalogue = read_po(source, locale="it")
    wrong = [
        (message.id, [str(error) for error in message.check()]) for message in catalogue if message.check()
    ]
    assert not wrong, wrong
