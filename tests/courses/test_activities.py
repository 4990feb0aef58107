"""Pages inside a course have no public address, and the author's preview works all the same."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from wagtail.models import Page, Site

from courses.models import InsideCourse, LessonPage, ModulePage, QuizPage
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def root_client(client):
    client.force_login(get_user_model().objects.create_superuser("root", password="x"))
    return client


def inside(course) -> list[Page]:
    return [page for page in course.get_descendants().specific() if isinstance(page, InsideCourse)]


class TestNoAddress:
    def test_no_url_anywhere(self, course):
        pages = inside(course)
        assert {type(page) for page in pages} == {ModulePage, LessonPage, QuizPage}
        for page in pages:
            assert page.url is None
            assert page.full_url is None
            assert page.get_sitemap_urls() == []

    def test_their_place_in_the_tree_answers_404_even_to_the_administrator(self, course, client, root_client):
        for page in inside(course):
            path = "/" + page.url_path.removeprefix(Site.objects.get(is_default_site=True).root_page.url_path)
            assert client.get(path).status_code == 404, path
            assert root_client.get(path).status_code == 404, path

    def test_a_redirect_to_it_ends_in_404(self, course, client):
        from wagtail.contrib.redirects.models import Redirect

        Redirect.objects.create(
            old_path="/vecchio", site=Site.objects.get(is_default_site=True), redirect_page=inside(course)[1]
        )
        assert client.get("/vecchio/", follow=True).status_code == 404

    def test_changing_the_slug_of_a_course_leaves_no_redirect_to_a_lesson(self, course):
        course.slug = "nuovo"
        course.save_revision().publish()
        from wagtail.contrib.redirects.models import Redirect

        for redirect in Redirect.objects.exclude(redirect_page=None):
            assert not isinstance(redirect.redirect_page.specific, LessonPage | QuizPage)

    def test_absent_from_the_sitemap(self, course, client):
        xml = client.get(reverse("courses:sitemap")).content.decode()
        assert "/corsi/digitali/" in xml
        assert "lezione" not in xml
        assert "None" not in xml


class TestAdminPages:
    """All of Wagtail's own views of a page stand a page without address."""

    @pytest.mark.parametrize(
        "view",
        ["edit", "history", "usage", "view_draft", "copy", "move", "unpublish", "delete", "workflow_history"],
    )
    def test_views_answer(self, course, root_client, view):
        for page in inside(course):
            answer = root_client.get(reverse(f"wagtailadmin_pages:{view}", args=[page.pk]))
            assert answer.status_code == 200, (view, page)
            assert b'href="None"' not in answer.content

    def test_explorer(self, course, root_client):
        for page in [course, *inside(course)]:
            answer = root_client.get(reverse("wagtailadmin_explore", args=[page.pk]), follow=True)
            assert answer.status_code == 200
            assert b'href="None"' not in answer.content


class TestPreview:
    def test_lesson_preview_is_the_players_body_with_the_authors_addresses(self, rich, root_client):
        answer = root_client.get(reverse("wagtailadmin_pages:view_draft", args=[rich.lesson.pk]))
        html = answer.content.decode()
        assert "Una mano preme un tasto" in html
        assert f"/contenuti/immagine/{rich.image.uuid}/" in html
        assert "/impara/file/" not in html
        assert 'name="viewport"' in html

    def test_preview_as_on_a_phone_is_the_first_size(self, rich):
        assert rich.lesson.default_preview_size == "mobile"
        assert rich.lesson.preview_sizes[0]["device_width"] == 360

    def test_quiz_preview_shows_answers_and_explanations(self, course, root_client):
        quiz = QuizPage.objects.descendant_of(course).get()
        html = root_client.get(reverse("wagtailadmin_pages:view_draft", args=[quiz.pk])).content.decode()
        assert "Quale tasto accende il telefono?" in html
        assert "answer--right" in html
        assert "Giusto." in html

    def test_an_anonymous_visitor_gets_no_preview(self, rich, client):
        answer = client.get(reverse("wagtailadmin_pages:view_draft", args=[rich.lesson.pk]))
        assert answer.status_code == 302


class TestChooser:
    def titles(self, client, **params) -> str:
        answer = client.get(reverse("wagtailadmin_choose_page_search"), params)
        assert answer.status_code == 200
        return answer.content.decode()

    def test_a_link_never_leads_to_a_page_without_address(self, course, trainer, client):
        client.force_login(trainer)
        found = self.titles(client, q="", allow_external_link="true", page_type="wagtailcore.page")
        assert "Lezione 1" not in found
        assert "Primo modulo" not in found

    def test_a_trainer_chooses_among_own_pages(self, course, other_course, trainer, client):
        client.force_login(trainer)
        answer = client.get(
            reverse("wagtailadmin_choose_page_child", args=[other_course.pk])
        ).content.decode()
        assert "Primo modulo" not in answer
        answer = client.get(reverse("wagtailadmin_choose_page_child", args=[course.pk])).content.decode()
        assert "Primo modulo" in answer

    def test_another_authors_draft_course_is_not_offered(self, course, trainer, client):
        hidden = make.course("Segreto", slug="segreto")
        hidden.unpublish()
        client.force_login(trainer)
        answer = client.get(reverse("wagtailadmin_choose_page_child", args=[course.get_parent().pk]))
        assert "Segreto" not in answer.content.decode()
