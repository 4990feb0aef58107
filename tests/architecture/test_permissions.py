"""Every address of ours, asked for as every role, own network and other."""

import importlib
import pkgutil
import uuid

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture import matrix
from tests.architecture.permission_matrix import ROLES, Row
from tests.architecture.prefixes import THIRD_PARTY

pytestmark = pytest.mark.usefixtures("on_the_day")


def all_rows() -> list[Row]:
    rows: list[Row] = []
    for module in pkgutil.iter_modules(matrix.__path__):
        rows += getattr(importlib.import_module(f"{matrix.__name__}.{module.name}"), "ROWS", [])
    return rows


ROWS = all_rows()


def our_patterns(patterns=None, prefix: str = "", namespace: str = ""):
    """(route, full name) of every URL pattern that is not under a third party's prefix."""
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        route = prefix + str(entry.pattern).lstrip("^")
        if any(route.startswith(third) for third in THIRD_PARTY):
            continue
        if isinstance(entry, URLResolver):
            inside = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from our_patterns(entry.url_patterns, route, inside)
        elif isinstance(entry, URLPattern):
            yield route, f"{namespace}{entry.name}" if entry.name else route


def test_every_address_is_listed():
    listed = {row.url for row in ROWS}
    missing = sorted({name for _, name in our_patterns()} - listed)
    assert not missing, f"add these to tests/architecture/matrix/: {missing}"


def test_no_row_without_an_address():
    known = {name for _, name in our_patterns()}
    gone = sorted({row.url for row in ROWS} - known)
    assert not gone, f"these addresses no longer exist: {gone}"


def ask(row: Row, url: str, user, body) -> int:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return getattr(client, row.method)(url, row.data(body)).status_code


def label(row: Row) -> str:
    return f"{row.method} {row.url}"


@pytest.mark.parametrize("row", ROWS, ids=label)
def test_each_role_gets_its_answer(row: Row, world):
    wrong = []
    if row.setup:
        row.setup(world.here)
    url = reverse(row.url, kwargs=row.kwargs(world.here))
    for own, body in ((True, world.here), (False, world.there)):
        for role in ROLES:
            user = None if role == "anonymous" else body.people[role]
            got = ask(row, url, user, world.here)
            if got != row.expected(role, own=own):
                whose = "own" if own else "other"
                wrong.append(f"{role} ({whose}): {got}, expected {row.expected(role, own=own)}")
    assert not wrong, f"{row.method.upper()} {url}: " + "; ".join(wrong)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if "uuid" in str(row.kwargs.__code__.co_consts)], ids=label
)
def test_what_is_absent_answers_as_what_is_hidden(row: Row, world):
    """A made-up uuid gives 404 to people who may see the real thing."""
    if row.setup:
        row.setup(world.here)
    kwargs = {
        name: uuid.uuid4() if isinstance(value, uuid.UUID) else value
        for name, value in row.kwargs(world.here).items()
    }
    url = reverse(row.url, kwargs=kwargs)
    for role in ROLES:
        if role != "anonymous" and row.expected(role, own=True) < 400:
            assert ask(row, url, world.here.people[role], world.here) == 404, role
