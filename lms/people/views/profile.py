"""One's own data: what is here, who looked at it, what one may change."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from lms.audit.queries import entries_about
from lms.errors import Refused

from .. import access, actions, queries
from ..forms.people import ProfileForm
from ..wording import accesses_in_words
from .guards import PersonRequest


@login_required
@never_cache
@require_GET
def profile(request: PersonRequest) -> HttpResponse:
    """Everything of oneself in one place."""
    context = {
        "person": request.user,
        "memberships": queries.memberships_of(request.user),
        "cases": queries.open_cases_about(request.user),
        "notices": queries.notices_read_by(request.user),
        "codice_fiscale": queries.own_codice_fiscale(request.user),
        "second_factor": access.has_second_factor(request.user),
        "frame": access.frame_for(request.user),
        "section": "help",
    }
    return render(request, "people/profile.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def change(request: PersonRequest) -> HttpResponse:
    """Language, phone, e-mail."""
    user = request.user
    start = {"language": user.preferred_language, "phone": str(user.phone or ""), "email": user.email}
    form = ProfileForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_profile(user, **form.cleaned_data, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            response = redirect("people:profile")
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                form.cleaned_data["language"],
                max_age=365 * 86400,
                samesite="Lax",
            )
            return response
    context = {"form": form, "frame": access.frame_for(user)}
    return render(request, "people/profile_change.html", context, status=400 if form.is_bound else 200)


@login_required
@never_cache
@require_GET
def accesses(request: PersonRequest) -> HttpResponse:
    """Who looked at my data or changed them, when and why, in plain words."""
    page = Paginator(entries_about(request.user), 30).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "accesses": accesses_in_words(page.object_list),
        "frame": access.frame_for(request.user),
        "section": "help",
    }
    return render(request, "people/accesses.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def notice(request: PersonRequest) -> HttpResponse:
    """How data are used, to be read once at first sign-in; it stays here to be read again."""
    wanted = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        wanted = settings.LOGIN_REDIRECT_URL
    if request.method == "POST":
        actions.acknowledge_notice(
            request.user,
            queries.PRIVACY_NOTICE,
            queries.PRIVACY_VERSION,
            language=request.LANGUAGE_CODE,
            at=timezone.now(),
        )
        return redirect(wanted)
    context = {"read": queries.notice_read(request.user), "next": wanted, "version": queries.PRIVACY_VERSION}
    return render(request, "people/notice.html", context)
