"""Images, documents and media: stored privately, served only by a view that asked first.

`url` of each of these is the author's address (courses/views/files.py: it asks Wagtail's collection
permissions, or whether the picture is public). Inside a lesson the learner gets the player's address
instead, see courses/files.py.
"""

import hashlib
import uuid

from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.core.validators import FileExtensionValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtailmedia.models import AbstractMedia


def private_storage():
    return storages["private"]


def starts_like_webvtt(file) -> None:
    """Refuses captions that no browser would show."""
    file.seek(0)
    head = file.read(64)
    file.seek(0)
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"WEBVTT"):
        raise ValidationError(
            _(
                "This is not a WebVTT file: its first line must be the word WEBVTT. Save the captions as .vtt."
            ),
            code="captions.not_webvtt",
        )


class CourseImage(AbstractImage):
    """One picture of the site or of a course."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    admin_form_fields = Image.admin_form_fields

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")


class CourseRendition(AbstractRendition):
    """One resized copy of one picture."""

    image = models.ForeignKey(CourseImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)

    @property
    def url(self) -> str:
        return reverse("courses:image", args=[self.image.uuid, self.filter_spec])


class CourseDocument(AbstractDocument):
    """One document of a course."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    admin_form_fields = Document.admin_form_fields

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    @property
    def url(self) -> str:
        return reverse("courses:document", args=[self.uuid])


class CourseMedia(AbstractMedia):
    """One audio or video file of a course, with the words for who cannot hear it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    captions = models.FileField(
        _("captions (WebVTT)"),
        upload_to="captions",
        storage=private_storage,
        blank=True,
        validators=[FileExtensionValidator(["vtt"]), starts_like_webvtt],
        help_text=_("A .vtt file. A video without captions cannot be put in a lesson."),
    )
    transcript = models.TextField(
        _("transcript"),
        blank=True,
        help_text=_(
            "Every word that is said, in order. Example: «Anna: Good morning. I am here for the course.»"
        ),
    )
    file_size = models.PositiveBigIntegerField(null=True, editable=False)
    file_hash = models.CharField(max_length=40, blank=True, editable=False)
    admin_form_fields = (
        "title",
        "file",
        "collection",
        "captions",
        "transcript",
        "duration",
        "width",
        "height",
        "tags",
    )

    class Meta(AbstractMedia.Meta):
        verbose_name = _("audio or video")
        verbose_name_plural = _("audio and video")

    @property
    def url(self) -> str:
        return reverse("courses:media", args=[self.uuid])

    def save(self, *args, **kwargs) -> None:
        if self.file and (not self.file._committed or not self.file_hash):
            digest = hashlib.sha1(usedforsecurity=False)
            self.file.open()
            for piece in self.file.chunks():
                digest.update(piece)
            self.file.seek(0)
            self.file_hash, self.file_size = digest.hexdigest(), self.file.size
        super().save(*args, **kwargs)


for _model in (CourseImage, CourseRendition, CourseDocument, CourseMedia):
    for _field in _model._meta.local_fields:
        if _field.name in {"file", "thumbnail"}:
            _field.storage = private_storage()
            _field._storage_callable = private_storage  # what a migration writes: never one machine's folder
