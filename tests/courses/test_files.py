"""How a file is answered: kept by the browser but asked again, by parts, at sizes from a closed list."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from courses.files import ON_DEMAND, SIZES, Addresses
from courses.forms import CourseMediaForm
from courses.models import CourseMedia, CourseRendition
from tests.courses.conftest import VTT, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(client, trainer, course):
    client.force_login(trainer)
    return client


@pytest.fixture
def film_url(rich):
    return reverse("courses:media", args=[rich.video.uuid])


class TestAnswer:
    def test_whole(self, author, film_url):
        answer = author.get(film_url)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "video/mp4"
        assert answer["Accept-Ranges"] == "bytes"
        assert len(b"".join(answer.streaming_content)) == 2048

    @pytest.mark.parametrize(
        ("asked", "status", "given", "content_range"),
        [
            ("bytes=0-99", 206, 100, "bytes 0-99/2048"),
            ("bytes=2000-", 206, 48, "bytes 2000-2047/2048"),
            ("bytes=-10", 206, 10, "bytes 2038-2047/2048"),
            ("bytes=0-99999", 200, 2048, None),
            ("bytes=100-5", 206, 1948, "bytes 100-2047/2048"),
            ("bytes=0-1,5-6", 200, 2048, None),
            ("lines=1-2", 200, 2048, None),
            ("bytes=-", 200, 2048, None),
        ],
    )
    def test_parts(self, author, film_url, asked, status, given, content_range):
        answer = author.get(film_url, headers={"range": asked})
        assert answer.status_code == status
        assert len(b"".join(answer.streaming_content)) == given == int(answer["Content-Length"])
        assert answer.get("Content-Range") == content_range

    def test_a_part_after_the_end(self, author, film_url):
        answer = author.get(film_url, headers={"range": "bytes=5000-"})
        assert answer.status_code == 416
        assert answer["Content-Range"] == "bytes */2048"

    def test_asked_again_but_not_sent_again(self, author, film_url, rich):
        first = author.get(film_url)
        again = author.get(film_url, headers={"if-none-match": first["ETag"]})
        assert again.status_code == 304
        author.logout()
        assert author.get(film_url, headers={"if-none-match": first["ETag"]}).status_code == 404

    def test_captions_are_webvtt(self, author, rich):
        answer = author.get(reverse("courses:captions", args=[rich.video.uuid]))
        assert answer["Content-Type"].startswith("text/vtt")
        assert b"".join(answer.streaming_content) == VTT

    def test_no_captions_no_file(self, author, rich):
        assert author.get(reverse("courses:captions", args=[rich.audio.uuid])).status_code == 404

    def test_a_file_gone_from_the_disk_is_a_404(self, author, film_url, rich):
        rich.video.file.storage.delete(rich.video.file.name)
        assert author.get(film_url).status_code == 404


class TestSizes:
    def test_only_the_closed_list_is_made_on_demand(self, author, rich):
        before = CourseRendition.objects.count()
        for size in ("9999", "width-9999", "original", "max-5000x5000", "../../etc/passwd"):
            assert author.get(f"/contenuti/immagine/{rich.image.uuid}/{size}/").status_code == 404
        assert CourseRendition.objects.count() == before
        for size in ON_DEMAND:
            assert author.get(reverse("courses:image", args=[rich.image.uuid, size])).status_code == 200

    def test_a_size_that_the_editor_made_is_served(self, author, rich):
        thumbnail = rich.image.get_rendition("max-165x165")
        assert author.get(thumbnail.url).status_code == 200

    def test_srcset_stops_at_the_pictures_own_width(self, course):
        files = Addresses("courses")
        assert files.srcset(picture(size=(300, 200))).count("w") == 1
        assert files.srcset(picture(size=(300, 200))).endswith(" 300w")
        assert files.srcset(picture(size=(3000, 2000))).count(",") == len(SIZES) - 1


class TestPublicPictures:
    def test_a_picture_in_no_private_collection_is_everybodys(self, client):
        image = picture()
        answer = client.get(reverse("courses:image", args=[image.uuid, "400"]))
        assert answer.status_code == 200
        assert answer["Cache-Control"].startswith("public")

    def test_a_picture_of_a_lesson_is_not(self, client, rich):
        assert client.get(reverse("courses:image", args=[rich.image.uuid, "400"])).status_code == 404

    def test_a_picture_in_a_collection_below_a_private_one_is_not(self, client, course):
        below = course.authors.collection.add_child(name="Sotto")
        image = picture(collection=below)
        assert client.get(reverse("courses:image", args=[image.uuid, "400"])).status_code == 404


class TestUpload:
    def form(self, trainer, course, name: str, data: bytes, kind: str = "video") -> CourseMediaForm:
        from wagtailmedia.forms import get_media_form

        return get_media_form(CourseMedia)(
            {"title": "x", "collection": course.authors.collection.pk, "duration": "0", "transcript": ""},
            {"file": SimpleUploadedFile(name, data)},
            instance=CourseMedia(type=kind, uploaded_by_user=trainer),
            user=trainer,
        )

    def test_a_real_film(self, trainer, course):
        form = self.form(trainer, course, "a.mp4", b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 50)
        assert form.is_valid(), form.errors
        assert form.save().file_size == 62

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("a.mp4", b"MZ this is a program"),
            ("a.mp4", b"<html><script>alert(1)</script>"),
            ("a.exe", b"\x00\x00\x00\x18ftypmp42"),
            ("a.html", b"\x00\x00\x00\x18ftypmp42"),
            ("a.mp4", b""),
        ],
    )
    def test_what_is_no_film(self, trainer, course, name, data):
        form = self.form(trainer, course, name, data)
        assert not form.is_valid()
        assert "file" in form.errors

    def test_too_large_says_how_large_it_may_be(self, trainer, course, settings):
        settings.COURSE_MEDIA_MAX_BYTES = 1024
        form = self.form(trainer, course, "a.mp4", b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 2000)
        assert not form.is_valid()
        assert "1,0" in str(form.errors["file"])

    def test_a_picture_that_is_none_is_refused_in_words(self, author, course):
        answer = author.post(
            reverse("wagtailimages:add"),
            {
                "title": "x",
                "file": SimpleUploadedFile("x.png", b"<svg onload=alert(1)>", "image/png"),
                "collection": course.authors.collection.pk,
            },
        )
        assert answer.status_code == 200
        assert "error" in answer.content.decode()
