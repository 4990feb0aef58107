"""Deliveries: which are in trouble, why, and send again."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from .. import access, actions, queries
from ..forms import DeliveryFilter

PER_PAGE = 50


@require_safe
@login_required
def deliveries(request: HttpRequest) -> HttpResponse:
    """Deliveries, those in trouble first shown unless something else is asked for."""
    access.desk(request.user)
    form = DeliveryFilter(request.GET if "state" in request.GET else {"state": "trouble"})
    asked = form.asked()
    visible = access.deliveries_visible_to(request.user)
    page = Paginator(queries.filtered(visible, **asked), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "consortium",
        "tab": "deliveries",
        "form": form,
        "asked": asked,
        "page": page,
        "rows": queries.with_reasons(page),
        "counts": queries.delivery_counts(visible),
    }
    return render(request, "consortium/deliveries.html", context)


@require_safe
@login_required
def delivery(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One delivery with every try."""
    found = access.delivery_for(request.user, uuid)
    context = {
        "section": "consortium",
        "tab": "deliveries",
        "delivery": found,
        "tries": queries.tries_of(found),
        "waits_for": queries.held_back_by(found),
        "agreed": found.subscriber.is_agreed_on(timezone.localdate()),
        "opens_record": queries.received(request.user).filter(pk=found.record_id).exists(),
    }
    return render(request, "consortium/delivery.html", context)


@require_POST
@login_required
def resend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send one delivery again."""
    found = access.delivery_for(request.user, uuid)
    actions.resend(found, by=request.user, at=timezone.now())
    messages.success(request, _("It will be sent again within a minute."))
    return redirect("consortium:delivery", uuid=uuid)


@require_POST
@login_required
def resend_parked(request: HttpRequest) -> HttpResponse:
    """Send again everything that needs a person."""
    access.desk(request.user)
    parked = queries.filtered(access.deliveries_visible_to(request.user), state="needs_person")
    number = len([actions.resend(each, by=request.user, at=timezone.now()) for each in parked])
    text = ngettext(
        "%(number)d delivery will be sent again within a minute.",
        "%(number)d deliveries will be sent again within a minute.",
        number,
    )
    messages.success(request, text % {"number": number})
    return redirect("consortium:deliveries")
