"""One course with everything in it, its files on a disk of its own, and its authors."""

import io
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from PIL import Image

from courses.models import CourseDocument, CourseImage, CourseMedia, LessonPage
from courses.permissions import author_group, direction_group
from tests import factories as make

VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nBuongiorno\n"


@pytest.fixture(autouse=True)
def files_of_this_test_only(settings, tmp_path):
    """Private files of a test go to its own folder, and nothing cached comes from another test."""
    from django.core.files.storage import storages

    storage = storages["private"]
    before = storage._location
    storage._location = str(tmp_path / "private")
    storage.__dict__.pop("base_location", None)
    storage.__dict__.pop("location", None)
    cache.clear()
    yield
    storage._location = before
    storage.__dict__.pop("base_location", None)
    storage.__dict__.pop("location", None)
    cache.clear()


def picture(title: str = "Un telefono", size=(1000, 500), **fields) -> CourseImage:
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, "PNG")
    return CourseImage.objects.create(
        title=title, file=ImageFile(io.BytesIO(data.getvalue()), name="telefono.png"), **fields
    )


def film(
    kind: str = "video", *, captions: bool = True, transcript: str = "Buongiorno.", **fields
) -> CourseMedia:
    media = CourseMedia(
        title="Un film",
        type=kind,
        file=ContentFile(bytes(range(256)) * 8, name="film.mp4" if kind == "video" else "voce.mp3"),
        duration=95,
        transcript=transcript,
        **fields,
    )
    if captions:
        media.captions = ContentFile(VTT, name="film.vtt")
    media.save()
    return media


def document(**fields) -> CourseDocument:
    return CourseDocument.objects.create(
        title="Modulo", file=ContentFile(b"%PDF-1.4 modulo", name="modulo.pdf"), **fields
    )


@pytest.fixture
def trainer(db):
    return make.person("Dora", "Docente", username="dora")


@pytest.fixture
def other_trainer(db):
    return make.person("Altro", "Docente", username="altro")


@pytest.fixture
def director(db):
    user = make.person("Dino", "Direttore", username="dino")
    user.groups.add(direction_group())
    return user


@pytest.fixture
def course(trainer):
    page = make.course("Competenze digitali", slug="digitali", code="DIGI")
    trainer.groups.add(author_group(page))
    return page


@pytest.fixture
def other_course(other_trainer):
    page = make.course("Italiano per il lavoro", slug="italiano", code="ITA")
    other_trainer.groups.add(author_group(page))
    return page


@pytest.fixture
def rich(course):
    """A published lesson with every kind of block, and its files."""
    collection = course.authors.collection
    files = SimpleNamespace(
        image=picture(collection=collection),
        video=film(collection=collection),
        audio=film("audio", captions=False, collection=collection),
        document=document(collection=collection),
    )
    module = course.get_children().first().specific
    lesson = LessonPage(
        title="Tutti i blocchi",
        slug="tutti",
        goal="Dopo questa lezione sai mandare una foto.",
        body=[
            ("heading", "Accendere"),
            ("text", "<p>Premi il tasto <b>laterale</b>.</p>"),
            ("image", {"image": files.image, "alt": "Una mano preme un tasto", "caption": "Il tasto"}),
            ("video", {"title": "Mandare una foto", "video": files.video, "transcript": ""}),
            ("audio", {"title": "Al bar", "audio": files.audio, "transcript": "Un caffè, grazie."}),
            ("document", {"title": "Il modulo", "document": files.document}),
            ("callout", {"tone": "remember", "text": "<p>La password è tua.</p>"}),
            ("steps", {"title": "Come si fa", "steps": ["<p>Apri.</p>", "<p>Premi.</p>"]}),
            (
                "term",
                {"term": "Allegato", "meaning": "Un file con l'e-mail.", "example": "Ti mando un allegato."},
            ),
            ("example", {"title": "Al lavoro", "text": "<p>Amina scrive.</p>"}),
        ],
    )
    module.add_child(instance=lesson)
    lesson.save_revision().publish()
    lesson.refresh_from_db()
    return SimpleNamespace(course=course, module=module, lesson=lesson, **vars(files))


def groups() -> set[str]:
    return set(Group.objects.values_list("name", flat=True))
