"""Those who receive records: what was agreed, their secrets and credentials."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.errors import Refused

from .. import access, actions
from ..forms import SubscriberForm
from ..models import Subscriber


@require_safe
@login_required
def subscribers(request: HttpRequest) -> HttpResponse:
    """The list, with what waits for each."""
    access.desk(request.user)
    context = {
        "section": "consortium",
        "tab": "subscribers",
        "rows": access.subscribers_visible_to(request.user),
        "manages": access.manages(request.user),
    }
    return render(request, "consortium/subscribers.html", context)


@require_safe
@login_required
def subscriber(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What was agreed with one subscriber."""
    return _page(request, access.subscriber_for(request.user, uuid))


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """A new subscriber; its signing secret is shown once, in the answer."""
    access.managing(request.user)
    form = _form(request)
    if form.is_valid():
        try:
            made, secret = actions.create_subscriber(**form.cleaned_data, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error("endpoint", refusal.sentence)
        else:
            return _page(request, access.subscriber_for(request.user, made.uuid), secret=secret)
    status = 400 if form.is_bound else 200
    return render(
        request,
        "consortium/subscriber_form.html",
        {"section": "consortium", "tab": "subscribers", "form": form},
        status=status,
    )


@login_required
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change what was agreed."""
    found = access.subscriber_to_manage(request.user, uuid)
    form = _form(request, found)
    if form.is_valid():
        try:
            actions.change_subscriber(found, **form.cleaned_data, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error("endpoint", refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("consortium:subscriber", uuid=uuid)
    context = {"section": "consortium", "tab": "subscribers", "form": form, "subscriber": found}
    return render(request, "consortium/subscriber_form.html", context, status=400 if form.is_bound else 200)


@require_POST
@login_required
def rotate(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A new signing secret, shown once."""
    found = access.subscriber_to_manage(request.user, uuid)
    secret = actions.rotate_secret(found, by=request.user, at=timezone.now())
    return _page(request, found, secret=secret)


@require_POST
@login_required
def credentials(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """New credentials for the feed, shown once."""
    found = access.subscriber_to_manage(request.user, uuid)
    given = actions.give_client(found, by=request.user, at=timezone.now())
    return _page(request, access.subscriber_for(request.user, uuid), credentials=given)


@require_POST
@login_required
def switch(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Stop or resume everything for one subscriber."""
    found = access.subscriber_to_manage(request.user, uuid)
    actions.set_active(found, not found.active, by=request.user, at=timezone.now())
    return redirect("consortium:subscriber", uuid=uuid)


def _form(request: HttpRequest, found: Subscriber | None = None) -> SubscriberForm:
    return SubscriberForm(
        request.POST or None,
        instance=found,
        agencies=access.agencies_to_choose(request.user),
        editions=access.editions_to_agree(request.user),
    )


def _page(request: HttpRequest, found: Subscriber, **shown_once: Any) -> HttpResponse:
    context = {
        "section": "consortium",
        "tab": "subscribers",
        "subscriber": found,
        "manages": access.manages_subscriber(request.user, found),
        "agreed": found.is_agreed_on(timezone.localdate()),
        "feed": request.build_absolute_uri("/api/v1/competency-records"),
        "token_url": request.build_absolute_uri("/identita/token"),
        **shown_once,
    }
    response = render(request, "consortium/subscriber.html", context)
    response["Cache-Control"] = "no-store"
    return response
