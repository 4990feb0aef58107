"""The code of a letter, and the choice after it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from ..models import User
from .fields import PhoneField


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("The code of the letter"),
        max_length=60,
        help_text=_("Twelve letters and numbers, for example ACDE-FGHJ-3467."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class ChooseForm(forms.Form):
    """Language, and at least one way to come in next time."""

    language = forms.ChoiceField(
        label=_("Your language"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    phone = PhoneField(
        label=_("Your phone number"),
        required=False,
        help_text=_("Next time we send a code to this number: no password to remember."),
    )
    password = forms.CharField(
        label=_("A password"),
        required=False,
        strip=False,
        help_text=_("At least ten letters or numbers. Three words that you like are a good password."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = person.preferred_language
        self.fields["phone"].initial = str(person.phone or "")

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if password:
            validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("phone") and not data.get("password") and not self.person.email:
            self.add_error("phone", _("Write your phone number, or choose a password below. One is enough."))
        return data
