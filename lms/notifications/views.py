"""One's own messages."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from lms.people.access import frame_for

from . import access, actions


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Everything that this person was told, newest first."""
    page = Paginator(access.notifications_visible_to(request.user), 20).get_page(request.GET.get("page"))
    return render(request, "notifications/index.html", {"page_obj": page, "frame": frame_for(request.user)})


@login_required
@require_POST
def follow(request: HttpRequest, uuid) -> HttpResponse:
    """Mark it read and go where it points."""
    notification = access.notification_for(request.user, uuid)
    actions.mark_read(notification, at=timezone.now())
    return redirect(notification.url or "notifications:index")


@login_required
@require_POST
def all_read(request: HttpRequest) -> HttpResponse:
    actions.mark_all_read(request.user, at=timezone.now())
    return redirect("notifications:index")
