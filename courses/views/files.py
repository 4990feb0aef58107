"""Files for authors, and the pictures that everybody may see."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse

from courses import queries
from courses.files import respond
from courses.permissions import may_use_file


def serve(request: HttpRequest, kind: str, uuid: uuid.UUID, size: str = "") -> HttpResponse:
    """A picture of a public page for everybody; anything else for who may choose or change it in Wagtail."""
    file = queries.file_by_uuid(kind, uuid)
    if file is None:
        raise Http404
    public = kind == "image" and queries.is_public_image(file)
    if not public and not may_use_file(request.user, file):
        raise Http404
    return respond(request, kind, file, size=size, public=public)
