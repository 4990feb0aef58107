"""Asking for an account."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ..queries import agencies
from .fields import PhoneField


class ApplicationForm(forms.Form):
    first_name = forms.CharField(
        label=_("First name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    phone = PhoneField(required=False, help_text=_("We call or write to this number."))
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    agency: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Who can help you"),
        queryset=None,
        to_field_name="uuid",
        empty_label=_("Choose"),
        help_text=_("The office that you know, or the nearest one."),
    )
    language = forms.ChoiceField(label=_("Your language"), choices=settings.LANGUAGES)
    message = forms.CharField(
        label=_("What do you want to learn?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    # Filled in by programs only; people do not see it.
    website = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("phone") and not data.get("email"):
            self.add_error("phone", _("Write a phone number or an e-mail address, so that we can answer."))
        return data
