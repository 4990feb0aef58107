"""Pictures, documents, films and captions of lessons, after the access check."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from courses.files import respond
from lms.progress import access


@require_safe
@login_required
def course_file(request: HttpRequest, kind: str, uuid: UUID, size: str = "") -> HttpResponse:
    """One file: found by its uuid alone, never by a path. Answers ranges and revalidation by ETag."""
    return respond(request, kind, access.file_for(request.user, kind, uuid), size=size)
