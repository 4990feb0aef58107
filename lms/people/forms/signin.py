"""One field at a time."""

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, LoginForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from ..phones import e164


class SignInForm(LoginForm):
    """First who you are; the password, when it comes to it, on the next page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("Your phone, e-mail or user name"),
            max_length=254,
            widget=forms.TextInput(
                attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
            ),
        )
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.order_fields(["login", "password"])

    def _login_with_password(
        self, request: HttpRequest, redirect_url: str, credentials: dict
    ) -> HttpResponse:
        """allauth would let the session last as long as the browser is open; ours has its own length."""
        answer = super()._login_with_password(request, redirect_url, credentials)
        if "idle" in request.session:
            request.session.set_expiry(request.session["idle"])
        return answer

    def clean_login(self) -> str:
        text = self.cleaned_data["login"].strip()
        looks_like_phone = sum(char.isdigit() for char in text) >= 6 and not any(c.isalpha() for c in text)
        return (e164(text) or text) if looks_like_phone else text


def _digits() -> forms.TextInput:
    """Six digits, on the digits' keyboard; the phone offers the code of the last message."""
    return forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 12})


class CodeForm(ConfirmLoginCodeForm):
    """The code of a message."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget = _digits()


class ActivateAppForm(ActivateTOTPForm):
    """The first code of an app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget = _digits()


class SecondStepForm(AuthenticateForm):
    """A code of the app, or a spare code (which has letters)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget = forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "maxlength": 20}
        )


class WhoForm(forms.Form):
    """The first page alone."""

    login = forms.CharField(max_length=254)

    clean_login = SignInForm.clean_login
