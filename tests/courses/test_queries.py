"""What lms reads of a course: the published outline, files and quizzes, in few queries."""

import json
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cms.tasks import publish_due
from courses import queries
from courses.marking import mark
from courses.models import LessonPage, ModulePage, Question, QuizPage
from tests import factories as make
from tests.courses.conftest import film, picture

pytestmark = pytest.mark.django_db


def titles(course) -> list[str]:
    return [activity.title for activity in queries.outline(course).activities]


class TestOutline:
    def test_modules_and_activities_in_order(self, course):
        outline = queries.outline(course)
        assert [module.title for module in outline.modules] == ["Primo modulo"]
        assert [(item.kind, item.title) for item in outline.activities] == [
            ("lesson", "Lezione 1"),
            ("lesson", "Lezione 2"),
            ("quiz", "Verifica"),
        ]
        first, second, third = outline.activities
        assert outline.around(second.key) == (first, third)
        assert outline.around(first.key) == (None, second)
        assert outline.around(uuid4()) == (None, None)
        assert outline.module(first.module_key).title == "Primo modulo"

    def test_what_an_activity_needs_and_weighs(self, rich):
        item = queries.outline(rich.course).activity(rich.lesson.translation_key)
        assert item.needs == ("audio", "video")
        assert item.media_bytes == rich.video.file_size + rich.audio.file_size

    def test_one_query_when_nothing_changed(self, course, django_assert_num_queries):
        queries.outline(course)
        with django_assert_num_queries(1):
            queries.outline(course)

    def test_several_courses_cost_no_more_than_one(self, course, other_course, django_assert_num_queries):
        from django.core.cache import cache

        with django_assert_num_queries(5):
            queries.outlines([course])
        cache.clear()
        with django_assert_num_queries(5):
            found = queries.outlines([course, other_course])
        assert set(found) == {course.pk, other_course.pk}
        with django_assert_num_queries(1):
            queries.outlines([course, other_course])

    def test_a_draft_is_not_in_it_and_publishing_brings_it(self, course):
        module = ModulePage.objects.descendant_of(course).get()
        lesson = module.add_child(instance=LessonPage(title="Nuova", slug="nuova", live=False))
        assert "Nuova" not in titles(course)
        lesson.save_revision().publish()
        assert "Nuova" in titles(course)

    def test_an_unpublished_edit_does_not_show(self, course):
        lesson = LessonPage.objects.descendant_of(course).first()
        lesson.title = "Cambiata"
        lesson.save_revision()
        assert "Cambiata" not in titles(course)

    def test_withdrawn_moved_and_reordered(self, course):
        first, second = LessonPage.objects.descendant_of(course).order_by("path")
        second.move(first, pos="left")
        assert titles(course)[:2] == ["Lezione 2", "Lezione 1"]
        LessonPage.objects.get(pk=first.pk).unpublish()
        assert titles(course) == ["Lezione 2", "Verifica"]

    def test_a_withdrawn_module_takes_its_lessons_along(self, course):
        ModulePage.objects.descendant_of(course).get().unpublish()
        assert titles(course) == []

    def test_publishing_on_a_day_and_withdrawing_on_another(self, course):
        lesson = LessonPage.objects.descendant_of(course).order_by("path").first()
        lesson.expire_at = timezone.now() - timedelta(minutes=1)
        LessonPage.objects.filter(pk=lesson.pk).update(expire_at=lesson.expire_at)
        module = ModulePage.objects.descendant_of(course).get()
        later = module.add_child(
            instance=LessonPage(
                title="Domani", slug="domani", live=False, go_live_at=timezone.now() + timedelta(days=1)
            )
        )
        later.save_revision(approved_go_live_at=later.go_live_at)
        publish_due.call_local()
        assert titles(course) == ["Lezione 2", "Verifica"]
        later.go_live_at = timezone.now() - timedelta(minutes=1)
        later.save_revision(approved_go_live_at=later.go_live_at)
        publish_due.call_local()
        assert "Domani" in titles(course)

    def test_a_course_out_of_the_catalogue_keeps_its_outline(self, course):
        course.unpublish()
        assert titles(course)
        assert course not in queries.live_courses()

    def test_activity_by_key(self, course, other_course):
        item = queries.outline(course).activities[0]
        assert queries.activity_by_key(course, item.key).title == "Lezione 1"
        assert queries.activity_by_key(other_course, item.key) is None
        assert queries.activity_by_key(course, uuid4()) is None


class TestQuiz:
    def quiz(self, course) -> QuizPage:
        return QuizPage.objects.descendant_of(course).get()

    def test_snapshot_is_plain_json_and_can_be_marked(self, course):
        snapshot = json.loads(json.dumps(queries.quiz_snapshot(self.quiz(course))))
        right = {
            question["key"]: [answer["key"] for answer in question["answers"] if answer["correct"]]
            for question in snapshot["questions"]
        }
        result = mark(snapshot, right)
        assert result.passed
        assert result.score == Decimal(2)

    def test_keys_of_questions_and_answers_are_there(self, course):
        snapshot = queries.quiz_snapshot(self.quiz(course))
        keys = [question["key"] for question in snapshot["questions"]]
        answers = [answer["key"] for question in snapshot["questions"] for answer in question["answers"]]
        assert len(set(keys)) == 2
        assert all(answers)
        assert len(set(answers)) == 4

    def test_few_queries_whatever_the_questions(self, course, django_assert_num_queries):
        quiz = QuizPage.objects.get(pk=self.quiz(course).pk)
        with django_assert_num_queries(1):
            queries.quiz_snapshot(quiz)

    def test_an_old_snapshot_is_marked_as_it_was_asked(self, course):
        quiz = self.quiz(course)
        snapshot = queries.quiz_snapshot(quiz)
        question = quiz.questions.first()
        question.marks = 5
        quiz.questions = [question]
        quiz.save_revision().publish()
        assert mark(snapshot, {}).max_score == Decimal(2)
        assert mark(queries.quiz_snapshot(self.quiz(course)), {}).max_score == Decimal(5)

    @pytest.mark.parametrize(
        ("kind", "answers", "sentence"),
        [
            ("one", [("a", False), ("b", False)], "giusta"),
            ("one", [("a", True), ("b", True)], "sola"),
            ("one", [("a", True)], "almeno due"),
            ("several", [("a", False), ("b", False)], "giusta"),
            ("true_false", [("a", True), ("b", True)], "esattamente due"),
            ("true_false", [("a", True), ("b", False), ("c", False)], "esattamente due"),
            ("short_text", [], "almeno una"),
        ],
    )
    def test_a_question_nobody_can_answer_is_refused_in_words(self, course, kind, answers, sentence):
        quiz = self.quiz(course)
        quiz.questions = [
            Question(
                kind=kind,
                text="?",
                answers=[
                    ("answer", {"text": text, "correct": right, "feedback": ""}) for text, right in answers
                ],
            )
        ]
        with pytest.raises(ValidationError) as refused:
            quiz.full_clean()
        assert sentence in str(refused.value)
        assert "Domanda 1" in str(refused.value)

    def test_locale_comes_from_the_page(self, course):
        quiz = self.quiz(course)
        quiz.questions.add(
            Question(
                kind="short_text",
                text="Come ti chiami?",
                answers=[("answer", {"text": "Amina", "correct": True, "feedback": ""})],
            )
        )
        quiz.save_revision().publish()
        assert {question.locale for question in self.quiz(course).questions.all()} == {quiz.locale}


class TestFiles:
    def test_a_file_belongs_to_the_courses_that_show_it(self, rich):
        for kind, file in (
            ("image", rich.image),
            ("document", rich.document),
            ("media", rich.video),
            ("captions", rich.video),
            ("media", rich.audio),
        ):
            assert queries.file_of_course(kind, file.uuid) == (file, {rich.course.pk})

    def test_a_file_only_in_the_collection_is_not_for_learners(self, rich):
        unused = picture(collection=rich.course.authors.collection)
        assert queries.file_of_course("image", unused.uuid) == (unused, frozenset())

    def test_a_file_of_a_draft_or_a_withdrawn_module_is_not_for_learners(self, rich):
        rich.module.unpublish()
        assert queries.file_of_course("image", rich.image.uuid)[1] == frozenset()

    def test_absent(self):
        assert queries.file_of_course("image", uuid4()) == (None, frozenset())

    def test_one_kind_never_answers_for_another(self, rich):
        assert queries.file_of_course("document", rich.image.uuid) == (None, frozenset())

    def test_two_queries_when_nothing_changed(self, rich, django_assert_num_queries):
        queries.file_of_course("image", rich.image.uuid)
        with django_assert_num_queries(2):
            queries.file_of_course("image", rich.image.uuid)

    def test_code_is_unique_among_courses(self, course):
        other = make.course("Altro", code="ALTRO")
        other.code = "digi"
        with pytest.raises(ValidationError) as refused:
            other.full_clean()
        assert "code" in refused.value.message_dict


def test_film_knows_its_weight():
    assert film().file_size == 2048
