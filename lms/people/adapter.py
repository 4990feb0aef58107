"""How allauth meets our people: phones, codes by SMS, length of sessions, the second factor."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from . import access, queries, sealing
from .forms.fields import PhoneField
from .models import User
from .sms import send_sms

_MISMATCH = _("The name or the password is not right. Try again, or ask for a code by SMS or e-mail.")
RECENT = 5 * 60  # seconds for which a sign-in counts as fresh


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves; a phone is looked up in E.164."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _MISMATCH,
        "email_password_mismatch": _MISMATCH,
        "phone_password_mismatch": _MISMATCH,
        "too_many_login_attempts": _(
            "Too many attempts. Your account is safe. Wait five minutes and try again."
        ),
        "incorrect_code": _("This code is not right. Look at the last message and copy the six digits."),
        "rate_limited": _("Too many requests. Wait a minute and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        return PhoneField(**kwargs)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (str(user.phone), user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        User.objects.filter(pk=user.pk, phone=phone).update(phone_verified=True)
        user.phone_verified = True  # the stages that follow look at this instance

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone, is_active=True).first() if phone else None

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        send_sms(
            phone,
            str(_("%(code)s is your code for %(site)s. Tell it to nobody."))
            % {
                "code": code,
                "site": settings.SITE_NAME,
            },
        )

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within minutes of the sign-in itself."""
        records = get_authentication_records(context.request, context.request.user)
        return not (records and time.time() - records[-1]["at"] < RECENT)

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        professional = access.is_professional(user) or user.is_superuser
        request.session["idle"] = (
            settings.SESSION_IDLE_PROFESSIONAL if professional else settings.SESSION_IDLE
        )
        request.session.set_expiry(request.session["idle"])

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        if not queries.notice_read(user):
            response = redirect(reverse("people:notice", query={"next": response.headers["Location"]}))
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.preferred_language,
            max_age=365 * 86400,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        return response


class MfaAdapter(DefaultMFAAdapter):
    """Secrets are sealed with the field keys; a professional keeps at least one second factor."""

    def encrypt(self, text: str) -> str:
        return sealing.seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text.encode())

    def get_totp_label(self, user: User) -> str:
        return user.username

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        if not access.needs_second_factor(authenticator.user):
            return True
        others = authenticator.user.authenticator_set.exclude(pk=authenticator.pk)
        return others.filter(type__in=access.SECOND_FACTORS).exists()
