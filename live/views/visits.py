"""An inspector without an account comes in by the address that was given for one class."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.attendance import access as attendance_access
from lms.attendance import actions as attendance
from lms.people.guest_login import sign_in_guest

from .. import clock


@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Says who is expected and where; only the button enters, because previews of links open pages too."""
    held = attendance_access.pass_of_guest(token)
    if request.method == "POST":
        attendance.use_pass(held, at=clock.now())
        sign_in_guest(request, held.person, until=held.expires_at)
        return redirect("live:classroom", held.session.uuid)
    response = render(request, "live/visit.html", {"held": held, "session": held.session})
    response["Referrer-Policy"] = "same-origin"  # the address is the secret
    return response
