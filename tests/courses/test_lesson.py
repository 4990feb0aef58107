"""A lesson's HTML: one template for learner and author, cleaned, cached, light on a phone."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from courses import queries
from courses.blocks import AudioBlock, LessonBody, VideoBlock
from courses.models import LessonPage
from tests.courses.conftest import film

XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt&#58;alert(1)">x</a>',
    "<svg onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    '<p onclick="alert(1)" style="background:url(javascript:alert(1))">x</p>',
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    '<embed embedtype="media" url="javascript:alert(1)">',
    "</p></div><script>alert(1)</script>",
]


@pytest.mark.django_db
class TestLessonHtml:
    def test_every_block_is_there(self, rich):
        html = queries.lesson_html(rich.lesson)
        for words in ("Accendere", "laterale", "Una mano preme un tasto", "Un caffè, grazie.", "Allegato"):
            assert words in html
        assert "Dopo questa lezione sai mandare una foto." in html
        assert "La password è tua." in html

    def test_files_have_the_players_addresses(self, rich):
        html = queries.lesson_html(rich.lesson)
        assert f"/impara/file/immagine/{rich.image.uuid}/800/" in html
        assert f"/impara/file/media/{rich.video.uuid}/" in html
        assert f"/impara/file/sottotitoli/{rich.video.uuid}/" in html
        assert f"/impara/file/documento/{rich.document.uuid}/" in html
        assert "/media/" not in html.replace("/impara/file/media/", "")

    def test_author_gets_the_authors_addresses(self, rich):
        html = queries.render_lesson(rich.lesson, for_author=True)
        assert f"/contenuti/immagine/{rich.image.uuid}/800/" in html
        assert "/impara/" not in html

    def test_pictures_fit_a_phone(self, rich):
        html = queries.lesson_html(rich.lesson)
        assert 'width="800" height="400"' in html
        assert f"/{rich.image.uuid}/400/ 400w" in html
        assert f"/{rich.image.uuid}/1200/ 1000w" in html

    def test_nothing_heavy_loads_by_itself_and_its_weight_is_said(self, rich):
        html = queries.lesson_html(rich.lesson)
        assert html.count('preload="none"') == 2
        assert html.count("2,0") == 2  # 2048 bytes are "2,0 KB"
        assert 'kind="captions"' in html

    def test_rendered_once_per_revision_and_language(self, rich, django_assert_num_queries):
        queries.lesson_html(rich.lesson)
        page = LessonPage.objects.get(pk=rich.lesson.pk)
        with django_assert_num_queries(0):
            queries.lesson_html(page)
        with translation.override("en"):
            assert "Remember" in queries.lesson_html(page)
        page.body = [("text", "<p>Nuovo testo.</p>")]
        page.save_revision().publish()
        page.refresh_from_db()
        assert "Nuovo testo." in queries.lesson_html(page)

    @pytest.mark.parametrize("vector", XSS)
    def test_rich_text_is_cleaned(self, rich, vector):
        page = rich.lesson
        page.body = [
            ("text", vector),
            ("callout", {"tone": "tip", "text": vector}),
            ("steps", {"title": vector, "steps": [vector]}),
            ("example", {"title": vector, "text": vector}),
            ("term", {"term": vector, "meaning": vector, "example": vector}),
            ("heading", vector),
            ("audio", {"title": vector, "audio": rich.audio, "transcript": vector}),
            ("image", {"image": rich.image, "alt": vector, "caption": vector}),
        ]
        html = str(queries.render_lesson(page)).lower()
        for bad in ("<script", "<iframe", "<svg onload", "<math", "<embed", "<img src=x"):
            assert bad not in html, bad
        from lxml import html as parser

        for element in parser.fromstring(f"<div>{html}</div>").iter():
            if not isinstance(element.tag, str):
                continue
            assert not [name for name in element.attrib if name.startswith("on") or name == "style"]
            assert not element.attrib.get("href", "").strip().startswith("javascript:")

    def test_text_that_looks_like_html_stays_text(self, rich):
        page = rich.lesson
        page.body = [("heading", "a < b & <3")]
        assert "a &lt; b &amp; &lt;3" in queries.render_lesson(page)

    def test_link_to_a_page_without_address_is_plain_words(self, rich):
        page = rich.lesson
        page.body = [("text", f'<p>Vedi <a linktype="page" id="{page.pk}">qui</a>.</p>')]
        html = queries.render_lesson(page)
        assert "None" not in html
        assert "qui" in html

    def test_link_to_a_public_page_stays(self, rich):
        page = rich.lesson
        page.body = [("text", f'<p><a linktype="page" id="{rich.course.pk}">corso</a></p>')]
        assert 'href="/corsi/digitali/"' in queries.render_lesson(page)

    def test_a_deleted_picture_leaves_a_readable_lesson(self, rich):
        rich.image.delete()
        page = LessonPage.objects.get(pk=rich.lesson.pk)
        assert "laterale" in queries.render_lesson(page)


@pytest.mark.django_db
class TestWhatAnAuthorIsRefused:
    def test_video_without_captions(self, rich):
        block = VideoBlock()
        with pytest.raises(ValidationError) as refused:
            block.clean(block.to_python({"title": "x", "video": film(captions=False).pk, "transcript": "x"}))
        assert refused.value.block_errors["video"].code == "video.no_captions"

    @pytest.mark.parametrize(("block", "field"), [(VideoBlock(), "video"), (AudioBlock(), "audio")])
    def test_sound_without_its_words(self, rich, block, field):
        media = film(field, transcript="")
        with pytest.raises(ValidationError) as refused:
            block.clean(block.to_python({"title": "x", field: media.pk, "transcript": ""}))
        assert "transcript" in refused.value.block_errors

    def test_picture_without_alternative_text(self, rich):
        block = LessonBody().child_blocks["image"]
        with pytest.raises(ValidationError) as refused:
            block.clean(block.to_python({"image": rich.image.pk, "alt": "", "caption": ""}))
        assert "alt" in refused.value.block_errors

    def test_captions_that_are_no_captions(self, rich):
        from django.core.files.base import ContentFile

        media = film()
        media.captions = ContentFile(b"1\n00:00:01,000 --> 00:00:02,000\nsrt\n", name="x.vtt")
        with pytest.raises(ValidationError) as refused:
            media.full_clean()
        assert "captions" in refused.value.message_dict

    def test_minimum_longer_than_nominal(self, rich):
        rich.lesson.minimum_minutes = 60
        with pytest.raises(ValidationError):
            rich.lesson.full_clean()


def test_every_block_has_help_or_description_and_a_preview():
    for name, block in LessonBody().child_blocks.items():
        assert block.meta.description, name
        assert block.is_previewable, name


@pytest.mark.django_db
@pytest.mark.parametrize("name", list(LessonBody().child_blocks))
def test_block_previews_render(name, client):
    from django.contrib.auth import get_user_model

    block = LessonPage._meta.get_field("body").stream_block.child_blocks[name]
    client.force_login(get_user_model().objects.create_superuser("root", password="x"))
    answer = client.get(f"/admin/block-preview/?id={block.definition_prefix}")
    assert answer.status_code == 200
    assert b"lesson--sample" in answer.content
