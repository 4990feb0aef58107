"""Signing in by letter. The only place that uses allauth's internals for it (pinned, tested)."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse

from .models import User


def sign_in_by_letter(request: HttpRequest, person: User, *, redirect_url: str) -> HttpResponse:
    """Sign in whoever has just used up their letter; a second factor, if there is one, is still asked for."""
    record_authentication(request, person, method="letter")
    return perform_login(request, Login(user=person, redirect_url=redirect_url))
