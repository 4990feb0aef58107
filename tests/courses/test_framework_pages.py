"""Frameworks for everybody: the list, the tree, the search, one competency with who cites it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses import mapping
from courses.frameworks import importers, queries
from courses.frameworks.models import Competency
from courses.models import CompetencyGoal, ModuleCompetency, ModulePage, Question, QuestionCompetency
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded():
    importers.import_core()


@pytest.fixture
def mapped():
    """A course that aims at 1.1 and 1.2; the module and the first question are mapped to 1.1."""
    course = make.course()
    first, second = (queries.competency_by_code("digcomp", code) for code in ("1.1", "1.2"))
    for row in (first, second):
        CompetencyGoal.objects.create(page=course, competency=row)
    module = ModulePage.objects.child_of(course).get()
    ModuleCompetency.objects.create(page=module, competency=first)
    question = Question.objects.filter(page__path__startswith=course.path).order_by("sort_order").first()
    QuestionCompetency.objects.create(question=question, competency=first)
    return course


def cost(client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as made:
        assert client.get(url).status_code == 200
    return len(made)


def test_list_and_search(client):
    page = client.get(reverse("frameworks:index")).text
    for title in ("DigComp 3.0", "CEFR (QCER) 2020", "LifeComp 2020"):
        assert title in page
    found = client.get(reverse("frameworks:index"), {"q": "riservatezza"}).context["page"]
    assert [row.code for row in found] == ["4.2"]


@pytest.mark.parametrize("words", ["identità DIGITALE", "identita digitale", "Identità  digitale"])
def test_accents_and_case_do_not_matter(client, words):
    found = client.get(reverse("frameworks:index"), {"q": words}).context["page"]
    assert "2.6" in [row.code for row in found]


def test_the_exact_code_comes_first(client):
    found = client.get(reverse("frameworks:framework", args=["digcomp", "3.0"]), {"q": "3"}).context["page"]
    assert next(row.code for row in found) == "3"


def test_tree_and_competency(client, mapped):
    tree = client.get(reverse("frameworks:framework", args=["digcomp", "3.0"])).text
    row = queries.competency_by_code("digcomp", "1.1")
    assert row.get_absolute_url() in tree
    page = client.get(row.get_absolute_url()).text
    assert mapped.title in page
    assert "/voce/" in page
    assert client.get(reverse("frameworks:framework", args=["digcomp", "9"])).status_code == 404


def test_coverage_shows_the_gaps(mapped, django_assert_num_queries):
    with django_assert_num_queries(3):
        first, second = mapping.coverage(mapped)
    assert (first.modules, first.questions) == (["Primo modulo"], 1)
    assert not first.no_module
    assert second.no_module
    assert second.no_question


def test_a_statement_counts_for_its_competence(mapped):
    second = queries.competency_by_code("digcomp", "1.2")
    below = Competency.objects.create(
        framework=second.framework, kind="outcome", code="LO1.2.01", title="x", parent=second
    )
    question = Question.objects.filter(page__path__startswith=mapped.path).order_by("sort_order").last()
    QuestionCompetency.objects.create(question=question, competency=below)
    assert mapping.coverage(mapped)[1].questions == 1
    assert [citing.questions for citing in mapping.cited_by(second, type(mapped).objects.all())] == [1]


def test_the_pages_cost_the_same_whatever_their_size(client, mapped):
    row = queries.competency_by_code("digcomp", "1.1")
    urls = [
        reverse("frameworks:index"),
        reverse("frameworks:index") + "?q=informazioni",
        reverse("frameworks:framework", args=["digcomp", "3.0"]),
        row.get_absolute_url(),
    ]

    def more(numbers) -> None:
        Competency.objects.bulk_create(
            Competency(
                framework=row.framework,
                kind="outcome",
                code=f"LO1.1.{number}",
                title="Cercare informazioni",
                words="cercare informazioni",
                parent=row,
            )
            for number in numbers
        )

    more(range(2))
    before = [cost(client, url) for url in urls]
    assert max(before) <= 14, before
    more(range(2, 60))
    assert [cost(client, url) for url in urls] == before
