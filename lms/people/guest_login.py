"""Signing in a guest by a credential that another app has checked."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest

from .models import User


def sign_in_guest(request: HttpRequest, guest: User, *, until: datetime) -> None:
    """This browser is the guest's until a stated moment. Whoever was signed in here is signed out first."""
    request.session.flush()
    login(request, guest, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.set_expiry(until)
