"""A README that lists the modules of its app lists them all, and none that is gone."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Apps with so many modules that one looks for the right one in a list.
LISTED = ["lms/attendance"]
NEEDS_NO_WORDS = {"__init__.py", "apps.py"}


@pytest.mark.parametrize("app", LISTED)
def test_every_module_is_named_and_every_name_is_a_module(app):
    folder = ROOT / app
    modules = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if path.name not in NEEDS_NO_WORDS and "migrations" not in path.parts
    }
    assert len(modules) > 20
    readme = (folder / "README.md").read_text()
    named = set(re.findall(r"`([\w/]+\.py)`", readme))
    assert named == modules
