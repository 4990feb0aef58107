"""The field by which a person proves, a moment before signing, to be who they are."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ProofField(forms.CharField):
    """Password or code, typed again before a signature. Never shown back."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Your password, or the code of your authenticator app"))
        options.setdefault(
            "help_text", _("It confirms that it is you who signs. The register keeps how and when.")
        )
        super().__init__(
            max_length=200,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            **options,
        )
