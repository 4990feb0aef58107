"""Fields that more than one form uses."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..phones import e164


class PhoneField(forms.CharField):
    """A phone number as people write it; its value is E.164 or ""."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Phone"))
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        number = e164(text)
        if not number:
            raise forms.ValidationError(
                _("This is not a phone number. Write it like 333 123 4567, or with its prefix: +355 …"),
                code="invalid_phone",
            )
        return number
