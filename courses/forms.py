"""Forms of the editor that Wagtail's own do not cover."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from wagtailmedia.forms import BaseMediaForm

# How files of each kind begin: (offset, bytes). An extension is only a wish.
BEGINNINGS = {
    "mp4": [(4, b"ftyp")],
    "m4a": [(4, b"ftyp")],
    "webm": [(0, b"\x1a\x45\xdf\xa3")],
    "ogg": [(0, b"OggS")],
    "wav": [(0, b"RIFF")],
    "mp3": [(0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")],
}


class PrivateFileInput(forms.ClearableFileInput):
    """Shows that a file is there, and lets one clear or replace it, where the file has no address."""

    template_name = "courses/widgets/private_file.html"

    def is_initial(self, value) -> bool:
        return bool(value)


class CourseMediaForm(BaseMediaForm):
    """A film or a sound with its captions and words."""

    class Meta(BaseMediaForm.Meta):
        widgets = BaseMediaForm.Meta.widgets | {"captions": PrivateFileInput, "thumbnail": PrivateFileInput}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.type == "audio":
            self.fields.pop("captions", None)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data or not file:
            return file
        if file.size > settings.COURSE_MEDIA_MAX_BYTES:
            raise ValidationError(
                _("This file is too large (%(size)s). The most is %(most)s: make it shorter or smaller.")
                % {
                    "size": filesizeformat(file.size),
                    "most": filesizeformat(settings.COURSE_MEDIA_MAX_BYTES),
                },
                code="media.too_large",
            )
        extension = file.name.rsplit(".", 1)[-1].lower()
        file.seek(0)
        head = file.read(16)
        file.seek(0)
        if not any(head[at:].startswith(sign) for at, sign in BEGINNINGS.get(extension, ())):
            raise ValidationError(
                _(
                    "This is not a film or a sound that a browser plays. Save it as MP4 (video) or MP3 (audio)."
                ),
                code="media.wrong_kind",
            )
        return file
