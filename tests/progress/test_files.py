"""Files of lessons: only for who may see the lesson, whole or in part, and never from another folder."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from courses.models import CourseDocument, CourseMedia, LessonPage
from lms.enrolments import actions as enrolments
from tests.factories import NOW

BYTES = bytes(range(256)) * 8


@pytest.fixture
def media(learner):
    """A film shown by the first lesson of the course."""
    film = CourseMedia(title="Film", type="video", duration=3)
    film.file.save("film.mp4", ContentFile(BYTES), save=False)
    film.captions.save("film.vtt", ContentFile(b"WEBVTT\n"), save=False)
    film.save()
    page = LessonPage.objects.get(pk=learner.items[0].page_id)
    page.body = [("video", {"title": "Film", "video": film, "transcript": "Si vede."})]
    page.save_revision().publish()
    return film


def address(kind, file, *more):
    return reverse(f"progress:{kind}", args=[file.uuid, *more])


def test_the_enrolled_person_gets_it_whole_and_in_part(learner, media):
    whole = learner.client.get(address("media", media))
    assert whole.status_code == 200
    assert b"".join(whole.streaming_content) == BYTES
    part = learner.client.get(address("media", media), headers={"range": "bytes=10-19"})
    assert part.status_code == 206
    assert b"".join(part.streaming_content) == BYTES[10:20]
    assert part["Content-Range"] == f"bytes 10-19/{len(BYTES)}"
    beyond = learner.client.get(address("media", media), headers={"range": "bytes=99999-"})
    assert beyond.status_code == 416
    assert learner.client.get(address("captions", media)).status_code == 200


def test_a_copy_is_kept_by_the_reader_and_asked_again_each_time(learner, media, world):
    first = learner.client.get(address("media", media))
    assert "private" in first["Cache-Control"]
    assert "public" not in first["Cache-Control"]
    again = {"if-none-match": first["ETag"]}
    assert learner.client.get(address("media", media), headers=again).status_code == 304
    enrolments.withdraw(learner.enrolment, by=world.here.tutor, at=NOW, reason="x")
    assert learner.client.get(address("media", media), headers=again).status_code == 404


def test_staff_of_the_course_see_it_and_nobody_else(learner, media, world):
    for person in (world.here.trainer, world.here.tutor, world.here.training_director):
        learner.client.force_login(person)
        assert learner.client.get(address("media", media)).status_code == 200
    outside = (
        world.here.stranger,
        world.here.social_worker,
        world.here.consortium_coordinator,
        world.here.administrator,
        world.there.beneficiary,
        world.there.tutor,
    )
    for person in outside:
        learner.client.force_login(person)
        assert learner.client.get(address("media", media)).status_code == 404
    learner.client.logout()
    assert learner.client.get(address("media", media)).status_code == 302


def test_a_file_that_no_lesson_shows_is_not_for_learners(learner):
    document = CourseDocument(title="Bozza")
    document.file.save("bozza.txt", ContentFile(b"segreto"), save=True)
    assert learner.client.get(address("document", document)).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/impara/file/documento/../../../etc/passwd/",
        "/impara/file/immagine/..%2f..%2fetc%2fpasswd/400/",
        "/impara/file/media/%00/",
        "/impara/file/immagine/00000000-0000-4000-8000-000000000000/..%2f..%2fsettings/",
        "/impara/file/film.mp4",
    ],
)
def test_no_path_leads_out(learner, path):
    assert learner.client.get(path).status_code == 404


def test_the_private_folder_has_no_address(learner, media):
    for path in (f"/media/{media.file.name}", f"/static/{media.file.name}"):
        assert learner.client.get(path).status_code == 404
