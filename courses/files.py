"""Addresses of the files of courses, and how they are answered once somebody may see them.

A lesson's picture, document, film or captions file has two addresses, made by the same four routes under
two URL namespaces:

- `progress:image | document | media | captions`, for learners: the player (lms.progress) mounts
  `file_routes("file/", view)` under /impara/ and asks `courses.queries.file_of_course` which courses the
  file belongs to before it answers with `respond`;
- `courses:…`, for authors and for what is public: courses/views/files.py asks Wagtail's permissions.

The HTML of a lesson is made here and never knows which of the two it is: blocks ask the `Addresses` in
their context.
"""

import hashlib
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import URLPattern, path, reverse

# The only sizes that a request may cause to be made. Anything else is served if it exists already.
SIZES = {width: f"width-{width}|format-webp" for width in (400, 800, 1200)}
CARD_SIZES = {"card": "fill-640x360|format-webp", "banner": "fill-1200x675|format-webp"}
ON_DEMAND = {str(width): spec for width, spec in SIZES.items()} | CARD_SIZES

KINDS = ("image", "document", "media", "captions")


def file_routes(prefix: str, view: Callable[..., HttpResponse]) -> list[URLPattern]:
    """The four routes, named image, document, media and captions. The view gets (request, kind, uuid) and,
    for an image, `size`."""
    return [
        path(f"{prefix}immagine/<uuid:uuid>/<str:size>/", view, {"kind": "image"}, name="image"),
        path(f"{prefix}documento/<uuid:uuid>/", view, {"kind": "document"}, name="document"),
        path(f"{prefix}media/<uuid:uuid>/", view, {"kind": "media"}, name="media"),
        path(f"{prefix}sottotitoli/<uuid:uuid>/", view, {"kind": "captions"}, name="captions"),
    ]


@dataclass(frozen=True)
class Addresses:
    """How one kind of reader reaches files: `progress` for learners, `courses` for authors."""

    namespace: str

    def image(self, image, width: int) -> str:
        return reverse(f"{self.namespace}:image", args=[image.uuid, str(width)])

    def srcset(self, image) -> str:
        """Every size up to the picture's own, so that a phone does not fetch more than it shows."""
        widths = [width for width in SIZES if width < image.width] + [
            min((width for width in SIZES if width >= image.width), default=0)
        ]
        return ", ".join(
            f"{self.image(image, width)} {min(width, image.width)}w" for width in widths if width
        )

    def document(self, document) -> str:
        return reverse(f"{self.namespace}:document", args=[document.uuid])

    def media(self, media) -> str:
        return reverse(f"{self.namespace}:media", args=[media.uuid])

    def captions(self, media) -> str:
        return reverse(f"{self.namespace}:captions", args=[media.uuid])


LEARNER = Addresses("progress")
AUTHOR = Addresses("courses")


def respond(request: HttpRequest, kind: str, file, *, size: str = "", public: bool = False) -> HttpResponse:
    """The bytes of one file, for somebody who may see it: the caller has asked.

    Private files are kept by the reader's browser but asked again at every use (no-cache with an ETag): the
    access check runs each time, the bytes travel once. Answers one byte range, as players of film ask.
    """
    if kind == "image":
        field = _rendition(file, size).file
    else:
        field = file.captions if kind == "captions" else file.file
    if not field:
        raise Http404
    etag = f'"{hashlib.sha1(f"{field.name}:{getattr(file, 'file_hash', '')}".encode(), usedforsecurity=False).hexdigest()}"'
    if etag in request.headers.get("if-none-match", ""):
        response: HttpResponse = HttpResponseNotModified()
    else:
        try:
            response = _body(request, kind, field)
        except FileNotFoundError:
            raise Http404 from None
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=86400" if public else "private, no-cache"
    return response


def _rendition(image, size: str):
    """The resized picture; made on demand only for the closed list of sizes."""
    if spec := ON_DEMAND.get(size):
        return image.get_rendition(spec)
    rendition = image.renditions.filter(filter_spec=size).first()
    if rendition is None:
        raise Http404
    return rendition


def _body(request: HttpRequest, kind: str, field) -> HttpResponse:
    total = field.size
    content_type = "text/vtt" if kind == "captions" else mimetypes.guess_type(field.name)[0]
    start, stop = _byte_range(request.headers.get("range", ""), total)
    if start >= total > 0:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{total}"})
    stream = field.storage.open(field.name, "rb")
    partial = (start, stop) != (0, total)
    if partial:
        stream.seek(start)
    response = FileResponse(
        _Part(stream, stop - start) if partial else stream,
        as_attachment=kind == "document" and content_type != "application/pdf",
        filename=field.name.rsplit("/", 1)[-1],
        content_type=content_type or "application/octet-stream",
        status=206 if partial else 200,
    )
    response["Content-Length"] = stop - start
    response["Accept-Ranges"] = "bytes"
    if partial:
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{total}"
    return response


def _byte_range(header: str, total: int) -> tuple[int, int]:
    """First byte and the one after the last; the whole file for anything but one plain range."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", header.strip())
    if not match or match.groups() == ("", ""):
        return 0, total
    first, last = match.groups()
    if not first:
        return max(total - int(last), 0), total
    return int(first), min(int(last) + 1, total) if last and int(last) >= int(first) else total


class _Part:
    """The next `left` bytes of a stream."""

    def __init__(self, stream: IO[bytes], left: int) -> None:
        self.stream, self.left = stream, left

    def read(self, size: int = -1) -> bytes:
        piece = self.stream.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(piece)
        return piece

    def close(self) -> None:
        self.stream.close()
