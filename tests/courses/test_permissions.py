"""Who writes where: a trainer in own courses, the training direction everywhere; review in between."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.models import Collection, GroupPagePermission, Page, PageViewRestriction

from courses.models import CourseAuthors, CourseImage, LessonPage, Question, QuizPage
from courses.permissions import author_group, direction_group, may_use_file, review_workflow
from tests import factories as make
from tests.courses.conftest import document, film, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_trainer(client, trainer, course):
    client.force_login(trainer)
    return client


def lesson_of(course) -> LessonPage:
    return LessonPage.objects.descendant_of(course).order_by("path").first()


def form_of(lesson: LessonPage, **changes) -> dict:
    """What the editor posts for a lesson of one text block."""
    return {
        "title": lesson.title,
        "slug": lesson.slug,
        "goal": lesson.goal,
        "nominal_minutes": lesson.nominal_minutes,
        "minimum_minutes": lesson.minimum_minutes,
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "heading",
        "body-0-id": "",
        "body-0-value": "Un titolo nuovo",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
        "seo_title": "",
        "search_description": "",
    } | changes


class TestGroups:
    def test_author_group_twice_is_once(self, course):
        before = (
            CourseAuthors.objects.count(),
            Collection.objects.count(),
            GroupPagePermission.objects.count(),
        )
        assert author_group(course) == course.authors.group
        after = (
            CourseAuthors.objects.count(),
            Collection.objects.count(),
            GroupPagePermission.objects.count(),
        )
        assert before == after

    def test_direction_group_and_workflow_twice_are_once(self, db):
        assert direction_group() == direction_group()
        assert review_workflow() == review_workflow()

    def test_two_courses_of_one_title(self, db):
        assert author_group(make.course("Uguale")) != author_group(make.course("Uguale"))

    def test_collection_leads_back_to_its_course(self, course):
        from courses.queries import course_of_collection

        assert course_of_collection(course.authors.collection) == course
        assert course_of_collection(Collection.get_first_root_node()) is None


class TestATrainer:
    def test_begins_in_the_own_course(self, as_trainer, course):
        answer = as_trainer.get(reverse("wagtailadmin_explore_root"))
        assert answer.url == reverse("wagtailadmin_explore", args=[course.pk])

    @pytest.mark.parametrize("view", ["edit", "history", "view_draft"])
    def test_cannot_reach_another_course(self, as_trainer, other_course, view):
        for page in (other_course, lesson_of(other_course)):
            answer = as_trainer.get(reverse(f"wagtailadmin_pages:{view}", args=[page.pk]))
            assert answer.status_code in (302, 403, 404), view

    def test_cannot_preview_or_list_another_course(self, as_trainer, other_course):
        lesson = lesson_of(other_course)
        assert as_trainer.post(
            reverse("wagtailadmin_pages:preview_on_edit", args=[lesson.pk])
        ).status_code in (302, 403, 404)
        explore = as_trainer.get(reverse("wagtailadmin_explore", args=[other_course.pk]))
        assert explore.status_code == 302
        assert str(other_course.pk) not in explore.url

    def test_admin_search_hides_other_courses(self, as_trainer, course, other_course):
        html = as_trainer.get(reverse("wagtailadmin_pages:search"), {"q": "Lezione"}).content.decode()
        assert other_course.title not in html

    def test_posting_publish_saves_a_draft_only(self, as_trainer, course):
        lesson = lesson_of(course)
        as_trainer.post(
            reverse("wagtailadmin_pages:edit", args=[lesson.pk]),
            form_of(lesson, title="Nuovo titolo", **{"action-publish": "1"}),
        )
        lesson.refresh_from_db()
        assert lesson.title == "Lezione 1"
        assert lesson.get_latest_revision_as_object().title == "Nuovo titolo"
        assert lesson.has_unpublished_changes

    def test_creating_with_publish_makes_a_draft(self, as_trainer, course):
        module = course.get_children().first()
        as_trainer.post(
            reverse("wagtailadmin_pages:add", args=["courses", "lessonpage", module.pk]),
            form_of(LessonPage(title="Fatta ora", slug="fatta"), **{"action-publish": "1"}),
        )
        made = LessonPage.objects.get(title="Fatta ora")
        assert not made.live

    @pytest.mark.parametrize("view", ["unpublish", "delete", "move", "lock"])
    def test_neither_unpublishes_nor_deletes_nor_moves(self, as_trainer, course, view):
        lesson = lesson_of(course)
        as_trainer.post(reverse(f"wagtailadmin_pages:{view}", args=[lesson.pk]))
        lesson.refresh_from_db()
        assert lesson.live
        assert not lesson.locked

    def test_adds_no_page_beside_the_course(self, as_trainer, course):
        catalogue = course.get_parent()
        answer = as_trainer.get(
            reverse("wagtailadmin_pages:add", args=["courses", "coursepage", catalogue.pk])
        )
        assert answer.status_code in (302, 403)

    def test_primary_button_sends_for_review(self, as_trainer, course):
        html = as_trainer.get(
            reverse("wagtailadmin_pages:edit", args=[lesson_of(course).pk])
        ).content.decode()
        assert (
            html.index("action-submit") < html.index("action-save-draft")
            if "action-save-draft" in html
            else True
        )
        assert "Invia in revisione" in html
        assert "action-publish" not in html


class TestFiles:
    def test_author_sees_own_files_only(self, trainer, course, other_course):
        for make_file in (picture, film, document):
            assert may_use_file(trainer, make_file(collection=course.authors.collection))
            assert not may_use_file(trainer, make_file(collection=other_course.authors.collection))

    @pytest.mark.parametrize(
        "index",
        [
            "wagtailimages:index",
            "wagtailimages_chooser:choose",
            "wagtaildocs:index",
            "wagtaildocs_chooser:choose",
            "wagtailmedia:index",
            "wagtailmedia:chooser",
        ],
    )
    def test_lists_and_choosers(self, as_trainer, course, other_course, index):
        own, other = (c.authors.collection for c in (course, other_course))
        for collection, title in ((own, "Mio"), (other, "Altrui")):
            picture(collection=collection, title=f"{title} disegno")
            for file in (film(collection=collection), document(collection=collection)):
                file.title = f"{title} file"
                file.save()
        html = as_trainer.get(reverse(index)).content.decode()
        assert "Mio" in html
        assert "Altrui" not in html

    def test_upload_into_anothers_collection_falls_into_the_own(self, as_trainer, course, other_course):
        data = io.BytesIO()
        Image.new("RGB", (50, 50)).save(data, "PNG")
        as_trainer.post(
            reverse("wagtailimages:add"),
            {
                "title": "Furbo",
                "file": SimpleUploadedFile("f.png", data.getvalue(), "image/png"),
                "collection": other_course.authors.collection.pk,
            },
        )
        made = CourseImage.objects.filter(title="Furbo").first()
        assert made is None or made.collection == course.authors.collection

    @pytest.mark.parametrize("kind", ["image", "document", "media", "captions"])
    def test_the_authors_address(self, client, trainer, other_trainer, course, rich, kind):
        file = {"image": rich.image, "document": rich.document}.get(kind, rich.video)
        args = [file.uuid, "400"] if kind == "image" else [file.uuid]
        url = reverse(f"courses:{kind}", args=args)
        assert client.get(url).status_code == 404
        client.force_login(other_trainer)
        assert client.get(url).status_code == 404
        client.force_login(trainer)
        answer = client.get(url)
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private, no-cache"

    def test_admin_pages_of_files_stand_files_without_address(self, as_trainer, rich):
        for url in (
            reverse("wagtailimages:edit", args=[rich.image.pk]),
            reverse("wagtaildocs:edit", args=[rich.document.pk]),
            reverse("wagtailmedia:edit", args=[rich.video.pk]),
            reverse("wagtailimages_chooser:chosen", args=[rich.image.pk]),
        ):
            assert as_trainer.get(url).status_code == 200, url


class TestReview:
    def send(self, client, lesson, **changes):
        return client.post(
            reverse("wagtailadmin_pages:edit", args=[lesson.pk]),
            form_of(lesson, title="Da rivedere", **({"action-submit": "1"} | changes)),
        )

    def test_trainer_sends_director_approves_and_it_is_published(self, client, course, trainer, director):
        lesson = lesson_of(course)
        client.force_login(trainer)
        self.send(client, lesson)
        lesson.refresh_from_db()
        assert lesson.workflow_in_progress
        assert lesson.title == "Lezione 1"

        state = lesson.current_workflow_task_state
        approve = reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, "approve", state.pk])
        client.post(approve, {"comment": ""})  # the trainer cannot approve
        lesson.refresh_from_db()
        assert lesson.workflow_in_progress

        client.force_login(director)
        client.post(approve, {"comment": "Bene"})
        lesson.refresh_from_db()
        assert not lesson.workflow_in_progress
        assert lesson.title == "Da rivedere"

    def test_director_sends_back_with_a_comment(self, client, course, trainer, director):
        lesson = lesson_of(course)
        client.force_login(trainer)
        self.send(client, lesson)
        lesson.refresh_from_db()
        client.force_login(director)
        client.post(
            reverse(
                "wagtailadmin_pages:workflow_action",
                args=[lesson.pk, "reject", lesson.current_workflow_task_state.pk],
            ),
            {"comment": "Troppo lunga"},
        )
        lesson.refresh_from_db()
        assert lesson.title == "Lezione 1"
        assert lesson.current_workflow_state.status == "needs_changes"

    def test_director_publishes_at_once(self, client, course, director):
        client.force_login(director)
        lesson = lesson_of(course)
        self.send(client, lesson, **{"action-submit": "", "action-publish": "1"})
        lesson.refresh_from_db()
        assert lesson.title in ("Da rivedere", "Lezione 1")

    def test_director_reaches_every_course(self, client, director, course, other_course):
        client.force_login(director)
        for page in (course, other_course):
            assert client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200


class TestCopy:
    def copy(self, client, course):
        client.post(
            reverse("wagtailadmin_pages:copy", args=[course.pk]),
            {
                "new_title": "Competenze digitali (copia)",
                "new_slug": "digitali-copia",
                "new_parent_page": course.get_parent().pk,
                "copy_subpages": "1",
                "publish_copies": "",
                "alias": "",
            },
        )
        return Page.objects.get(slug="digitali-copia").specific

    def test_a_copied_course_has_its_own_authors_and_no_code(self, client, director, course):
        client.force_login(director)
        made = self.copy(client, course)
        assert made.authors.group != course.authors.group
        assert made.authors.collection != course.authors.collection
        assert made.code == ""
        assert not made.live
        assert made.get_workflow() == review_workflow()

    def test_question_keys_are_renewed_also_after_publishing(self, client, director, course):
        client.force_login(director)
        made = self.copy(client, course)
        old = set(
            Question.objects.filter(page__in=QuizPage.objects.descendant_of(course)).values_list(
                "translation_key", flat=True
            )
        )
        for page in made.get_descendants(inclusive=True).specific():
            page.get_latest_revision().publish()
        quiz = QuizPage.objects.descendant_of(made).get()
        new = {question.translation_key for question in quiz.questions.all()}
        assert len(new) == len(old)
        assert not new & old
        assert quiz.translation_key != QuizPage.objects.descendant_of(course).get().translation_key

    def test_question_keys_stay_over_revisions(self, course):
        quiz = QuizPage.objects.descendant_of(course).get()
        before = [question.translation_key for question in quiz.questions.all()]
        answers = [block.id for question in quiz.questions.all() for block in question.answers]
        quiz.title = "Verifica bis"
        quiz.save_revision().publish()
        quiz = QuizPage.objects.get(pk=quiz.pk)
        assert [question.translation_key for question in quiz.questions.all()] == before
        assert [block.id for question in quiz.questions.all() for block in question.answers] == answers

    def test_pictures_are_cited_so_learners_of_the_copy_may_see_them(self, client, director, rich):
        from courses.queries import file_of_course

        client.force_login(director)
        made = self.copy(client, rich.course)
        assert file_of_course("image", rich.image.uuid)[1] == {rich.course.pk}
        for page in made.get_descendants(inclusive=True).specific():
            page.get_latest_revision().publish()
        assert file_of_course("image", rich.image.uuid)[1] == {rich.course.pk, made.pk}


def test_no_page_of_a_course_is_restricted_by_wagtail(course):
    """Who may read a lesson is asked by lms at every request: a page restriction would be a second rule."""
    assert not PageViewRestriction.objects.exists()
