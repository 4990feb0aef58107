"""Mapping a course on one page: ticks become revisions, published or sent for review; nothing else is touched."""

import pytest
from django.contrib.auth import get_user_model

from courses import mapping, mapping_form
from courses.frameworks import importers, queries
from courses.models import CompetencyGoal, ModulePage, Question, QuestionCompetency, QuizPage
from courses.permissions import author_group, direction_group
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    importers.import_core()
    course = make.course()
    for code in ("1.1", "1.2"):
        aimed = queries.competency_by_code("digcomp", code)
        CompetencyGoal.objects.create(page=course, competency=aimed, level=aimed.framework.levels.first())
    author_group(course)
    return course


def person(name: str, group):
    user = get_user_model().objects.create_user(name, password="x")
    user.groups.add(group)
    return user


def quiz_of(course) -> QuizPage:
    return QuizPage.objects.get(path__startswith=course.path)


def first_question(course) -> Question:
    return quiz_of(course).questions.order_by("sort_order").first()


def ticks(course, code: str = "1.1") -> dict[str, list[int]]:
    """Tick this goal for the module and for the first question."""
    goal = queries.competency_by_code("digcomp", code).pk
    module = ModulePage.objects.child_of(course).get()
    question = first_question(course)
    return {f"m{module.pk}": [goal], f"q{question.translation_key}": [goal]}


def url(course) -> str:
    return f"/admin/corsi/{course.pk}/competenze/"


def test_the_direction_maps_and_it_counts_at_once(client, course):
    client.force_login(person("direzione", direction_group()))
    assert "1.1" in client.get(url(course)).content.decode()
    key = first_question(course).translation_key
    client.post(url(course), ticks(course))
    first, second = mapping.coverage(course)
    assert (len(first.modules), first.questions) == (1, 1)
    assert second.no_module
    assert second.no_question
    assert first_question(course).translation_key == key  # attempts still know it
    assert QuestionCompetency.objects.get().level == first.goal.level


def test_twice_changes_nothing_and_unticking_takes_away(client, course):
    user = person("direzione", direction_group())
    client.force_login(user)
    client.post(url(course), ticks(course))
    revisions = quiz_of(course).revisions.count()
    client.post(url(course), ticks(course))
    assert quiz_of(course).revisions.count() == revisions
    client.post(url(course), {})
    assert not QuestionCompetency.objects.exists()


def test_a_trainer_s_ticks_are_sent_for_review(client, course):
    client.force_login(person("docente", author_group(course)))
    assert url(course) in client.get(f"/admin/pages/{course.pk}/edit/").content.decode()
    answer = client.post(url(course), ticks(course), follow=True)
    assert answer.status_code == 200
    assert not QuestionCompetency.objects.exists()
    quiz = quiz_of(course)
    assert quiz.workflow_in_progress
    direction = person("direzione", direction_group())
    quiz.current_workflow_task_state.task.specific.on_action(
        quiz.current_workflow_task_state, direction, "approve"
    )
    assert QuestionCompetency.objects.count() == 1


def test_other_waiting_changes_are_not_published_by_the_way(client, course):
    quiz = quiz_of(course)
    quiz.title = "Titolo in bozza"
    quiz.save_revision()
    client.force_login(person("direzione", direction_group()))
    client.post(url(course), ticks(course))
    quiz.refresh_from_db()
    assert quiz.title == "Verifica"
    assert not QuestionCompetency.objects.exists()
    assert quiz.get_latest_revision_as_object().title == "Titolo in bozza"
    assert quiz.get_latest_revision_as_object().questions.first().competencies.count() == 1


def test_what_is_mapped_beside_the_goals_stays(course):
    other = queries.competency_by_code("digcomp", "5.4")
    question = first_question(course)
    QuestionCompetency.objects.create(question=question, competency=other)
    quiz_of(course).save_revision().publish()
    sheets = mapping_form.sheets_of(course, person("direzione", direction_group()))
    assert next(line.others for sheet in sheets if sheet.is_quiz for line in sheet.lines) == [other]
    from django.http import QueryDict

    data = QueryDict(mutable=True)
    for name, values in ticks(course).items():
        data.setlist(name, map(str, values))
    mapping_form.save(course, data, get_user_model().objects.get())
    assert set(QuestionCompetency.objects.values_list("competency__code", flat=True)) == {"5.4", "1.1"}


def test_the_author_of_another_course_is_kept_out(client, course):
    client.force_login(person("altra", author_group(make.course())))
    assert client.get(url(course)).status_code in (302, 403)
    client.post(url(course), ticks(course))
    assert not QuestionCompetency.objects.exists()


def test_the_editor_shows_the_mapping_of_each_question(client, course):
    client.force_login(person("direzione", direction_group()))
    page = client.get(f"/admin/pages/{quiz_of(course).pk}/edit/").content.decode()
    assert "questions-0-competencies-TOTAL_FORMS" in page
    course_page = client.get(f"/admin/pages/{course.pk}/edit/").content.decode()
    assert url(course) in course_page
