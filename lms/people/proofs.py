"""Proving again, a moment before a signature, to be who one is: by password, or by the code of the app.

The forms and limits are allauth's; nothing here keeps what was typed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context, ratelimit
from allauth.mfa.base.forms import ReauthenticateForm as CodeForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from . import access

PASSWORD, APP_CODE = "password", "app"
METHODS = {PASSWORD: _("password"), APP_CODE: _("code of the authenticator app")}


@dataclass(frozen=True)
class Proof:
    """That one person proved who they are, how, and when."""

    person: int
    method: str
    at: datetime


def can_prove(person: Any) -> bool:
    """Has this person anything to prove by: a password, or an app?"""
    return person.has_usable_password() or access.has_second_factor(person)


def prove(request: HttpRequest, typed: str, *, at: datetime) -> Proof | None:
    """The proof that a password or a code gives, or None when it is wrong. Limited in number like a sign-in.

    Six digits are first tried as the code of the app; a code serves once.
    """
    person: Any = request.user
    typed = typed.strip()
    if not ratelimit.consume(request, action="reauthenticate", user=person):
        return None
    with context.request_context(request):
        if typed.isdigit() and len(typed) == 6 and access.has_second_factor(person):
            code = CodeForm(data={"code": typed}, user=person)
            if code.is_valid():
                code.save()
                return Proof(person.pk, APP_CODE, at)
        if person.has_usable_password() and PasswordForm(data={"password": typed}, user=person).is_valid():
            record_authentication(request, person, method="password", reauthenticated=True)
            return Proof(person.pk, PASSWORD, at)
    return None
