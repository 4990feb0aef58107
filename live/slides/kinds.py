"""What a chosen file is, by its first bytes; what cannot be used, and what to do then."""

from django.utils.translation import gettext as _

from .limits import LARGEST_FILE, MOST_PAGES, MOST_PICTURES

_PICTURES = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"))


def kind_of(head: bytes) -> str:
    """ "pdf", a kind of picture, "office", "heic" or "" for anything else. `head` is at least the first 1024 bytes."""
    for start, kind in _PICTURES:
        if head.startswith(start):
            return kind
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head[4:8] == b"ftyp" and head[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"hevc"}:
        return "heic"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "office"
    return ""


def problem_words(code: str) -> str:
    """What is wrong with a file, and what to do."""
    return {
        "office": _(
            "This is a presentation or another document. Open it in its program, choose “Save as PDF” and bring the PDF here."
        ),
        "heic": _(
            "This phone picture is HEIC, which browsers cannot show. Save it as JPEG and bring it again."
        ),
        "unknown": _(
            "This file is not a PDF or a picture (PNG, JPEG, WebP, GIF). Save your slides as PDF and bring that."
        ),
        "empty": _("This file is empty. Choose another one."),
        "too_large": _(
            "This file is larger than %(most)s MB. Save it with smaller pictures, or split it in two."
        )
        % {"most": LARGEST_FILE // (1024 * 1024)},
        "mixed": _("Bring one PDF, or one or more pictures: not both together."),
        "too_many": _("These are more than %(most)s pictures. Bring them in two parts.")
        % {"most": MOST_PICTURES},
        "password": _("This PDF is locked with a password. Save it without password and bring it again."),
        "damaged": _(
            "This file is damaged and cannot be opened. Save it again from its program and bring it once more."
        ),
        "too_many_pages": _("This PDF has more than %(most)s pages. Split it and bring the parts you need.")
        % {"most": MOST_PAGES},
        "too_heavy": _(
            "A page of this file is too heavy to be drawn. Save it with smaller pictures and bring it again."
        ),
        "interrupted": _("Preparing these slides was interrupted. Delete them and bring the file again."),
    }.get(code, _("These slides could not be prepared. Save them again as PDF and bring that."))
