"""Production refuses to start when something that protects people is missing: one sentence each."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.made_up import production_environment

ROOT = Path(__file__).resolve().parents[2]
WITHOUT = None  # the variable is not set
CASES = {
    "secret": ({"PONTE_SECRET_KEY": WITHOUT}, "Set PONTE_SECRET_KEY"),
    "short secret": ({"PONTE_SECRET_KEY": "short"}, "Set PONTE_SECRET_KEY"),
    "hosts": ({"PONTE_ALLOWED_HOSTS": WITHOUT}, "Set PONTE_ALLOWED_HOSTS"),
    "any host": ({"PONTE_ALLOWED_HOSTS": "*"}, "PONTE_ALLOWED_HOSTS must name the hosts"),
    "address": ({"PONTE_SITE_URL": WITHOUT}, "Set PONTE_SITE_URL"),
    "plain http": ({"PONTE_SITE_URL": "http://ponte.example.org"}, "Set PONTE_SITE_URL"),
    "proxy": ({"PONTE_PROXY_HEADER": WITHOUT}, "Set PONTE_PROXY_HEADER"),
    "database": ({"DATABASE_URL": WITHOUT}, "Set DATABASE_URL"),
    "field keys": ({"PONTE_FIELD_KEYS": WITHOUT}, "Set PONTE_FIELD_KEYS"),
    "unreadable field key": ({"PONTE_FIELD_KEYS": "abc"}, "Set PONTE_FIELD_KEYS"),
    "lookup key": ({"PONTE_LOOKUP_KEY": WITHOUT}, "Set PONTE_LOOKUP_KEY"),
    "token key": ({"PONTE_OIDC_KEY": "-----BEGIN"}, "Set PONTE_OIDC_KEY"),
    "signing keys": ({"PONTE_SIGNING_KEY_DIR": "/nowhere"}, "Set PONTE_SIGNING_KEY_DIR"),
    "token without a PIN": (
        {"PONTE_PKCS11_MODULE": "/usr/lib/module.so", "PONTE_PKCS11_TOKEN": "ponte"},
        "Set PONTE_PKCS11_TOKEN and PONTE_PKCS11_PIN",
    ),
    "mail": ({"PONTE_EMAIL_URL": WITHOUT}, "Set PONTE_EMAIL_URL"),
    "demo": ({"PONTE_DEMO": "1"}, "Unset PONTE_DEMO:"),
    "demo password": ({"PONTE_DEMO_PASSWORD": "x"}, "Unset PONTE_DEMO_PASSWORD"),
}
# One process imports the settings again for each environment it reads, and prints what each import said.
IMPORTER = """
import importlib, json, os, sys
from django.core.exceptions import ImproperlyConfigured
said = []
for environment in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(environment)
    for name in [name for name in sys.modules if name.startswith("lms.settings")]:
        del sys.modules[name]
    try:
        settings = importlib.import_module("lms.settings.production")
    except ImproperlyConfigured as error:
        said.append(str(error))
    else:
        names = [name for name in dir(settings) if name.isupper() and "LANGUAGES" not in name]
        said.append({name: repr(getattr(settings, name)) for name in names})
json.dump(said, sys.stdout)
"""


@pytest.fixture(scope="module")
def imports(tmp_path_factory):
    """What the settings say in the complete environment, and in each one of CASES."""
    complete = production_environment(tmp_path_factory.mktemp("keys")) | {
        "PONTE_DATA_DIR": str(tmp_path_factory.mktemp("data"))
    }
    environments = [complete]
    for change, _ in CASES.values():
        changed = complete | {name: value for name, value in change.items() if value is not WITHOUT}
        environments.append(
            {name: value for name, value in changed.items() if change.get(name, "") is not WITHOUT}
        )
    done = subprocess.run(
        [sys.executable, "-c", IMPORTER],
        cwd=ROOT,
        input=json.dumps(environments),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(["complete", *CASES], json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_production_names_what_is_missing_in_one_sentence(imports, case):
    said = imports[case]
    assert isinstance(said, str), "production started"
    lines = said.splitlines()
    assert lines[0] == "Ponte does not start:"
    assert len(lines) == 2
    assert lines[1].startswith(f"- {CASES[case][1]}")
    assert lines[1].endswith((".", ").", "production."))


def test_a_complete_environment_starts_behind_https(imports):
    settings = imports["complete"]
    assert isinstance(settings, dict), settings
    for name in (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    ):
        assert settings[name] == "True"
    assert int(settings["SECURE_HSTS_SECONDS"]) >= 31536000
    assert settings["CSRF_TRUSTED_ORIGINS"] == "['https://ponte.example.org']"
    assert settings["SECURE_PROXY_SSL_HEADER"] == "('HTTP_X_FORWARDED_PROTO', 'https')"
    assert settings["PROFESSIONALS_NEED_SECOND_FACTOR"] == "True"
    assert settings["DEBUG"] == "False"
    assert "unsafe" not in settings["SECURE_CSP"]
    assert "CONN_MAX_AGE': None" in settings["DATABASES"]


READ = re.compile(r"env\.(?:text|flag|number|words|choice|required)\(\s*\"([A-Z_]+)\"")
ASKED = re.compile(
    r"environ(?:\.get|\.pop|\.setdefault)?[\[(]\s*\"((?:PONTE_|DATABASE_|REDIS_|CI\b)[A-Z_]*)\""
)


def test_every_variable_is_in_the_table():
    read = set()
    for folder in ("lms", "courses", "cms", "live", "scripts", "tests", "benchmarks", "demo"):
        for file in (ROOT / folder).rglob("*.py"):
            text = file.read_text()
            read |= set(READ.findall(text)) | set(ASKED.findall(text))
    table = (ROOT / "docs" / "configuration.md").read_text()
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))
    internal = {"PONTE_LIFELINE", "PONTE_SETTING_UP"}  # one process of ours to another
    assert read - documented - internal == set(), "not in docs/configuration.md"
    in_shell = {
        "PYTHON",
        "PYENV_ROOT",
        "DJANGO_SETTINGS_MODULE",
        "PONTE_TEST_DATABASE_URL",
        "PONTE_TEST_REDIS_URL",
    }
    assert documented - read - in_shell == set(), "in docs/configuration.md, but read nowhere"


def test_demo_accounts_are_refused_where_the_settings_do_not_allow_them(settings, imports):
    from demo import load

    assert "DEMO_ALLOWED" not in imports["complete"]
    del settings.DEMO_ALLOWED
    with pytest.raises(RuntimeError, match="refused"):
        load.load(password="x")
