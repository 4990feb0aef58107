"""The catalogue: found by words and filters with no script, cheap, and silent about what is behind enrolment."""

import json
import re
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail import hooks

from courses import queries
from courses.catalogue import CatalogueForm
from courses.hooks import CatalogueParams, CourseFacts, EditionFact
from courses.models import CompetencyGoal, CoursePage
from tests import factories as make
from tests.courses.conftest import picture

pytestmark = pytest.mark.django_db


def fact(code: str = "ED-1", **fields) -> EditionFact:
    return EditionFact(
        **{
            "code": code,
            "title": "Edizione",
            "mode": "online",
            "mode_label": "Online",
            "place": "",
            "starts_on": date(2026, 12, 1),
            "ends_on": date(2027, 2, 1),
            "capacity": 20,
            "free": 5,
            "apply_url": f"/edizioni/{code}/candidatura/",
        }
        | fields
    )


@pytest.fixture
def no_editions(db, monkeypatch):
    """Only what the test registers answers the two hooks, and the world's courses are not published."""
    CoursePage.objects.update(live=False)
    hooks.search_for_hooks()
    for name in ("filter_catalogue", "describe_courses"):
        monkeypatch.setitem(hooks._hooks, name, [])


def answer_hook(name: str, function):
    return hooks.register_temporarily(name, function)


def titles(client, **params) -> list[str]:
    answer = client.get("/corsi/", params)
    assert answer.status_code == 200
    return re.findall(r'class="card__title"><a href="[^"]+">([^<]+)<', answer.content.decode())


@pytest.fixture
def three(no_editions):
    return [
        make.course("Telefono e internet", slug="telefono", code="DIG", level="base", language="it"),
        make.course("Italiano per il lavoro", slug="italiano", code="ITA", level="base", language="it"),
        make.course("Digital skills", slug="skills", code="ENG", level="advanced", language="en"),
    ]


class TestSearch:
    def test_all_without_a_question(self, client, three):
        assert titles(client) == ["Telefono e internet", "Italiano per il lavoro", "Digital skills"]

    @pytest.mark.parametrize(
        ("params", "found"),
        [
            ({"q": "telefono"}, {"Telefono e internet", "Italiano per il lavoro", "Digital skills"}),
            ({"q": "lavoro"}, {"Italiano per il lavoro"}),
            ({"q": "LAV"}, {"Italiano per il lavoro"}),
            ({"q": "eng"}, {"Digital skills"}),
            ({"level": "advanced"}, {"Digital skills"}),
            ({"language": "it", "q": "internet"}, {"Telefono e internet"}),
            ({"q": "nulla di questo"}, set()),
        ],
    )
    def test_words_and_filters(self, client, three, params, found):
        assert set(titles(client, **params)) == found

    def test_the_index_is_used_too(self, client, three):
        """A word that stands only in what one learns is found when the worker has indexed the page."""
        three[2].learning_outcomes = "Write a spreadsheet"
        three[2].save_revision().publish()
        call_command("update_index", verbosity=0)
        assert titles(client, q="spreadsheet") == ["Digital skills"]

    @pytest.mark.parametrize(
        "q",
        ['"', "*", "a AND", "NEAR(", "(", "-", "' OR 1=1 --", "%", "_", "\\", "😀", "x" * 500, "a:b", "^"],
    )
    def test_no_word_breaks_it(self, client, three, q):
        assert client.get("/corsi/", {"q": q}).status_code == 200

    @pytest.mark.parametrize(
        "params",
        [
            {"level": "nessuno"},
            {"starts_from": "ieri"},
            {"page": "999"},
            {"page": "x"},
            {"where": "<script>"},
        ],
    )
    def test_nonsense_is_not_used(self, client, three, params):
        assert len(titles(client, **params)) == 3

    def test_what_was_typed_is_escaped(self, client, three):
        html = client.get("/corsi/", {"q": '"><script>alert(1)</script>'}).content.decode()
        assert "<script>alert(1)" not in html

    def test_a_draft_course_is_not_there(self, client, three):
        three[0].unpublish()
        assert "Telefono e internet" not in titles(client)

    def test_scheduled_course_appears_on_its_day(self, client, three):
        page = three[0]
        page.unpublish()
        page.go_live_at = timezone.now() + timedelta(days=1)
        page.save_revision().publish()
        assert "Telefono e internet" not in titles(client)
        page.refresh_from_db()
        page.go_live_at = timezone.now() - timedelta(minutes=1)
        revision = page.save_revision(approved_go_live_at=page.go_live_at)
        assert revision.approved_go_live_at
        call_command("publish_scheduled", verbosity=0)
        assert "Telefono e internet" in titles(client)

    def test_filters_work_without_script_and_stay_in_the_address(self, client, three):
        html = client.get("/corsi/", {"level": "base"}).content.decode()
        assert '<form class="catalogue-search" method="get"' in html
        assert '<option value="base" selected>' in html
        assert '<details class="catalogue-filters" open>' in html

    def test_empty_states(self, client, three):
        assert "empty" in client.get("/corsi/", {"q": "nulla di questo"}).content.decode()
        for page in three:
            page.unpublish()
        assert "empty" in client.get("/corsi/").content.decode()

    def test_many_courses_are_paged_and_keep_the_question(self, client, no_editions):
        for number in range(14):
            make.course(f"Corso numero {number:02}", lessons=0, quiz=False)
        assert len(titles(client)) == 12
        html = client.get("/corsi/", {"q": "numero"}).content.decode()
        assert "q=numero" in html
        assert "page=2" in html
        assert len(titles(client, page=2)) == 2

    def test_as_many_queries_for_two_as_for_twelve(self, client, no_editions):
        for _ in range(2):
            make.course(lessons=0, quiz=False, image=picture())
        client.get("/corsi/")
        with CaptureQueriesContext(
            connection,
        ) as two:
            client.get("/corsi/")
        for _ in range(10):
            make.course(lessons=0, quiz=False, image=picture())
        with CaptureQueriesContext(connection) as twelve:
            assert len(titles(client)) == 12
        assert len(two) == len(twelve)
        assert len(two) <= 12


class TestHooks:
    def test_what_the_visitor_asked_reaches_the_hook(self, client, three):
        asked: list[CatalogueParams] = []

        def narrow(queryset, params):
            asked.append(params)
            return queryset.filter(code="ITA") if params.where == "presence" else queryset

        with answer_hook("filter_catalogue", narrow):
            found = titles(client, where="presence", starts_from="2026-12-01", free_places="on")
        assert found == ["Italiano per il lavoro"]
        assert asked == [CatalogueParams("presence", date(2026, 12, 1), None, True)]
        assert asked[0].about_editions

    def test_facts_are_asked_once_for_all(self, client, three):
        calls = []

        def describe(pages):
            calls.append(len(pages))
            return {pages[0].pk: CourseFacts((fact(place="Ostuni", free=1),))}

        with answer_hook("describe_courses", describe):
            html = client.get("/corsi/").content.decode()
        assert calls == [3]
        assert "Ostuni" in html
        assert html.count("Ancora senza date") == 2 or html.count("No dates yet") == 2

    def test_facts_of_nobody_are_empty(self):
        assert CourseFacts().next is None
        assert CourseFacts().apply_url == ""

    def test_apply_leads_to_the_soonest_that_takes_people(self):
        facts = CourseFacts((fact("A", apply_url=""), fact("B"), fact("C")))
        assert facts.apply_url == "/edizioni/B/candidatura/"
        assert facts.free == 15


def json_ld(html: str) -> dict:
    return json.loads(re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', html, re.S)[1])


class TestCoursePage:
    @pytest.fixture
    def full(self, no_editions, course):
        from courses.frameworks import importers
        from courses.frameworks import queries as frameworks

        importers.import_core()
        competency = frameworks.competency_by_code("digcomp", "1.1")
        course.hours_live, course.hours_own_time = 12, 8
        course.learning_outcomes = "- Scrivere una mail\n• Cercare\n\n"
        course.audience = "Per chi cerca lavoro"
        course.prerequisites = "Un telefono"
        course.image = picture(collection=course.authors.collection)
        course.goals = [
            CompetencyGoal(competency=competency, level=frameworks.level_by_code(competency.framework, "1"))
        ]
        course.save_revision().publish()
        course.refresh_from_db()
        return course

    def html(self, client, page) -> str:
        answer = client.get(page.url)
        assert answer.status_code == 200
        return answer.content.decode()

    def test_what_it_says(self, client, full):
        html = self.html(client, full)
        for words in (
            "Scrivere una mail",
            "Per chi cerca lavoro",
            "Un telefono",
            "Primo modulo",
            "1 h",
            "DigComp",
        ):
            assert words in html, words

    def test_words_in_another_language_than_the_page_say_so(self, client, full):
        assert '<h1 lang="it">' in client.get(full.url, headers={"accept-language": "en"}).content.decode()
        assert "<h1>" in self.html(client, full)

    def test_nothing_behind_enrolment(self, client, full, trainer):
        html = self.html(client, full)
        for hidden in (
            "Lezione 1",
            "Verifica",
            "Un testo breve",
            "Quale tasto",
            "/impara/",
            trainer.last_name,
            "Autori:",
        ):
            assert hidden not in html, hidden

    def test_structured_data(self, client, full):
        with answer_hook("describe_courses", lambda pages: {full.pk: CourseFacts((fact(mode="mixed"),))}):
            data = json_ld(self.html(client, full))
        assert data["@type"] == "Course"
        assert data["name"] == full.title
        assert data["teaches"] == ["Scrivere una mail", "Cercare"]
        assert data["timeRequired"] == "PT20H"
        assert data["hasCourseInstance"][0]["courseMode"] == "blended"
        assert data["url"].startswith("http")

    def test_structured_data_cannot_end_its_script(self, client, full):
        full.title = "</script><script>alert(1)</script>"
        full.save_revision().publish()
        html = self.html(client, full)
        assert "<script>alert(1)" not in html
        assert json_ld(html)["name"] == "</script><script>alert(1)</script>"

    def test_script_carries_the_nonce_of_the_answer(self, client, full):
        answer = client.get(full.url)
        nonce = re.search(r'ld\+json" nonce="([^"]+)"', answer.content.decode())[1]
        assert nonce in answer["Content-Security-Policy"]

    def test_editions_and_the_one_button(self, client, full):
        editions = (fact("A", place="Fasano", mode="presence"), fact("B", free=0))
        with answer_hook("describe_courses", lambda pages: {full.pk: CourseFacts(editions)}):
            html = self.html(client, full)
        assert "Fasano" in html
        assert html.count("button--primary") == 1
        assert 'href="#dates"' in html
        assert "/edizioni/B/candidatura/" in html

    def test_without_editions(self, client, full):
        assert "button--primary" not in self.html(client, full)

    def test_few_queries(self, client, full, django_assert_max_num_queries):
        self.html(client, full)
        with django_assert_max_num_queries(14):
            self.html(client, full)

    def test_its_picture_is_everybodys_only_while_it_is_published(self, client, full):
        url = re.search(r'src="(/contenuti/immagine/[^"]+/card/)"', client.get("/corsi/").content.decode())[1]
        answer = client.get(url)
        assert answer.status_code == 200
        assert answer["Cache-Control"].startswith("public")
        assert answer["Content-Type"] == "image/webp"
        full.unpublish()
        assert client.get(url).status_code == 404


def test_live_courses_agree_with_the_list(client, three):
    three[1].unpublish()
    assert {page.title for page in queries.live_courses()} == set(titles(client))


def test_empty_form_asks_nothing():
    assert CatalogueForm({}).asked() == {}
