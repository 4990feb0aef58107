"""What a room above may say before an activity is shown."""

from django.http import HttpRequest, HttpResponse
from wagtail import hooks

from lms.progress.access import Activity


def serve(request: HttpRequest, step: Activity) -> HttpResponse | None:
    """Ask the hook `before_activity_served(request, activity)`; the first response wins over the page.

    `activity` is a lms.progress.access.Activity: the access check has passed.
    """
    for before in hooks.get_hooks("before_activity_served"):
        response = before(request, step)
        if isinstance(response, HttpResponse):
            return response
    return None
