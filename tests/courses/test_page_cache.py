"""Public pages kept whole for visitors without a session: same page, own nonce, nobody's data."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms import page_cache
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept(settings):
    settings.PUBLIC_PAGES_KEPT = 20


def test_the_second_visitor_costs_no_query(course):
    first = Client().get("/corsi/digitali/")
    with CaptureQueriesContext(connection) as queries:
        second = Client().get("/corsi/digitali/")
    assert len(queries) == 0
    assert second.status_code == 200
    assert second["X-Frame-Options"]
    assert second["Content-Language"] == "it"
    assert second["Content-Type"] == first["Content-Type"]


def test_each_visitor_has_a_nonce_of_their_own(course):
    nonces = set()
    for _ in range(3):
        answer = Client().get("/corsi/digitali/")
        nonce = re.search(r'ld\+json" nonce="([^"]+)"', answer.content.decode())[1]
        assert nonce in answer["Content-Security-Policy"]
        nonces.add(nonce)
    assert len(nonces) == 3


def test_who_is_signed_in_gets_a_fresh_page_and_leaves_none_behind(course, trainer):
    signed_in = Client()
    signed_in.force_login(trainer)
    assert trainer.first_name in signed_in.get("/corsi/digitali/").content.decode()
    assert trainer.first_name not in Client().get("/corsi/digitali/").content.decode()
    course.title = "Titolo nuovo"
    course.save_revision().publish()
    assert "Titolo nuovo" in signed_in.get("/corsi/digitali/").content.decode()


def test_language_look_and_question_are_part_of_the_key(course):
    make.course("Altro corso")
    assert "Altro corso" in Client().get("/corsi/").content.decode()
    assert "Altro corso" not in Client().get("/corsi/?q=digitali").content.decode()
    assert 'lang="en"' in Client().get("/corsi/", headers={"accept-language": "en"}).content.decode()
    large = Client()
    large.cookies["ponte_look"] = "large.high"
    assert 'data-text="large"' in large.get("/corsi/").content.decode()


@pytest.mark.parametrize("path", ["/corsi/non-esiste/", "/accedi/", "/corsi/?q=" + "x" * 500])
def test_what_is_not_kept(course, path, monkeypatch):
    put = page_cache.cache.set
    monkeypatch.setattr(
        page_cache.cache,
        "set",
        lambda key, *rest, **more: (
            pytest.fail(key) if key.startswith("cms.page:") else put(key, *rest, **more)
        ),
    )
    Client().get(path)
